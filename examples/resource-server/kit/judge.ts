/**
 * What a token is good for: pure rules over what introspection says of it (RFC 7662), without a network or a clock.
 * Order: is it one of ours, then who it speaks for and how sure that is, then what it may do.
 */
import { isDeepStrictEqual } from "node:util";

const SMS = "urn:e-num:acr:sms";
const LOGIN = "urn:e-num:acr:login";
const PASSKEY = "urn:e-num:acr:passkey";
const OPERATION = "urn:e-num:acr:operation";

/** The way to the provider and back takes a person so long: a younger sign-in would be asked for again and again. */
const YOUNGEST = 30;
/** The type, which is looked at by itself, and members that name the operation and change nothing of what is done. */
const NAMES = ["type", "operation_id", "description"];

/** What a route wants of a token. An empty one wants a token of this server, from whomever. */
export interface Requirement {
  /** All of them. */
  scope?: readonly string[];
  /** One of them, the preferred first (RFC 9470). */
  acr?: readonly string[];
  /** Seconds since the person has answered, 30 at least. */
  maxAge?: number;
  /** One confirmed operation (RFC 9396), whose token is spent by this request. */
  operation?: OperationRequirement;
}

export interface OperationRequirement {
  type: string;
  /** What was confirmed must be exactly this, by the server's own record: each member of the type that says what is done. */
  members: Readonly<Record<string, unknown>>;
  /** Members that this server need not look at, beside `operation_id` and `description`. */
  besides?: readonly string[];
  /** `handler`: the route spends `txn` itself, in the transaction of its change. Otherwise it is spent before the route runs. */
  spentBy?: "handler";
}

/** What a route may know of who is there. */
export interface Access {
  /** The person, as the site of `clientId` sees them. */
  sub: string;
  clientId: string;
  scope: readonly string[];
  acr: string;
  /** Seconds since 1970. */
  authTime: number;
  /** Where an operation was wanted: its element, and what is to be spent once, until when (seconds since 1970). */
  operation?: { details: Readonly<Record<string, unknown>>; txn: string; until: number };
}

export type Verdict =
  | { kind: "granted"; access: Access }
  /** No token, or another scheme than Bearer and DPoP. */
  | { kind: "no-token" }
  | { kind: "malformed"; why: string }
  /** `bound`: the token is bound to a key, which the scheme DPoP shows. */
  | { kind: "invalid-token"; why: string; bound?: true }
  /** RFC 9449: the proof beside the token; `nonce` is for the next one. */
  | { kind: "wrong-proof"; error: "invalid_dpop_proof" | "use_dpop_nonce"; why: string; nonce: string }
  /** RFC 9470: the same request again, after more. */
  | { kind: "more-authentication"; why: string; acr?: readonly string[]; maxAge?: number; scope?: readonly string[] }
  | { kind: "more-scope"; why: string; scope?: readonly string[] }
  /** The provider could not be asked; nothing is granted. */
  | { kind: "unavailable" };

export interface About {
  issuer: string;
  /** This server's own address: the `aud` of its tokens. */
  resource: string;
  /** Seconds since 1970. */
  now: number;
  /** Keys that the request has shown: the thumbprints of a DPoP proof's and of a TLS certificate. */
  keys?: { jkt?: string; x5t?: string };
}

/** Throws where nobody could ever meet what is wanted: better at the first request than a loop for each person. */
export function checkRequirement({ scope, acr, maxAge, operation }: Requirement): void {
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= YOUNGEST))
    throw new Error(`maxAge must be ${YOUNGEST} seconds or more: the way back from the provider takes some.`);
  if (acr?.length === 0) throw new Error("acr lists nothing that would do: leave it out.");
  if (operation === undefined && acr?.every((value) => value === OPERATION))
    throw new Error("acr alone cannot ask for an operation: say which, by operation.");
  if (operation !== undefined && scope !== undefined)
    throw new Error("an operation's token has no scopes: leave scope out.");
}

