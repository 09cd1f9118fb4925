import { decodeJwt } from "jose";
import Provider, {
  type AdapterFactory,
  type AdapterPayload,
  type Client,
  errors,
  type KoaContextWithOIDC,
} from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import type { Ciba, CibaOutcome } from "../ciba/ciba.ts";
import type { Pinged } from "../ciba/pings.ts";
import { type Clock, epochSeconds, SECOND } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { parseText } from "../e-num/text.ts";
import type { Digester } from "../secrecy.ts";
import type { CodeJudge, CodeVerdict } from "../till-code/judging.ts";
import { assess, demandedAcrs, LOGIN } from "./assurance.ts";
import { reasonOf } from "./back-channel.ts";
import { isDecoy, wmidIsClear } from "./claims.ts";
import { verifiedBy } from "./client-authentication.ts";
import { INTERVAL } from "./device-grant.ts";
import type { Consented } from "./grants.ts";
import type { ConfirmationResult } from "./operations.ts";
import { acrRequestOf, operationAcr } from "./policy.ts";
import { isOurScope } from "./scopes.ts";

export interface CibaGrantPorts {
  issuer: string;
  database: Database;
  clock: Clock;
  digest: Digester;
  accounts: Accounts;
  consented(sql: Sql, accountId: string, clientId: string): Promise<Consented>;
  ciba: Ciba;
  codes: CodeJudge;
  operations: {
    /** Seconds that a person has to confirm it. */
    lifetime(element: unknown): number;
    /** What the phone's answer is judged by, as JSON. */
    details(requestId: string, client: { id: string; name: string }, element: unknown): string;
    confirmed(requestId: string): Promise<ConfirmationResult | undefined>;
  };
}

/** PROTOCOL 12: one line, in any script. */
const MESSAGE_LENGTH = 64;
/** Seconds: as long as a check number lives. */
const LIFETIME = 300;
/** In the kept request's parameters, where a client can put nothing. */
const CHALLENGE = "enum_challenge_id";
/** A response by pad and PIN, and `swk` where the device has signed it as well (RFC 8176, PROTOCOL 8). */
const AMR = ["otp", "mfa"];

/** Seconds that a request lives: its operation's time, a check number's otherwise, or less where the site says so. */
export function cibaLifetime({ operations }: Pick<CibaGrantPorts, "operations">, context: KoaContextWithOIDC): number {
  const { requested_expiry: wished } = context.oidc.params ?? {};
  const element = elementIn(context.oidc.params);
  const longest = element === undefined ? LIFETIME : operations.lifetime(element);
  return wished === undefined ? longest : Math.min(Number(wished), longest);
}

