/** The part of the composition that is about WMIDs that a client may assert. */
import type Router from "@koa/router";
import type Provider from "oidc-provider";
import { type Accounts, isAccountId } from "../account/account.ts";
import { type AssertionApiPorts, createAssertionApi } from "../joining/api.ts";
import { createJoining, type JoiningPorts } from "../joining/joining.ts";
import { verifiedBy } from "../provider/client-authentication.ts";
import type { ClientEntry } from "../provider/clients.ts";
import { assertsWmids } from "../provider/scopes.ts";

export interface AssertionPorts extends Omit<JoiningPorts, "accounts">, Pick<AssertionApiPorts, "clock" | "firstTime"> {
  accounts: Pick<Accounts, "addWmid" | "byId">;
  provider: Provider;
  clients: readonly ClientEntry[];
  issuer: string;
}

export function createAssertions(ports: AssertionPorts): Router {
  const { provider, clients, issuer: audience, accounts, database } = ports;
  return createAssertionApi({
    ...ports,
    joining: createJoining(ports),
    asserter: (id) => clients.find((client) => client.client_id === id && assertsWmids(client))?.client_name,
    async verify(id, jwt, typ) {
      const client = await provider.Client.find(id);
      return client && verifiedBy(client, jwt, { audience, issuer: id, typ });
    },
    // Such a client's `sub` is public (client-rules.ts), which is the account's id.
    account: async (sub) => (isAccountId(sub) ? accounts.byId(database, sub) : undefined),
  });
}
