/** Scopes that a site can be given of the account itself (PROTOCOL 10); all others are of resource servers. */
export const SCOPES = ["openid", "email", "phone", "profile", "wmid", "offline_access"] as const;

export function isOurScope(scope: string): boolean {
  return SCOPES.some((known) => known === scope);
}
