/** The part of the composition that is about passkeys: how one proves an account, and the account's pages of them. */
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import { createAsking } from "../passkey/asking.ts";
import { partyOf } from "../passkey/party.ts";
import { addsPasskey, createPasskeys, type PasskeysPorts } from "../passkey/passkey.ts";
import { createProving, type PasskeyProof, type ProvingPorts } from "../passkey/proving.ts";
import { createPasskeyRoutes, PASSKEYS, type PasskeyRoutesPorts } from "../passkey/routes.ts";

type Own = "asking" | "party";

export function createPasskeyProof(
  ports: Omit<ProvingPorts, Own> & Pick<PasskeysPorts, "random"> & { issuer: string },
): PasskeyProof {
  return createProving({ ...ports, asking: createAsking(ports), party: partyOf(ports.issuer) });
}

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createPasskeyParts(
  ports: Omit<PasskeysPorts, Own> & Pick<PasskeyRoutesPorts, "pages" | "endSessions"> & { issuer: string },
) {
  const passkeys = createPasskeys({ ...ports, asking: createAsking(ports), party: partyOf(ports.issuer) });
  const change: Change = {
    knows: addsPasskey,
    page: PASSKEYS,
    async finish(_context, accountId, id) {
      const may = await passkeys.mayAdd(accountId, id);
      return may === "yes" ? { to: `${PASSKEYS}/new/${id}` } : may === "full" ? "passkey-full" : may;
    },
  };
  const routesAt = (visits: PasskeyRoutesPorts["visits"]): Router =>
    createPasskeyRoutes({ passkeys, visits, pages: ports.pages, endSessions: ports.endSessions });
  return { change, routesAt };
}