export function judge(claims: Readonly<Record<string, unknown>>, wanted: Requirement, about: About): Verdict {
  const { sub, client_id: clientId, exp } = claims;
  const invalid = (why: string): Verdict => ({ kind: "invalid-token", why });
  if (claims["active"] !== true) return invalid("the token has ended, or is not for this server");
  if (claims["iss"] !== about.issuer) return invalid("the token is of another issuer");
  if (![claims["aud"]].flat().includes(about.resource)) return invalid("the token is not for this server");
  if (typeof exp !== "number" || exp <= about.now) return invalid("the token has expired");
  if (typeof sub !== "string" || typeof clientId !== "string") return invalid("the token is nobody's");
  const unbound = boundElsewhere(claims["cnf"], about.keys ?? {});
  if (unbound !== undefined) return unbound;

  const acr = typeof claims["acr"] === "string" ? claims["acr"] : "";
  const authTime = typeof claims["auth_time"] === "number" ? claims["auth_time"] : 0;
  const more = moreAuthentication(wanted, acr, about.now - authTime);
  if (more !== undefined) return more;

  const scope = typeof claims["scope"] === "string" ? claims["scope"].split(" ") : [];
  if (wanted.scope?.some((one) => !scope.includes(one)) === true)
    return { kind: "more-scope", why: "the token lacks a scope", scope: wanted.scope };
  const access = { sub, clientId, scope, acr, authTime };
  if (wanted.operation === undefined) return { kind: "granted", access };
  const found = confirmedOperation(claims, wanted.operation);
  return typeof found === "string"
    ? { kind: "more-scope", why: found }
    : { kind: "granted", access: { ...access, operation: { ...found, until: exp } } };
}

/** A bound token is good with its own key alone (RFC 9449 section 7.1, RFC 8705 section 3): who has no more than the token may have stolen it. */
function boundElsewhere(cnf: unknown, { jkt, x5t }: { jkt?: string; x5t?: string }): Verdict | undefined {
  if (cnf === undefined)
    return jkt === undefined ? undefined : { kind: "invalid-token", why: "the token is not bound to the proof's key" };
  const { jkt: key, "x5t#S256": certificate, ...others }: Record<string, unknown> = isRecord(cnf) ? cnf : { cnf };
  if (Object.keys(others).length > 0)
    return { kind: "invalid-token", why: "the token is bound to what is unknown here" };
  if (key !== jkt) return { kind: "invalid-token", why: "the token is bound to a key that was not shown", bound: true };
  if (certificate !== undefined && certificate !== x5t)
    return { kind: "invalid-token", why: "the token is bound to another certificate" };
  return undefined;
}

/** `login` satisfies `sms`, and `passkey` both (PROTOCOL 8). An operation says nothing of a sign-in, and a sign-in nothing of an operation. */
function satisfies(reached: string, asked: string): boolean {
  if (reached === PASSKEY && asked === LOGIN) return true;
  return reached === asked || ((reached === LOGIN || reached === PASSKEY) && asked === SMS);
}

function moreAuthentication({ acr, maxAge, scope, operation }: Requirement, reached: string, age: number) {
  const asked = acr ?? (operation === undefined ? undefined : [OPERATION]);
  const weak = asked !== undefined && !asked.some((one) => satisfies(reached, one));
  const old = maxAge !== undefined && age > maxAge;
  if (!weak && !old) return undefined;
  const strong =
    operation === undefined ? "a stronger authentication is needed" : `a confirmed ${operation.type} is needed`;
  // All that is wanted at once, so that one way to the provider is enough.
  return {
    kind: "more-authentication" as const,
    why: weak ? strong : "a more recent authentication is needed",
    ...(asked === undefined ? {} : { acr: asked }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** The one element, compared member for member; or what is wrong with it. */
function confirmedOperation(claims: Readonly<Record<string, unknown>>, wanted: OperationRequirement) {
  const { authorization_details: list, txn } = claims;
  const [details, ...others] = Array.isArray(list) ? list : [];
  if (!isRecord(details) || others.length > 0) return "the token has not one operation";
  const { confirmation, ...members } = details;
  if (members["type"] !== wanted.type) return `the token's operation is no ${wanted.type}`;
  if (typeof txn !== "string" || !isRecord(confirmation) || confirmation["id"] !== txn)
    return "the token's operation is not confirmed";
  const ignored = [...NAMES, ...(wanted.besides ?? [])];
  const names = new Set([...Object.keys(members), ...Object.keys(wanted.members)]);
  const other = [...names].find((name) => {
    const compared = Object.hasOwn(wanted.members, name);
    return compared ? !isDeepStrictEqual(members[name], wanted.members[name]) : !ignored.includes(name);
  });
  return other === undefined ? { details, txn } : `what was confirmed is something else: ${other}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
