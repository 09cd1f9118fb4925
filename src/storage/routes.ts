import Router from "@koa/router";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Visits } from "../account/visits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { KeptKeysShown } from "../http/storage-views.ts";
import { parseWmid } from "../wmid.ts";
import type { OwnKeys } from "./own-keys.ts";
import type { KeptKeys, Storage } from "./storage.ts";

export interface StorageRoutesPorts {
  storage: Pick<Storage, "list">;
  own: OwnKeys;
  /** What people call a client. */
  siteName(clientId: string): string;
  visits: Visits;
  pages: Pages;
}

export const KEPT_KEYS = pathOf("keys");

/** The page of kept keys, under the account's. It shows what is kept, and no key comes into it. */
export function createStorageRoutes({ storage, own, siteName, visits, pages }: StorageRoutesPorts): Router {
  const router = new Router({ prefix: KEPT_KEYS });
  const shown = ({ wmid, versions, read_at: readAt, read_by: by, ends_at: until }: KeptKeys): KeptKeysShown => ({
    wmid,
    versions: versions.map(({ version, created_at: at, client_id: id }) => ({
      version,
      at: new Date(at),
      by: siteName(id),
    })),
    ...(readAt === null || by === null ? {} : { read: { at: new Date(readAt), by: siteName(by) } }),
    ...(until === null ? {} : { until: new Date(until) }),
  });

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const told = visits.told(context);
    const kept = (await storage.list(here.account.id)).map(shown);
    const data = { action: KEPT_KEYS, kept, accountHref: ACCOUNT, ...(told === undefined ? {} : { told }) };
    pages.show(context, "storage/keys", data, { signedIn: { email: here.account.email } });
  });

  router.post("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const [action, text = "", ...more] = (await readForm(context)).get("action").split(" ");
    const wmid = parseWmid(text);
    if (action !== "delete" || wmid === undefined || more.length > 0)
      throw new Fault("invalid-request", { detail: "the page has no such button" });
    const { id: accountId } = here.account;
    // Deleted in another tab: the page shows it so.
    if (!(await storage.list(accountId)).some((one) => one.wmid === wmid)) return seeOther(context, KEPT_KEYS);
    visits.toConfirm(context, accountId, own.removing(wmid, pages.locale(context)));
  });
  return router;
}
