import Router from "@koa/router";
import type { Context } from "koa";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import { parseDeviceName } from "../device/name.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import type { PasskeyShown } from "../http/passkey-views.ts";
import type { FieldError } from "../http/views.ts";
import { addsPasskey, MAX_PASSKEYS, type Passkeys } from "./passkey.ts";
import type { PasskeyRow } from "./store.ts";

export interface PasskeyRoutesPorts {
  passkeys: Passkeys;
  visits: Visits;
  pages: Pages;
  /** Ends the sessions that passkeys of the account have opened. */
  endSessions(accountId: string): Promise<void>;
}

export const PASSKEYS = pathOf("passkeys");
/** As we make them; what a stranger writes instead goes to no database. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const OPERATION_ID = /^[A-Za-z0-9_.-]{1,64}$/;

/** The own passkeys: the list of them, a new one, the name and the end of each. Another account's is nobody's. */
export function createPasskeyRoutes(ports: PasskeyRoutesPorts): Router {
  const { passkeys, visits, pages } = ports;
  const router = new Router({ prefix: PASSKEYS });

  type Handler = (context: Context, here: Present) => Promise<void> | void;
  const signedIn = (handler: Handler) => async (context: Context) => {
    const here = await visits.present(context);
    return here === undefined ? visits.toSignIn(context) : handler(context, here);
  };
  type OneHandler = (context: Context, here: Present, row: PasskeyRow) => Promise<void> | void;
  const ofOwn = (handler: OneHandler) =>
    signedIn(async (context, here) => {
      const id = String(context["params"]["passkey"]);
      const row = ID.test(id) ? await passkeys.one(here.account.id, id) : undefined;
      if (row === undefined) throw new Fault("not-found", { detail: "the account has no such passkey" });
      return handler(context, here, row);
    });
  const frame = ({ account }: Present, errors: readonly FieldError[] = []) => ({
    signedIn: { email: account.email },
    status: statusOf(errors),
  });
  const shown = (row: PasskeyRow): PasskeyShown => ({
    name: row.name,
    kind: row.kind,
    addedAt: new Date(row.created_at),
    ...(row.used_at === null ? {} : { usedAt: new Date(row.used_at) }),
  });
  const hrefOf = ({ id }: PasskeyRow) => `${PASSKEYS}/${id}`;

  router.get(
    "/",
    signedIn(async (context, here) => {
      const rows = await passkeys.list(here.account.id);
      const told = visits.told(context);
      const data = {
        action: PASSKEYS,
        ...(told === undefined ? {} : { told }),
        passkeys: rows.map((row) => ({ ...shown(row), href: hrefOf(row) })),
        full: rows.length >= MAX_PASSKEYS,
        accountHref: ACCOUNT,
      };
      pages.show(context, "passkey/list", data, frame(here));
    }),
  );
  router.post(
    "/",
    signedIn(async (context, here) => {
      if ((await readForm(context)).get("action") !== "add") throw noSuchButton();
      if ((await passkeys.list(here.account.id)).length >= MAX_PASSKEYS)
        return visits.tell(context, "passkey-full", PASSKEYS);
      visits.toConfirm(context, here.account.id, passkeys.adding(pages.locale(context)));
    }),
  );

  const showNew = async (context: Context, here: Present, id: string, errors: readonly FieldError[]) => {
    const data = {
      action: `${PASSKEYS}/new/${id}`,
      errors,
      values: {},
      options: await passkeys.options(here.account, here.session, id),
      listHref: PASSKEYS,
    };
    pages.show(context, "passkey/new", data, frame(here, errors));
  };
  type NewHandler = (context: Context, here: Present, operationId: string) => Promise<void> | void;
  /** For who has just confirmed it; who comes back later begins again. */
  const allowed = (handler: NewHandler) =>
    signedIn(async (context, here) => {
      const id = String(context["params"]["operation"]);
      if (!OPERATION_ID.test(id) || !addsPasskey(id)) throw new Fault("not-found", { detail: "no such operation" });
      const may = await passkeys.mayAdd(here.account.id, id);
      if (may === "yes") return handler(context, here, id);
      return visits.tell(context, may === "full" ? "passkey-full" : may, PASSKEYS);
    });
  router.get(
    "/new/:operation",
    allowed((context, here, id) => showNew(context, here, id, [])),
  );
  router.post(
    "/new/:operation",
    allowed(async (context, here, operationId) => {
      const form = await readForm(context);
      if (!["passkey", ""].includes(form.get("action"))) throw noSuchButton();
      const given = { session: here.session, operationId, credential: form.get("credential") };
      const done = await passkeys.add(here.account.id, { ...given, locale: pages.locale(context) });
      if (done === "refused") return showNew(context, here, operationId, [{ field: "passkey", code: "not-added" }]);
      visits.tell(context, done === "unchanged" ? done : `passkey-${done}`, PASSKEYS);
    }),
  );

  const showOne = (context: Context, here: Present, row: PasskeyRow, name: string, errors: readonly FieldError[]) => {
    const data = { action: hrefOf(row), errors, values: { name }, passkey: shown(row) };
    const links = { removeHref: `${hrefOf(row)}/remove`, listHref: PASSKEYS };
    pages.show(context, "passkey/passkey", { ...data, ...links }, frame(here, errors));
  };
  router.get(
    "/:passkey",
    ofOwn((context, here, row) => showOne(context, here, row, row.name, [])),
  );
  router.post(
    "/:passkey",
    ofOwn(async (context, here, row) => {
      const form = await readForm(context);
      if (!["rename", ""].includes(form.get("action"))) throw noSuchButton();
      const typed = form.get("name").slice(0, 200);
      const name = parseDeviceName(typed);
      if (!name.ok) return showOne(context, here, row, typed, [{ field: "name", code: name.reason }]);
      await passkeys.rename(here.account.id, row.id, name.value);
      visits.tell(context, "passkey-renamed", PASSKEYS);
    }),
  );

  router.get(
    "/:passkey/remove",
    ofOwn((context, here, row) => {
      const data = { action: `${hrefOf(row)}/remove`, passkey: shown(row), passkeyHref: hrefOf(row) };
      pages.show(context, "passkey/remove", data, frame(here));
    }),
  );
  router.post(
    "/:passkey/remove",
    ofOwn(async (context, here, row) => {
      if (!["remove", ""].includes((await readForm(context)).get("action"))) throw noSuchButton();
      await passkeys.remove(here.account.id, row.id);
      // Also where it was removed before: by the other click of two.
      await ports.endSessions(here.account.id);
      visits.tell(context, "passkey-removed", PASSKEYS);
    }),
  );
  return router;
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
