/**
 * A resource server's half of E-num ID: from a request's access token to a verdict, and to the standard answer where it is a refusal.
 * Copy this folder: it needs `jose` and Node's own fetch, and nothing of the provider's code. `koa.ts`, `express.ts` and `fastify.ts` are
 * each a few lines round it. Control enters by `admit`, or by `check` in any other framework; the rules themselves are in `judge.ts`.
 */
import { createIntrospection, type Introspect, type IntrospectionOptions } from "./introspection.ts";
import { type Access, checkRequirement, judge, type Requirement, type Verdict } from "./judge.ts";
import { createNonces, judgeKeys, type Nonces, type Shown } from "./possession.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { Spending } from "./spending.ts";

/** `introspect`: where this server has the provider's records itself, or in a test. */
export type KitOptions = Party &
  (
    | (Partial<IntrospectionOptions> & { issuer: string; introspect: Introspect })
    | (IntrospectionOptions & { introspect?: undefined })
  );

interface Party {
  /** This server's own address, as its entry has it: the `aud` of its tokens. */
  resource: string;
  /** Where confirmed operations are spent. */
  spending: Spending;
  /** Where clients reach this server, if that is not the origin of `resource`: what their proofs name (RFC 9449). */
  origin?: string;
  /** 32 bytes for the nonces of proofs, the same in each process; one process alone needs none. */
  nonceSecret?: Uint8Array;
  /** In their place: the nonces that another server of the same origin gives, since clients keep one for an origin (RFC 9449 section 8.2). */
  nonces?: Nonces;
  /** DER of the certificate of a request's TLS connection, where tokens are bound to one (RFC 8705). */
  certificateOf?: (request: WithHeaders) => Uint8Array | undefined;
  /** Told when the provider cannot be asked or says what cannot be believed: people get 503 meanwhile. */
  onFault?: (error: unknown) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export interface Kit {
  /**
   * From the header `Authorization` to a verdict; `shown` is what a bound token needs beside it. A wanted operation is spent when the verdict
   * is `granted`, and so is a proof.
   */
  check(authorization: string | undefined, wanted: Requirement, shown?: Shown): Promise<Verdict>;
  /** The same for a request; afterwards `accessOf` knows who is there. Undefined where the route may run. */
  admit(request: WithHeaders, wanted: Requirement): Promise<Refusal | undefined>;
  /** Throws for a request that was not admitted. */
  accessOf(request: WithHeaders): Access;
}

/** Node's own request has them, and with it each framework's. */
export interface WithHeaders {
  headers: { authorization?: string | undefined; dpop?: string | string[] | undefined };
  method?: string | undefined;
  url?: string | undefined;
  /** Express's, where a router has cut `url`. */
  originalUrl?: string;
}

const CREDENTIALS = /^(bearer|dpop)(?: +(.*))?$/i;
/** RFC 6750 section 2.1; longer ones are nobody's. */
const TOKEN = /^[A-Za-z0-9\-._~+/]{1,2048}=*$/;

export function createKit(options: KitOptions): Kit {
  const { issuer, resource, spending, onFault = () => undefined, now = () => Date.now() } = options;
  const introspect = options.introspect === undefined ? createIntrospection(options) : options.introspect;
  const origin = options.origin ?? new URL(resource).origin;
  const seconds = () => Math.floor(now() / 1000);
  const nonces = options.nonces ?? createNonces(seconds, options.nonceSecret);
  const admitted = new WeakMap<WithHeaders, Access>();

  const check: Kit["check"] = async (authorization, wanted, shown = {}) => {
    checkRequirement(wanted);
    const [, scheme, token] = CREDENTIALS.exec(authorization ?? "") ?? [];
    if (scheme === undefined) return { kind: "no-token" };
    if (token === undefined || !TOKEN.test(token)) return { kind: "malformed", why: "that is no access token" };
    // A proof counts with its own scheme alone (RFC 9449 section 7.1).
    const withProof = scheme.toLowerCase() === "dpop";
    if (withProof && shown.proof === undefined) return { kind: "malformed", why: "send a proof in the header DPoP" };
    try {
      const { certificate } = shown;
      const about = { now: seconds(), nonces };
      const keys = await judgeKeys(withProof ? shown : { certificate }, token, about);
      if ("error" in keys) return { kind: "wrong-proof", ...keys, nonce: nonces.current() };
      const verdict = judge(await introspect(token), wanted, { issuer, resource, now: about.now, keys });
      if (verdict.kind === "granted" && keys.proof !== undefined) {
        const { name, until } = keys.proof;
        const why = "the proof was sent before";
        if (!(await spending.spend(name, until)))
          return { kind: "wrong-proof", error: "invalid_dpop_proof", why, nonce: nonces.current() };
      }
      return await spent(verdict, wanted);
    } catch (error) {
      onFault(error);
      return { kind: "unavailable" };
    }
  };

  const spent = async (verdict: Verdict, { operation: wanted }: Requirement): Promise<Verdict> => {
    const operation = verdict.kind === "granted" ? verdict.access.operation : undefined;
    if (operation === undefined || wanted?.spentBy === "handler") return verdict;
    return (await spending.spend(operation.txn, operation.until))
      ? verdict
      : { kind: "invalid-token", why: "what was confirmed has been done already" };
  };

  return {
    check,
    async admit(request, wanted) {
      const { authorization, dpop } = request.headers;
      const verdict = await check(authorization, wanted, {
        // Sent twice it is one text with a comma, and no proof.
        proof: typeof dpop === "string" ? dpop : dpop?.join(),
        method: request.method,
        address: `${origin}${request.originalUrl ?? request.url ?? ""}`,
        certificate: options.certificateOf?.(request),
      });
      if (verdict.kind !== "granted") return refusalOf(verdict, resource, authorization);
      admitted.set(request, verdict.access);
      return undefined;
    },
    accessOf(request) {
      const access = admitted.get(request);
      if (access === undefined) throw new Error("This route has no guard.");
      return access;
    },
  };
}

/** The same for each request, or made from it: what was confirmed is compared with what the request wants to do. */
export type Wanted<Request> = Requirement | ((request: Request) => Requirement | Promise<Requirement>);

/** What never could be met is said when the route is made, where it is the same for each request. */
export function wanting<Request>(wanted: Wanted<Request>): (request: Request) => Promise<Requirement> {
  if (typeof wanted === "function") return async (request) => wanted(request);
  checkRequirement(wanted);
  return async () => wanted;
}
