/**
 * Which authentication a request asks for and what its tokens say of it (PROTOCOL 8; RFC 9470; OpenID Connect Core sections 2 and 5.5.1.1).
 * Pure: policy and tokens ask here, so that both say the same.
 */

export const SMS = "urn:e-num:acr:sms";
export const LOGIN = "urn:e-num:acr:login";
export const CERTIFICATE = "urn:e-num:acr:certificate";
export const PASSKEY = "urn:e-num:acr:passkey";
export const OPERATION = "urn:e-num:acr:operation";

export type Acr = typeof SMS | typeof LOGIN | typeof CERTIFICATE | typeof PASSKEY | typeof OPERATION;

/** From the weakest to the strongest, as discovery lists them. */
export const ACRS: readonly Acr[] = [SMS, LOGIN, CERTIFICATE, PASSKEY, OPERATION];

/** Those that can be reached here: a certificate only where the operator lets people sign in by one. */
export function offeredAcrs({ byCertificate }: { byCertificate: boolean }): readonly Acr[] {
  return byCertificate ? ACRS : ACRS.filter((acr) => acr !== CERTIFICATE);
}

export interface AcrRequest {
  /** The parameter `acr_values`: values in the order of preference, separated by spaces. */
  acrValues: string | undefined;
  /** The member `id_token.acr` of the parameter `claims`. */
  claim: { essential?: unknown; value?: unknown; values?: unknown } | null | undefined;
}

export type Assurance =
  /** The session meets what is asked; `acr` is what this request's tokens say. */
  | { kind: "met"; acr: Acr }
  /** A login would meet it. */
  | { kind: "login" }
  /** Nothing that the person could do now would meet it. */
  | { kind: "impossible" };

/**
 * The values that a request demands: an essential `acr` claim's, else those of `acr_values`; undefined where it demands none.
 * A voluntary claim demands nothing (OpenID Connect Core section 5.5.1).
 */
export function demandedAcrs({ acrValues, claim }: AcrRequest): readonly string[] | undefined {
  if (claim?.essential === true) {
    if (typeof claim.value === "string") return [claim.value];
    if (Array.isArray(claim.values)) return claim.values.filter((value) => typeof value === "string");
  }
  const listed = acrValues?.split(" ").filter((value) => value !== "") ?? [];
  return listed.length > 0 ? listed : undefined;
}

/**
 * `reached`: the session's own acr, if somebody is signed in. A session never has `operation`: that is true for one request alone.
 * A site that asks for nothing gets a response or a key: a session by SMS is for those alone that ask for it.
 */
export function assess(
  demanded: readonly string[] | undefined,
  reached: Acr | undefined,
  offered: readonly Acr[] = ACRS,
): Assurance {
  if (demanded === undefined)
    return reached !== undefined && satisfies(reached, LOGIN) ? { kind: "met", acr: reached } : { kind: "login" };
  const known = offered.filter((acr) => demanded.includes(acr));
  const met = known.filter((acr) => reached !== undefined && satisfies(reached, acr)).at(-1);
  if (met !== undefined) return { kind: "met", acr: met };
  return known.some((acr) => acr !== OPERATION) ? { kind: "login" } : { kind: "impossible" };
}

/** Whether a code by SMS would meet what is demanded; a request that demands nothing never means it. */
export function namesSms(request: AcrRequest): boolean {
  return demandedAcrs(request)?.includes(SMS) === true;
}

/** The member `id_token.acr` of the parameter `claims`. */
export function acrClaimOf(claims: unknown): AcrRequest["claim"] {
  return typeof claims === "string" ? JSON.parse(claims)?.id_token?.acr : undefined;
}

/** The keys of which one alone would meet what is demanded; none where a response or a code does as well. */
export function keysDemanded(request: AcrRequest, offered: readonly Acr[]): readonly Acr[] {
  const known = offered.filter((acr) => demandedAcrs(request)?.includes(acr));
  return known.includes(LOGIN) || known.includes(SMS)
    ? []
    : known.filter((acr) => acr === PASSKEY || acr === CERTIFICATE);
}

/** `login` satisfies `sms`, `certificate` and `passkey` both and not one another; nothing but an operation's own response satisfies `operation`. */
function satisfies(reached: Acr, asked: Acr): boolean {
  switch (reached) {
    case LOGIN:
      return asked === LOGIN || asked === SMS;
    case CERTIFICATE:
    case PASSKEY:
      return asked === reached || asked === LOGIN || asked === SMS;
    default:
      return reached === asked;
  }
}

export function parseAcr(text: string | undefined): Acr | undefined {
  return ACRS.find((acr) => acr === text);
}