/** oidc-provider's part: what is asked for is checked here, and whom a hint means is found. Somebody unknown is asked as everybody is. */
export function cibaFeature(ports: CibaGrantPorts) {
  const { database, accounts } = ports;
  const subjectOf = async (hint: string, client: Client | undefined): Promise<string> => {
    const account = await accounts.named(database, hint);
    // Of a client that knows a person by a name of its own the account's id is none.
    const other = account?.id === hint && client?.subjectType === "pairwise";
    // Nor is one whose deletion waits asked by any site.
    const found = other || account?.endsAt !== undefined ? undefined : account;
    // However it is written, nobody is one person, as an account is.
    // Both are made for everybody, so that it costs the same.
    const nobody = `decoy:${ports.digest("decoy", `ciba ${parseIdentifier(hint)?.value ?? hint}`)}`;
    const subject = found?.id ?? nobody;
    const withoutCode = `decoy:${ports.digest("decoy", `ciba without code ${subject}`)}`;
    if (client?.backchannelUserCodeParameter === true) return subject;
    // A site that can send no code finds nobody where one is demanded, and takes up none of that person's requests.
    return (await ports.codes.demands(subject)) ? withoutCode : subject;
  };

  return {
    enabled: true as const,
    deliveryModes: ["poll" as const, "ping" as const],

    async validateRequestContext(context: KoaContextWithOIDC, requestContext: unknown) {
      const { client, params } = context.oidc;
      if (client?.["enum_shows_challenge"] !== true)
        throw new errors.UnauthorizedClient(
          "this client is not registered to show the check number: enum_shows_challenge",
        );
      if (requestContext !== undefined) throw new errors.InvalidRequest("request_context is not taken: leave it out");
      if (params?.["user_code"] !== undefined && client.backchannelUserCodeParameter !== true)
        throw new errors.InvalidRequest("user_code is for clients with backchannel_user_code_parameter: leave it out");
      if (elementIn(params) !== undefined) return void operationAcr(context);
      const demanded = demandedAcrs(acrRequestOf(context));
      if (demanded !== undefined && assess(demanded, LOGIN).kind !== "met")
        throw new errors.UnmetAuthenticationRequirements("none of the requested acr values can be met");
    },

    async validateBindingMessage(_context: unknown, message: unknown) {
      if (message === undefined) return;
      const parsed = parseText(String(message), MESSAGE_LENGTH);
      if (!parsed.ok || String(message).trim() === "")
        throw new errors.InvalidBindingMessage(
          `binding_message is one line of 1 to ${MESSAGE_LENGTH} visible characters`,
        );
    },

    processLoginHint: (context: KoaContextWithOIDC, hint: unknown) => subjectOf(String(hint), context.oidc.client),

    /** A JWT that the client has signed, with a subject identifier (RFC 9493 section 3). */
    async processLoginHintToken(context: KoaContextWithOIDC, token: unknown) {
      const { client } = context.oidc;
      if (client === undefined) return undefined;
      const expected = { audience: ports.issuer, issuer: client.clientId };
      const claims = await verifiedBy(client, String(token), expected);
      const now = epochSeconds(ports.clock());
      if (claims === undefined && hasRunOut(String(token), now))
        throw new errors.ExpiredLoginHintToken("login_hint_token has run out: sign another");
      if (claims?.exp === undefined || claims.exp > now + LIFETIME)
        throw new errors.InvalidRequest(
          "login_hint_token: a JWT by this client's key for this issuer, of five minutes at most",
        );
      return subjectOf(hintIn(claims["sub_id"], ports.issuer), client);
    },

    async verifyUserCode(context: KoaContextWithOIDC, { accountId }: { accountId: string }, code: unknown) {
      const { client, params, requestParamScopes: asked, resourceServers = {} } = context.oidc;
      if (client === undefined) return;
      // The engine keeps the parameters with the request.
      if (params !== undefined) params["user_code"] = undefined;
      const verdict = await ports.codes.judge({
        subject: accountId,
        isNobody: isDecoy(accountId),
        clientId: client.clientId,
        code: typeof code === "string" && code !== "" ? code : undefined,
        nobodiesDemand: client.backchannelUserCodeParameter === true,
      });
      refuseWithoutCode(verdict);
      // Of nobody it is looked up as well, so that both cost the same.
      const may =
        client["first_party"] === true ? undefined : await ports.consented(database, accountId, client.clientId);
      const free = (scope: string) =>
        isOurScope(scope)
          ? isFree(may, scope)
          : Object.keys(resourceServers).some((resource) => isFreeAt(may, resource, scope));
      const lacking = [...asked].filter((scope) => !free(scope));
      if (lacking.length > 0)
        throw new errors.ConsentRequired(
          `the person has not let this site have ${lacking.join(" ")}: a sign-in by redirect asks`,
        );
    },

    async triggerAuthenticationDevice(
      context: KoaContextWithOIDC,
      request: { jti: string; params?: object | undefined; save(): Promise<unknown> },
      { accountId }: { accountId: string },
      client: Client,
    ) {
      const element = elementIn(context.oidc.params);
      const { binding_message: message } = context.oidc.params ?? {};
      const named = { id: client.clientId, name: client.clientName ?? client.clientId };
      const kept = element === undefined ? "{}" : ports.operations.details(request.jti, named, element);
      const begun = await ports.ciba.begin({
        id: request.jti,
        clientId: client.clientId,
        subject: { key: accountId, accountId: isDecoy(accountId) ? undefined : accountId },
        purpose: element === undefined ? "login" : "operation",
        details: JSON.stringify({
          ...JSON.parse(kept),
          ...(message === undefined ? {} : { binding_message: message }),
        }),
        lifetime: cibaLifetime(ports, context) * SECOND,
        ping: client.backchannelTokenDeliveryMode === "ping",
      });
      if (begun.kind === "too-many") throw new errors.AccessDenied("this person was asked ten times within an hour");
      Object.assign(request, { params: { ...request.params, [CHALLENGE]: begun.challengeId } });
      await request.save();
      Object.assign(Object(context.body), { interval: INTERVAL, enum_challenge: begun.digits });
    },
  };
}

