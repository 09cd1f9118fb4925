import * as oidc from "openid-client";
import type { Answer } from "./http.ts";
import { type Look, messagePage } from "./page.ts";

/** Why something did not come about, in words for the person; their own no is no failure. */
export interface Fault {
  declined: boolean;
  words: string;
}

/** What the provider says of it, where it knows why (docs/integrate.md, 6 and 8). */
const REASONS: Record<string, string> = {
  not_me: "You said that it was not you. If you did not begin it here either, somebody may know your e-mail.",
  wrong_details: "You said that the details are wrong. Please tell us what should be different.",
  changed_mind: "You changed your mind.",
};

const ERRORS: Record<string, string> = {
  login_required: "Another E-num account answered than the one that is signed in here.",
  missing_user_code: "The customer demands a code of tills. Ask for it, and send it: --code=…",
  invalid_user_code: "That is not the code of this customer. Ask again, or send none where there is none.",
  temporarily_unavailable: "E-num has no time at the moment. Please try again in a minute.",
};

export function faultOf(error: unknown): Fault {
  const named = error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError;
  if (named) {
    const description = error.error_description ?? "";
    if (error.error === "access_denied")
      return { declined: true, words: REASONS[description.split(": ").at(-1) ?? ""] ?? "You declined." };
    const said = `${error.error} ${description}`.trim();
    return { declined: false, words: [ERRORS[error.error], `E-num says: ${said}`].filter(Boolean).join(" ") };
  }
  // What fetch throws where nobody listens.
  if (error instanceof TypeError && error.message === "fetch failed")
    return { declined: false, words: "E-num cannot be reached at the moment. Please try again in a minute." };
  return { declined: false, words: error instanceof Error ? error.message : "" };
}

/** For whatever nothing more is known of. */
export function failing(look: Look): (error: unknown) => Answer {
  return (error) => ({ status: 400, body: messagePage(look, "That did not work", faultOf(error).words) });
}

/** What the provider does not take of an operation: a member, such as `purse` or `limit.value`, and why; or something about all of it. */
export function refusalOf(error: unknown): { member?: string; why: string } | undefined {
  if (!(error instanceof oidc.ResponseBodyError) || error.error !== "invalid_authorization_details") return undefined;
  const said = error.error_description ?? "";
  const [, member, why] = /^([a-z_]+(?:[.[][^: ]*)?): (.*)$/s.exec(said) ?? [];
  return member === undefined || why === undefined ? { why: said } : { member, why };
}

export function refusalWords({ member, why }: { member?: string; why: string }): string {
  return `E-num does not take it: ${member === undefined ? "" : `${member}: `}${why}`;
}

/** An operation is confirmed at most once; who asks again, or confirms in a second tab, is told so. */
export function wasConfirmed(error: unknown): boolean {
  const named = error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError;
  return named && (error.error_description ?? "").startsWith("already confirmed: ");
}
