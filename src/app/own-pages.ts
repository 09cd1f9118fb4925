/** The part of the composition that is the pages behind the account page, but those for phones and for what is demanded. */
import type Router from "@koa/router";
import type { Accounts } from "../account/account.ts";
import { createSessionRoutes } from "../account/session-routes.ts";
import { createSiteRoutes } from "../account/site-routes.ts";
import type { Visits } from "../account/visits.ts";
import type { Audit } from "../audit/audit.ts";
import type { Browsers } from "../authentication/browsers.ts";
import type { Clock } from "../clock.ts";
import { consentsOf, keptAs, narrowConsent, withdrawConsent } from "../consent/store.ts";
import type { Database } from "../database/database.ts";
import type { Pages } from "../http/page.ts";
import type { Site } from "../interaction/step.ts";
import type { Logout } from "../logout/logout.ts";
import { browserName } from "../phone/browser-name.ts";
import type { ClientEntry } from "../provider/clients.ts";
import type { Taken } from "../provider/narrowing.ts";
import { createResourceWords } from "../provider/resources.ts";
import type { Sessions, Which } from "../provider/sessions.ts";
import { createSiteGrants, type SiteConsents } from "../provider/site-grants.ts";
import type { Sealer } from "../secrecy.ts";
import type { Settled } from "../settled.ts";

export interface OwnPagesPorts {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  clients: readonly ClientEntry[];
  logout: Pick<Logout, "queue">;
  accounts: Accounts;
  pages: Pages;
  visits: Visits;
  audit: Audit;
  browsers: Browsers;
  sessions: Sessions;
  settled: Settled;
  /** Undefined for what is no site, or is ourselves. */
  site(clientId: string): Site | undefined;
}

/** What was let, as the room of consents keeps it. */
export const SITE_CONSENTS: SiteConsents = {
  of: consentsOf,
  withdraw: withdrawConsent,
  nameOf,
  narrow: (sql, accountId, clientId, taken) => narrowConsent(sql, accountId, clientId, nameOf(taken)),
};

function nameOf({ scope, resource }: Taken): string {
  return resource === undefined ? scope : keptAs({ resource, scope });
}

export function createOwnPages(ports: OwnPagesPorts): Router[] {
  const siteName = (clientId: string) => ports.site(clientId)?.name;
  const endSessions = createEndSessions(ports);
  const grants = createSiteGrants({ ...ports, consents: SITE_CONSENTS });
  return [
    createSessionRoutes({ ...ports, endSessions, browserName, siteName }),
    createSiteRoutes({ ...ports, grants, words: createResourceWords(ports) }),
  ];
}

/** A request that was in flight has saved its session again a moment later. */
export function createEndSessions({ sessions, settled }: { sessions: Pick<Sessions, "end">; settled: Settled }) {
  return async (accountId: string, which: Which): Promise<void> => {
    await sessions.end(accountId, "person", which);
    await settled();
    await sessions.end(accountId, "person", which);
  };
}
