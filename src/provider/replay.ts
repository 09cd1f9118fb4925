import { createHash } from "node:crypto";
import { type AdapterFactory, errors } from "oidc-provider";
import { type Clock, epochSeconds } from "../clock.ts";

/** Whether a JWT is here for the first time; `until` is when nobody would take it any more, in seconds since 1970. */
export type FirstTime = (clientId: string, jti: string, until: number) => Promise<boolean>;

/**
 * Remembers client assertions and DPoP proofs where oidc-provider remembers those of its own endpoints, under the same names, so that
 * none is accepted here that was accepted there.
 */
export function createFirstTime(ports: { adapter: AdapterFactory; clock: Clock }): FirstTime {
  const seen = ports.adapter("ReplayDetection");
  return async (clientId, jti, until) => {
    const id = createHash("sha256").update(`${clientId}${jti}`).digest("base64url");
    try {
      await seen.upsert(id, { jti: id, iss: clientId, exp: until }, until - epochSeconds(ports.clock()));
      return true;
    } catch (error) {
      if (error instanceof errors.OIDCProviderError) return false;
      throw error;
    }
  };
}
