import Router from "@koa/router";
import type { Context } from "koa";
import { pathOf as pathTo } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import type { Millis } from "../clock.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { DeviceShown } from "../http/device-views.ts";
import { codeErrors, statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import type { OwnDevices } from "./managing.ts";
import { parseDeviceName } from "./name.ts";
import type { DeviceLine } from "./store.ts";

export interface OwnDeviceRoutesPorts {
  own: OwnDevices;
  visits: Visits;
  pages: Pages;
  /** Until when a device's own answers are stopped: a time, for good, or not at all. */
  lockOf(deviceId: string): Promise<Millis | "for-good" | undefined>;
  /** Whose response has signed this browser in, where that is certain. */
  signedInBy(accountId: string, since: Millis | undefined): Promise<string | undefined>;
}

const DEVICES = pathTo("devices");
/** As we make them; what a stranger writes instead goes to no database. */
const DEVICE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The own devices: the list of them; of each its name, and its end (decision 0029). Another account's is nobody's. */
export function createOwnDeviceRoutes(ports: OwnDeviceRoutesPorts): Router {
  const { own, visits, pages } = ports;
  const router = new Router({ prefix: DEVICES });
  const shown = createShown(ports);

  type Handler = (context: Context, here: Present) => Promise<void> | void;
  const signedIn = (handler: Handler) => async (context: Context) => {
    const here = await visits.present(context);
    return here === undefined ? visits.toSignIn(context) : handler(context, here);
  };
  type DeviceHandler = (context: Context, here: Present, device: DeviceLine) => Promise<void> | void;
  const ofOwn = (handler: DeviceHandler) =>
    signedIn(async (context, here) => {
      const id = String(context["params"]["id"]);
      const device = DEVICE_ID.test(id) ? await own.one(here.account.id, id) : undefined;
      if (device !== undefined) return handler(context, here, device);
      // Removed in another tab, or a moment ago by the other click of two: the list shows it so.
      if (DEVICE_ID.test(id) && (await own.hasEnded(here.account.id, id))) return seeOther(context, DEVICES);
      throw new Fault("not-found", { detail: "the account has no such device" });
    });
  const frame = ({ account }: Present, errors: readonly FieldError[] = []) => ({
    signedIn: { email: account.email },
    status: statusOf(errors),
  });

  router.get(
    "/",
    signedIn(async (context, here) => {
      const told = visits.told(context);
      const { there, closed, room } = await own.list(here.account.id);
      const lines = await shown(here, there);
      const data = {
        action: DEVICES,
        accountHref: ACCOUNT,
        ...(told === undefined ? {} : { told }),
        there: lines.map((line, place) => ({ ...line, href: `${DEVICES}/${there[place]?.id}` })),
        closed: closed.map(({ name, endedAt = 0, endedBy }) => ({
          name,
          endedAt: new Date(endedAt),
          by: endedBy === undefined || endedBy === "enrolment" ? ("unknown" as const) : endedBy,
        })),
        room,
      };
      pages.show(context, "device/devices", data, frame(here));
    }),
  );
  router.post(
    "/",
    signedIn(async (context, here) => {
      if ((await readForm(context)).get("action") !== "add") throw noSuchButton();
      const { room } = await own.list(here.account.id);
      if (room !== "free") return visits.tell(context, room, DEVICES);
      visits.toConfirm(context, here.account.id, own.adding(pages.locale(context)));
    }),
  );

  const showDevice = async (
    context: Context,
    here: Present,
    line: DeviceLine,
    name: string,
    errors: readonly FieldError[],
  ) => {
    const [device] = await shown(here, [line]);
    if (device === undefined) return;
    const action = `${DEVICES}/${line.id}`;
    const data = { action, errors, values: { name }, device, removeHref: `${action}/remove`, listHref: DEVICES };
    pages.show(context, "device/device", data, frame(here, errors));
  };
  router.get(
    "/:id",
    ofOwn((context, here, device) => showDevice(context, here, device, device.name, [])),
  );
  router.post(
    "/:id",
    ofOwn(async (context, here, device) => {
      const form = await readForm(context);
      if (!["rename", ""].includes(form.get("action"))) throw noSuchButton();
      const typed = form.get("name").slice(0, 200);
      const name = parseDeviceName(typed);
      if (!name.ok) return showDevice(context, here, device, typed, [{ field: "name", code: name.reason }]);
      await own.rename(here.account.id, device.id, name.value);
      visits.tell(context, "renamed", DEVICES);
    }),
  );

  const emailCodeOf = ({ id }: DeviceLine) => `${DEVICES}/${id}/email-code`;
  const showCode = async (
    context: Context,
    here: Present,
    device: DeviceLine,
    errors: readonly FieldError[],
    extra: { typed?: string; resent?: boolean } = {},
  ) => {
    const { typed = "", resent = false } = extra;
    const data = {
      action: emailCodeOf(device),
      errors,
      values: { code: typed },
      device: device.name,
      email: here.account.email,
      last: await isLast(here, device),
      removeHref: `${DEVICES}/${device.id}/remove`,
      ...(resent ? { resent } : {}),
    };
    pages.show(context, "device/email-code", data, frame(here, errors));
  };
  /** Whether nothing answers for the account once this device is gone. */
  const isLast = async ({ account }: Present, { id, status }: DeviceLine): Promise<boolean> => {
    const { there } = await own.list(account.id);
    return status !== "pending" && there.every((other) => other.id === id || other.status === "pending");
  };

  router.get(
    "/:id/remove",
    ofOwn(async (context, here, line) => {
      const [device] = await shown(here, [line]);
      if (device === undefined) return;
      const path = `${DEVICES}/${line.id}`;
      const last = await isLast(here, line);
      pages.show(context, "device/remove", { action: `${path}/remove`, device, last, deviceHref: path }, frame(here));
    }),
  );
  router.post(
    "/:id/remove",
    ofOwn(async (context, here, device) => {
      const locale = pages.locale(context);
      switch ((await readForm(context)).get("action")) {
        case "confirm":
          return visits.toConfirm(context, here.account.id, own.removing(device, locale));
        case "email": {
          const sent = await own.sendCode(here.account, here.session, device, locale);
          if (sent || (await own.awaitsCode(here.session, device.id))) return seeOther(context, emailCodeOf(device));
          return showCode(context, here, device, [{ field: "code", code: "too-many" }]);
        }
        case "remove":
          return visits.tell(context, await own.removePending(here.account.id, device.id), DEVICES);
        default:
          throw noSuchButton();
      }
    }),
  );

  router.get(
    "/:id/email-code",
    ofOwn(async (context, here, device) =>
      (await own.awaitsCode(here.session, device.id))
        ? showCode(context, here, device, [])
        : seeOther(context, `${DEVICES}/${device.id}/remove`),
    ),
  );
  router.post(
    "/:id/email-code",
    ofOwn(async (context, here, device) => {
      const form = await readForm(context);
      switch (form.get("action")) {
        case "resend":
          return (await own.sendCode(here.account, here.session, device, pages.locale(context)))
            ? showCode(context, here, device, [], { resent: true })
            : showCode(context, here, device, [{ field: "code", code: "too-many" }]);
        case "next":
        case "": {
          const typed = form.get("code").trim().slice(0, 40);
          if (typed === "") return showCode(context, here, device, [{ field: "code", code: "empty" }]);
          const answered = await own.answerCode(here.account.id, here.session, device.id, typed);
          return typeof answered === "string"
            ? visits.tell(context, answered, DEVICES)
            : showCode(context, here, device, codeErrors(answered), { typed });
        }
        default:
          throw noSuchButton();
      }
    }),
  );
  return router;
}

/** Devices as pages show them. */
function createShown(ports: Pick<OwnDeviceRoutesPorts, "lockOf" | "signedInBy">) {
  return async ({ account, since }: Present, lines: readonly DeviceLine[]): Promise<DeviceShown[]> => {
    const [by, locks] = await Promise.all([
      ports.signedInBy(account.id, since),
      Promise.all(lines.map(({ id }) => ports.lockOf(id))),
    ]);
    return lines.map((line, place) => {
      const lock = locks[place];
      const locked = line.status === "locked" || (line.status === "active" && lock !== undefined);
      return {
        name: line.name,
        platform: line.platform,
        state: line.status === "pending" ? "pending" : locked ? "locked" : "active",
        ...(locked && typeof lock === "number" ? { lockedUntil: new Date(lock) } : {}),
        addedAt: new Date(line.activatedAt ?? line.createdAt),
        ...(line.usedAt === undefined ? {} : { usedAt: new Date(line.usedAt) }),
        renewing: line.renewing,
        here: line.id === by,
      };
    });
  };
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
