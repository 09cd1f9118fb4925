import type { Verdict } from "./judge.ts";

/** An answer that refuses, for any framework. */
export interface Refusal {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: { error: string; error_description: string } | { error: string };
}

/** The standard answers: RFC 6750 section 3 and RFC 9470 section 3. `realm` names this server. */
export function refusalOf(verdict: Exclude<Verdict, { kind: "granted" }>, realm: string): Refusal {
  switch (verdict.kind) {
    case "no-token":
      // Nothing was wrong, so nothing is said to be (RFC 6750 section 3.1).
      return challenge(401, { realm });
    case "malformed":
      return challenge(400, { realm, error: "invalid_request", error_description: verdict.why });
    case "invalid-token":
      return challenge(401, { realm, error: "invalid_token", error_description: verdict.why });
    case "more-authentication":
      return challenge(401, {
        realm,
        error: "insufficient_user_authentication",
        error_description: verdict.why,
        acr_values: verdict.acr?.join(" "),
        max_age: verdict.maxAge?.toString(),
        scope: verdict.scope?.join(" "),
      });
    case "more-scope":
      return challenge(403, {
        realm,
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

type Parameters = Readonly<Record<string, string | undefined>> & { realm: string };

function challenge(status: number, parameters: Parameters): Refusal {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(value)}"`],
  );
  const { error, error_description: why } = parameters;
  return {
    status,
    headers: { "cache-control": "no-store", "www-authenticate": `Bearer ${pairs.join(", ")}` },
    body:
      error === undefined || why === undefined
        ? { error: "unauthorized" }
        : { error, error_description: quotable(why) },
  };
}

/** What RFC 6750 section 3 allows between the quotes; the rest never comes from us, but may from a confirmed member's name. */
function quotable(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, "?");
}