/** What has become of a request is looked up when its client comes for tokens, so that nothing is lost between the phone's answer and that. */
export function withOutcome(
  adapter: AdapterFactory,
  ports: Pick<CibaGrantPorts, "ciba" | "operations" | "database" | "clock" | "accounts" | "consented">,
): AdapterFactory {
  const outcomes = new WeakMap<object, AdapterPayload>();
  return (model) => {
    const stored = adapter(model);
    if (model !== "BackchannelAuthenticationRequest") return stored;
    return {
      ...stored,
      async find(id) {
        const found = await stored.find(id);
        const { oidc } = Provider.ctx ?? {};
        if (!found || found.consumed || oidc?.route !== "token" || found.clientId !== oidc.client?.clientId)
          return found;
        const challengeId = found.params?.[CHALLENGE];
        if (typeof challengeId !== "string") return found;
        const outcome = await ports.ciba.outcome(challengeId);
        if (outcome.kind === "pending") return found;
        const settled = { ...found, ...(await told(found, outcome)) };
        outcomes.set(oidc, settled);
        return settled;
      },
      /** What came of it is kept with its use, so that a second one finds what to revoke. */
      async consume(id) {
        const settled = outcomes.get(Provider.ctx?.oidc ?? {});
        if (settled === undefined) throw new Error("nothing is used before it is found");
        const now = epochSeconds(ports.clock());
        await stored.upsert(id, { ...settled, consumed: now }, (settled.exp ?? now) - now);
      },
    };
  };

  async function told(found: AdapterPayload, outcome: Exclude<CibaOutcome, { kind: "pending" }>) {
    switch (outcome.kind) {
      case "denied":
        return { error: "access_denied", errorDescription: outcome.reason };
      case "answered":
        return granted(found, outcome);
      default:
        return outcome satisfies never;
    }
  }

  async function granted(found: AdapterPayload, answered: Extract<CibaOutcome, { kind: "answered" }>) {
    const { accountId } = answered;
    const { clientId = "", params, scope = "" } = found;
    // The person may have taken something back since the site asked.
    const may = isFirstParty() ? undefined : await ports.consented(ports.database, accountId, clientId);
    const grantId = await grantFor(found, accountId, may);
    // A hint that names one of several is the choice from now on; where none is clear, the site is told none.
    if (scope.split(" ").includes("wmid"))
      await wmidIsClear(ports, { accountId, clientId, loginHint: text(params?.["login_hint"]) });
    if (elementIn(found.params) === undefined) {
      const demanded = demandedAcrs({ acrValues: text(found.params?.["acr_values"]), claim: undefined });
      const assurance = assess(demanded, LOGIN);
      const acr = assurance.kind === "met" ? assurance.acr : LOGIN;
      return { grantId, acr, amr: answered.signed ? [...AMR, "swk"] : AMR, authTime: epochSeconds(answered.at) };
    }
    const confirmed = await ports.operations.confirmed(found.jti ?? "");
    if (confirmed === undefined) throw new Error("an accepted operation has left no confirmation");
    const { acr, amr, at, details } = confirmed;
    return { grantId, acr, amr: [...amr], authTime: at, rar: [details] };
  }
}

