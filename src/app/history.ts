/** The part of the composition that is the history of an account: what its entries name, and the receipts of its confirmations. */
import type Router from "@koa/router";
import { pathOf } from "../account/sections.ts";
import { sitesOf } from "../account/store.ts";
import { ACCOUNT, type Visits } from "../account/visits.ts";
import type { ReceiptSubject, Receipts } from "../confirmation/receipt.ts";
import { confirmationById } from "../confirmation/store.ts";
import type { Database } from "../database/database.ts";
import type { Devices } from "../device/device.ts";
import { createHistory } from "../history/history.ts";
import { createHistoryRoutes } from "../history/routes.ts";
import type { Pages } from "../http/page.ts";
import type { Locale } from "../locale/locale.ts";
import type { Described, OperationTypes } from "../operation/operation.ts";
import type { ClientEntry } from "../provider/clients.ts";
import { siteOf } from "../provider/site.ts";

export interface HistoryPagePorts {
  database: Database;
  pages: Pages;
  visits: Visits;
  clients: readonly ClientEntry[];
  types: OperationTypes;
  receipts: Pick<Receipts, "issue">;
  devices: Pick<Devices, "byId">;
  /** What a client sees of an account; undefined for one that is no more. */
  subject(accountId: string, clientId: string): Promise<ReceiptSubject | undefined>;
}

export function createHistoryPages(ports: HistoryPagePorts): Router {
  const { database, pages, clients, types } = ports;
  const siteName = (clientId: string) => siteOf(clients, clientId)?.name;
  const describe = (operation: string, locale: Locale): Described | undefined => {
    const parsed = types.parse(JSON.parse(operation));
    return parsed.ok ? types.describe(parsed.operation, locale) : undefined;
  };
  return createHistoryRoutes({
    pages,
    visits: ports.visits,
    history: createHistory({ database, siteName, describe }),
    paths: { history: pathOf("history"), account: ACCOUNT, verify: "/confirmations/verify" },
    sites: async (accountId) =>
      (await sitesOf(database, accountId)).flatMap(({ clientId }) => {
        const name = siteName(clientId);
        return name === undefined ? [] : [{ clientId, name }];
      }),
    async confirmed(accountId, id, context) {
      const row = await confirmationById(database, id);
      if (row === undefined || row.account_id !== accountId) return undefined;
      const [subject, device] = await Promise.all([
        ports.subject(accountId, row.client_id),
        row.device_id === null ? undefined : ports.devices.byId(database, row.device_id),
      ]);
      const described = describe(row.operation, pages.locale(context));
      return {
        ...(described === undefined ? {} : { described }),
        site: siteName(row.client_id) ?? row.client_id,
        ...(device === undefined ? {} : { device: device.name }),
        confirmedAt: new Date(row.confirmed_at),
        confirmationId: row.id,
        binding: row.binding,
        ...(subject === undefined ? {} : { receipt: await ports.receipts.issue(row, subject) }),
      };
    },
  });
}
