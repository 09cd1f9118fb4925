/** The part of the composition by which a person has all that is kept about the own account. */
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import type { Visits } from "../account/visits.ts";
import type { ReceiptSubject, Receipts } from "../confirmation/receipt.ts";
import { confirmationsOf } from "../confirmation/store.ts";
import type { Database } from "../database/database.ts";
import { asksForData, createDownload, type DownloadPorts, type Elsewhere } from "../download/download.ts";
import { createDownloadRoutes, DATA } from "../download/routes.ts";
import type { Pages } from "../http/page.ts";
import type { Sessions } from "../provider/sessions.ts";
import { createSiteGrants, type SiteGrantsPorts } from "../provider/site-grants.ts";
import { SITE_CONSENTS } from "./own-pages.ts";

export interface DownloadPartsPorts extends Omit<DownloadPorts, "elsewhere">, Omit<SiteGrantsPorts, "consents"> {
  database: Database;
  pages: Pages;
  sessions: Sessions;
  receipts: Pick<Receipts, "issue">;
  /** What a client sees of an account; undefined for one that is no more. */
  subject(accountId: string, clientId: string): Promise<ReceiptSubject | undefined>;
}

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createDownloadParts(ports: DownloadPartsPorts) {
  const grants = createSiteGrants({ ...ports, consents: SITE_CONSENTS });
  const download = createDownload({ ...ports, elsewhere: elsewhere({ ...ports, grants }) });
  const change: Change = {
    knows: asksForData,
    page: DATA,
    finish: async (_context, accountId, id) =>
      (await download.mayHave(accountId, id)) ? { to: `${DATA}/file?operation=${id}` } : "unchanged",
  };
  const routesAt = (visits: Visits): Router => createDownloadRoutes({ download, visits, pages: ports.pages });
  return { change, routesAt };
}

const iso = (time: number) => new Date(time).toISOString();

/** What only other rooms can open, or sign. */
function elsewhere(
  ports: Pick<DownloadPartsPorts, "database" | "sessions" | "receipts" | "subject"> & {
    grants: ReturnType<typeof createSiteGrants>;
  },
): Elsewhere[] {
  const { database, sessions, grants } = ports;
  return [
    {
      name: "sessions",
      of: ["oidc"],
      entries: async (accountId) =>
        (await sessions.list(accountId)).map(({ since, sites, browser }) => ({
          ...(since === undefined ? {} : { since: iso(since) }),
          sites,
          ...(browser === undefined ? {} : { user_agent: browser.userAgent, ip: browser.ip, country: browser.country }),
        })),
    },
    {
      name: "sites",
      of: ["oidc", "consent"],
      entries: async (accountId) =>
        (await grants.of(accountId)).map(({ clientId, scopes, ofResources, since }) => ({
          client_id: clientId,
          scopes,
          of_resources: ofResources,
          since: iso(since),
        })),
    },
    {
      name: "confirmations",
      of: ["confirmation"],
      async *entries(accountId) {
        for await (const row of confirmationsOf(database, accountId)) {
          const subject = await ports.subject(accountId, row.client_id);
          yield {
            id: row.id,
            client_id: row.client_id,
            operation_id: row.operation_id,
            ...(row.device_id === null ? {} : { device_id: row.device_id }),
            confirmed_at: iso(row.confirmed_at),
            acr: row.acr,
            binding: row.binding,
            operation: JSON.parse(row.operation),
            ...(subject === undefined ? {} : { receipt: await ports.receipts.issue(row, subject) }),
          };
        }
      },
    },
  ];
}
