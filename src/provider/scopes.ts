/** Scopes that a site can be given of the account itself (PROTOCOL 10); all others are of resource servers. */
export const SCOPES = ["openid", "email", "phone", "profile", "wmid", "offline_access"] as const;

/** Of a client that may say whose a WMID is, by a JWT that it signs; no token has it, so that who asks for it is refused. */
export const ASSERT_WMID = "wmid:assert";

export function assertsWmids({ scope }: { scope: string }): boolean {
  return scope.split(" ").includes(ASSERT_WMID);
}

/** Scopes that no resource server can have for its own. */
export function isReserved(scope: string): boolean {
  return isOurScope(scope) || scope === ASSERT_WMID;
}

export function isOurScope(scope: string): boolean {
  return SCOPES.some((known) => known === scope);
}
