/** The part of the composition that is about who demands what: the account page and the security bot's hook. */
import type Router from "@koa/router";
import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { Accounts } from "./account/account.ts";
import { createAccountRoutes } from "./account/routes.ts";
import { createSettings } from "./account/settings.ts";
import type { Audit } from "./audit/audit.ts";
import type { Clock } from "./clock.ts";
import { confirmationOfOperation } from "./confirmation/store.ts";
import type { Database } from "./database.ts";
import type { Cookies } from "./http/cookies.ts";
import type { Pages } from "./http/page.ts";
import type { Messaging } from "./messaging/messaging.ts";
import { createPolicyApi } from "./policy/api.ts";
import type { OwnDemands } from "./policy/policy.ts";
import { createRaises } from "./policy/raise.ts";
import { LOGIN } from "./provider/assurance.ts";
import type { ClientEntry } from "./provider/clients.ts";
import { OWN_CLIENT, OWN_TYPE } from "./provider/own-client.ts";
import { createSignedIn } from "./provider/signed-in.ts";
import { siteOf } from "./provider/site.ts";
import type { Random } from "./random.ts";

export interface AccountPagePorts {
  issuer: string;
  database: Database;
  clock: Clock;
  random: Random;
  pages: Pages;
  cookies: Cookies;
  accounts: Accounts;
  audit: Audit;
  messaging: Messaging;
  clients: readonly ClientEntry[];
  provider: Provider;
  own: OwnDemands;
}

export function createAccountPage(ports: AccountPagePorts): Router {
  const { clients, own, random } = ports;
  const settings = createSettings({
    ...ports,
    standing: own,
    siteName: (clientId) => siteOf(clients, clientId)?.name ?? clientId,
    async confirmed(sql, operationId) {
      const row = await confirmationOfOperation(sql, OWN_CLIENT, operationId);
      return row && { id: row.id, accountId: row.account_id, operation: row.operation };
    },
    type: OWN_TYPE,
  });
  return createAccountRoutes({
    ...ports,
    settings,
    standing: own,
    signedIn: createSignedIn(ports.provider),
    site: (clientId) => (clientId === OWN_CLIENT ? undefined : siteOf(clients, clientId)),
    asker: { clientId: OWN_CLIENT, redirectUri: `${ports.issuer}/account/callback`, random },
    acr: LOGIN,
  });
}

export function createBotHook(
  ports: Pick<AccountPagePorts, "database" | "clock" | "random" | "accounts" | "audit" | "clients"> & {
    authenticate(context: Context, body: URLSearchParams): Promise<string | undefined>;
  },
): Router {
  const { database, accounts, clients } = ports;
  return createPolicyApi({
    ...ports,
    raises: createRaises(ports),
    maySet: (id) => clients.some(({ client_id, security_bot }) => client_id === id && security_bot === true),
    isClient: (id) => siteOf(clients, id) !== undefined,
    account: async (typed) => (await accounts.named(database, typed))?.id,
  });
}
