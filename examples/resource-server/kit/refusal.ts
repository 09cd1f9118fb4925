import type { Verdict } from "./judge.ts";
import { ALGORITHMS } from "./possession.ts";

/** An answer that refuses, for any framework. */
export interface Refusal {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: { error: string; error_description: string } | { error: string };
}

/**
 * The standard answers: RFC 6750 section 3, RFC 9470 section 3, and RFC 9449 section 7.1 to who has come with its scheme (`authorization` is
 * the header that was sent). `realm` names this server.
 */
export function refusalOf(
  verdict: Exclude<Verdict, { kind: "granted" }>,
  realm: string,
  authorization: string | undefined,
): Refusal {
  const challenge = (status: number, parameters: Told) =>
    refusal(status, /^dpop(?: |$)/i.test(authorization ?? "") ? "DPoP" : "Bearer", { realm, ...parameters });
  switch (verdict.kind) {
    case "no-token":
      // Nothing was wrong, so nothing is said to be (RFC 6750 section 3.1).
      return {
        status: 401,
        headers: {
          "cache-control": "no-store",
          "www-authenticate": `${challengeOf("Bearer", { realm })}, ${challengeOf("DPoP", { realm })}`,
        },
        body: { error: "unauthorized" },
      };
    case "malformed":
      return challenge(400, { error: "invalid_request", error_description: verdict.why });
    case "invalid-token": {
      const parameters = { error: "invalid_token", error_description: verdict.why };
      return verdict.bound === true ? refusal(401, "DPoP", { realm, ...parameters }) : challenge(401, parameters);
    }
    case "wrong-proof": {
      const told = challenge(401, { error: verdict.error, error_description: verdict.why });
      return { ...told, headers: { ...told.headers, "dpop-nonce": verdict.nonce } };
    }
    case "more-authentication":
      return challenge(401, {
        error: "insufficient_user_authentication",
        error_description: verdict.why,
        acr_values: verdict.acr?.join(" "),
        max_age: verdict.maxAge?.toString(),
        scope: verdict.scope?.join(" "),
      });
    case "more-scope":
      return challenge(403, {
        error: "insufficient_scope",
        error_description: verdict.why,
        scope: verdict.scope?.join(" "),
      });
    case "unavailable":
      return {
        status: 503,
        headers: { "cache-control": "no-store", "retry-after": "5" },
        body: { error: "temporarily_unavailable", error_description: "the token cannot be checked now" },
      };
    default:
      return verdict satisfies never;
  }
}

type Scheme = "Bearer" | "DPoP";
type Parameters = Readonly<Record<string, string | undefined>>;

type Told = Parameters & { error: string; error_description: string };

function refusal(status: number, scheme: Scheme, parameters: Told): Refusal {
  const { error, error_description: why } = parameters;
  return {
    status,
    headers: { "cache-control": "no-store", "www-authenticate": challengeOf(scheme, parameters) },
    body: { error, error_description: quotable(why) },
  };
}

function challengeOf(scheme: Scheme, parameters: Parameters): string {
  const all: Parameters = scheme === "DPoP" ? { ...parameters, algs: ALGORITHMS.join(" ") } : parameters;
  const pairs = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(value)}"`],
  );
  return `${scheme} ${pairs.join(", ")}`;
}

/** What RFC 6750 section 3 allows between the quotes; the rest never comes from us, but may from a confirmed member's name. */
function quotable(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, "?");
}