/** A grant of its own for each request: it ends with its tokens. */
async function grantFor(
  { clientId, scope = "", resource, claims }: AdapterPayload,
  accountId: string,
  may: Consented | undefined,
): Promise<string> {
  const { provider } = Provider.ctx?.oidc ?? {};
  if (provider === undefined) throw new Error("outside of a request no grant is made");
  const grant = new provider.Grant({ accountId, clientId });
  const asked = scope.split(" ").filter((one) => one !== "");
  grant.addOIDCScope(asked.filter((one) => isOurScope(one) && isFree(may, one)).join(" "));
  if (may === undefined)
    grant.addOIDCClaims(Object.values(claims ?? {}).flatMap((members) => Object.keys(Object(members))));
  for (const one of [resource ?? []].flat()) {
    const free = asked.filter((other) => !isOurScope(other) && isFreeAt(may, one, other)).join(" ");
    if (free !== "") grant.addResourceScope(one, free);
  }
  return grant.save();
}

/** Of the client that sends the request in hand. */
function isFirstParty(): boolean {
  return Provider.ctx?.oidc.client?.["first_party"] === true;
}

/** The operator's own sites (undefined) need nobody's leave, and the sign-in itself is what the person answers to. */
function isFree(may: Consented | undefined, scope: string): boolean {
  return may === undefined || scope === "openid" || may.scopes.includes(scope);
}

function isFreeAt(may: Consented | undefined, resource: string, scope: string): boolean {
  return may === undefined || may.ofResources.get(resource)?.includes(scope) === true;
}

/** Makes one attempt to tell a site, as oidc-provider would in the middle of the phone's request: in production public addresses alone. */
export function createPing(provider: Provider): (clientId: string, requestId: string) => Promise<Pinged> {
  return async (clientId, requestId) => {
    const client = await provider.Client.find(clientId);
    const request = await provider.BackchannelAuthenticationRequest.find(requestId, { ignoreExpiration: true });
    const ping: unknown = client === undefined ? undefined : Reflect.get(client, "backchannelPing");
    if (client?.backchannelTokenDeliveryMode !== "ping" || request === undefined || typeof ping !== "function")
      return { kind: "failed", reason: "it is not to be told any more", final: true };
    try {
      await Reflect.apply(ping, client, [request]);
      return { kind: "told" };
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error), final: false };
    }
  };
}

/** Of a JWT that is refused, whoever has made it: no more than which error it is depends on it. */
function hasRunOut(jwt: string, now: number): boolean {
  try {
    return (decodeJwt(jwt).exp ?? now + 1) <= now;
  } catch {
    return false;
  }
}

/** OpenID Connect CIBA Core section 13. */
function refuseWithoutCode(verdict: CodeVerdict): void {
  switch (verdict) {
    case "missing":
      throw new errors.MissingUserCode("user_code: ask the person for the code, which is set on the account page");
    case "wrong":
      throw new errors.InvalidUserCode("user_code is not the person's; where there is no code, leave it out");
    case "too-many":
      throw new errors.AccessDenied("five wrong codes of this person were sent within an hour");
    case "free":
    case "right":
      return;
    default:
      verdict satisfies never;
  }
}

function elementIn(params: { [name: string]: unknown } | undefined): unknown {
  const details = params?.["authorization_details"];
  return typeof details === "string" ? JSON.parse(details)[0] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The formats `email`, `phone_number`, `iss_sub` and `opaque`, which is a WMID. */
function hintIn(subject: unknown, issuer: string): string {
  const { format, email, phone_number: phone, iss, sub, id }: Record<string, unknown> = Object(subject);
  const named = { email, phone_number: phone, iss_sub: iss === issuer ? sub : undefined, opaque: id };
  const [, hint] = Object.entries(named).find(([name]) => name === format) ?? [];
  if (typeof hint !== "string")
    throw new errors.InvalidRequest(
      "login_hint_token: sub_id is an email, a phone_number, an iss_sub of this issuer or an opaque WMID",
    );
  return hint;
}
