import * as oidc from "openid-client";

/** What the provider or a check said against it; the person's own no is no failure. */
export function faultOf(error: unknown): { declined: boolean; words: string } {
  const named = error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError;
  if (!named) return { declined: false, words: error instanceof Error ? error.message : "" };
  const words = `${error.error} ${error.error_description ?? ""}`.trim();
  return { declined: error.error === "access_denied", words };
}
