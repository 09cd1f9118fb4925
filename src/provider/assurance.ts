/**
 * Which authentication a request asks for and what its tokens say of it (PROTOCOL 8; RFC 9470; OpenID Connect Core sections 2 and 5.5.1.1).
 * Pure: policy and tokens ask here, so that both say the same.
 */

export const SMS = "urn:e-num:acr:sms";
export const LOGIN = "urn:e-num:acr:login";
export const PASSKEY = "urn:e-num:acr:passkey";
export const OPERATION = "urn:e-num:acr:operation";

export type Acr = typeof SMS | typeof LOGIN | typeof PASSKEY | typeof OPERATION;

/** From the weakest to the strongest, as discovery lists them. */
export const ACRS: readonly Acr[] = [SMS, LOGIN, PASSKEY, OPERATION];

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
 * A site that asks for nothing gets a response or a passkey: a session by SMS is for those alone that ask for it.
 */
export function assess(demanded: readonly string[] | undefined, reached: Acr | undefined): Assurance {
  if (demanded === undefined)
    return reached === LOGIN || reached === PASSKEY ? { kind: "met", acr: reached } : { kind: "login" };
  const known = ACRS.filter((acr) => demanded.includes(acr));
  const met = known.filter((acr) => reached !== undefined && satisfies(reached, acr)).at(-1);
  if (met !== undefined) return { kind: "met", acr: met };
  return known.some((acr) => satisfies(PASSKEY, acr)) ? { kind: "login" } : { kind: "impossible" };
}

/** Whether a code by SMS would meet what is demanded; a request that demands nothing never means it. */
export function namesSms(request: AcrRequest): boolean {
  return demandedAcrs(request)?.includes(SMS) === true;
}

/** The member `id_token.acr` of the parameter `claims`. */
export function acrClaimOf(claims: unknown): AcrRequest["claim"] {
  return typeof claims === "string" ? JSON.parse(claims)?.id_token?.acr : undefined;
}

/** Whether nothing but a passkey would meet what is demanded. */
export function demandsPasskey(request: AcrRequest): boolean {
  const demanded = demandedAcrs(request);
  return demanded?.includes(PASSKEY) === true && !demanded.some((acr) => acr === LOGIN || acr === SMS);
}

/** `login` satisfies `sms`, and `passkey` both; nothing but an operation's own response satisfies `operation`. */
function satisfies(reached: Acr, asked: Acr): boolean {
  switch (reached) {
    case LOGIN:
      return asked === LOGIN || asked === SMS;
    case PASSKEY:
      return asked === PASSKEY || asked === LOGIN || asked === SMS;
    default:
      return reached === asked;
  }
}

export function parseAcr(text: string | undefined): Acr | undefined {
  return ACRS.find((acr) => acr === text);
}
