/**
 * Owns the adding of a device (PROTOCOL 5): the activation code on the page, the phone's call that uses it, the first response that
 * makes the device active. Who may enrol is the caller's to know: `start` is called for an account that has just proven e-mail and phone,
 * or has just confirmed it by another device.
 * An enrolment belongs to the browser that shows the code; the phone finds it by the code and the account's e-mail.
 */
import type { Context } from "koa";
import { type Account, type Accounts, LAPSE } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { EnrolmentFailure } from "../audit/events.ts";
import type { Challenges, ChallengeView, Verdict } from "../challenge/challenge.ts";
import { expecting } from "../challenge/expectation.ts";
import { type Clock, HOUR, MINUTE, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Device, type Devices, MAX_DEVICES, type NewDevice } from "../device/device.ts";
import { type ActivationCode, parseActivationCode } from "../e-num/activation-code.ts";
import type { Response } from "../e-num/challenge.ts";
import type { Cookies } from "../http/cookies.ts";
import { enrolmentCounter } from "../limits/limits.ts";
import type { Notices } from "../notice/notice.ts";
import { drawReadable, type Random, randomId } from "../random.ts";
import { type Digester, placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";
import {
  type EnrolmentRow,
  type EnrolmentStatus,
  endEnrolments,
  enrolmentOfBrowser,
  finishEnrolment,
  insertEnrolment,
  putOffLapse,
  renewCode,
  setDevice,
  useCode,
} from "./store.ts";

/** Where the person goes when the phone is ready: a path of ours, and the site whose name the pages bear meanwhile, if it is for one. */
export interface ReturnTo {
  path: string;
  site: { name: string; origin: string | undefined; logo?: string | undefined } | undefined;
  /** The site has asked for an operation, and not for a sign-in. */
  confirms?: boolean;
  /** The account was there before: it is no step of a registration, and to sign in to the account comes next. */
  recovers?: boolean;
  /** Where another code is had: with it, this enrolment gives one code and no more (PROTOCOL 5, `add_device`). */
  again?: string;
}

export interface EnrolmentView {
  id: string;
  status: EnrolmentStatus;
  account: Account;
  code: ActivationCode;
  codeExpiresAt: Millis;
  device: Device | undefined;
  returnTo: ReturnTo | undefined;
}

export interface Enrolments {
  /** `confirmation`: by which another device has allowed it. */
  start(
    sql: Sql,
    context: Context,
    accountId: string,
    returnTo: ReturnTo | undefined,
    confirmation?: string,
  ): Promise<void>;
  /** The enrolment that goes on in this browser. */
  current(context: Context): Promise<EnrolmentView | undefined>;
  /** A new activation code, while no phone has used the old one, or after five wrong first responses; none where there is but one. */
  newCode(enrolment: EnrolmentView): Promise<void>;
  /** A device of the account ends: so does what is being enrolled, which may stand on its word. The devices that wait. */
  endAll(sql: Sql, accountId: string): Promise<string[]>;
  /** The phone's call; undefined for every code that does not fit, whatever the reason. */
  activate(email: string, code: ActivationCode, device: Omit<NewDevice, "accountId">): Promise<Activation | undefined>;
  /** The check number for the first response: the open one, or a new one. */
  challenge(enrolment: EnrolmentView, options: { renew: boolean }): Promise<ChallengeView | undefined>;
  answer(context: Context, enrolment: EnrolmentView, response: Response): Promise<Verdict>;
  /** The person says that the device is not theirs: it is not connected, and its pad is erased. */
  refuse(enrolment: EnrolmentView): Promise<void>;
}

export interface Activation {
  device: Device;
  account: Account;
  pad: Uint8Array;
}

export interface EnrolmentPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  sealer: Sealer;
  cookies: Cookies;
  accounts: Accounts;
  devices: Devices;
  challenges: Challenges;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** The browser in which a device was enrolled has proven the account as a sign-in does. */
  rememberBrowser(sql: Sql, context: Context, accountId: string): Promise<unknown>;
}

/** 50 bits, with the e-mail, once, for ten minutes (PROTOCOL 5). */
const CODE_LENGTH = 10;
const CODE_LIFETIME: Millis = 10 * MINUTE;
/** How long the proof of e-mail and phone lets the person ask for another code. */
const LIFETIME: Millis = HOUR;

export const SEALED_CODES: SealedColumn = {
  table: "enrolment",
  column: "code_sealed",
  name: "code",
  key: ["id"],
  row: ["id"],
  at: "created_at",
};

const EXPECTATION = expecting("activate");

/** Five devices work already: the code is not used up by who finds no room. */
class NoRoom extends Error {}

export function createEnrolments(ports: EnrolmentPorts): Enrolments {
  const { database, clock } = ports;
  const drawCode = (id: string) => {
    const parsed = parseActivationCode(drawReadable(ports.random, CODE_LENGTH));
    if (!parsed.ok) throw new Error("the alphabet makes no activation code");
    const sealed = ports.sealer.seal(parsed.value, placeIn(SEALED_CODES, id));
    return { digest: ports.digest("activation", parsed.value), sealed, expiresAt: clock() + CODE_LIFETIME };
  };

  const toView = async (sql: Sql, row: EnrolmentRow): Promise<EnrolmentView | undefined> => {
    const account = await ports.accounts.byId(sql, row.account_id);
    const code = parseActivationCode(ports.sealer.open(row.code_sealed, placeIn(SEALED_CODES, row.id)).toString());
    if (account === undefined || !code.ok) return undefined;
    const device = row.device_id === null ? undefined : await ports.devices.byId(sql, row.device_id);
    const returnTo = row.return_to === null ? undefined : JSON.parse(row.return_to);
    return {
      id: row.id,
      status: row.status,
      account,
      code: code.value,
      codeExpiresAt: row.code_expires_at,
      device,
      returnTo,
    };
  };

  /** With the device: after another code another one is asked, and what was asked of the former fits it no more. */
  const contextOf = ({ id, device }: EnrolmentView) => `enrolment ${id} ${device?.id ?? "without a device"}`;

  const activated = async (sql: Sql, context: Context, enrolment: EnrolmentView, deviceId: string): Promise<void> => {
    const { account, device } = enrolment;
    if ((await ports.devices.count(sql, account.id)) >= MAX_DEVICES) return failed(sql, enrolment, deviceId, "no-room");
    if (!(await finishEnrolment(sql, enrolment.id, "done")) || !(await ports.devices.activate(sql, deviceId))) return;
    await ports.rememberBrowser(sql, context, account.id);
    await ports.audit.append(sql, {
      type: "device.activated",
      accountId: account.id,
      deviceId,
      detail: { enrolment: enrolment.id },
    });
    await ports.notices.tell(sql, account, { kind: "device-activated", device: device?.name ?? "" });
  };

  const failed = async (
    sql: Sql,
    enrolment: EnrolmentView,
    deviceId: string,
    reason: EnrolmentFailure,
  ): Promise<void> => {
    if (!(await finishEnrolment(sql, enrolment.id, "ended"))) return;
    await ports.devices.revoke(sql, deviceId, "enrolment");
    const detail = { enrolment: enrolment.id, reason };
    await ports.audit.append(sql, { type: "enrolment.failed", accountId: enrolment.account.id, deviceId, detail });
  };

  return {
    async start(sql, context, accountId, returnTo, confirmation) {
      const cookie = randomId(ports.random);
      const id = randomId(ports.random);
      const code = drawCode(id);
      const now = clock();
      await insertEnrolment(sql, {
        id,
        browser_digest: ports.digest("enrolment", cookie),
        account_id: accountId,
        code_digest: code.digest,
        code_sealed: code.sealed,
        status: "waiting",
        device_id: null,
        return_to: returnTo === undefined ? null : JSON.stringify(returnTo),
        created_at: now,
        code_expires_at: code.expiresAt,
        expires_at: now + LIFETIME,
      });
      await putOffLapse(sql, accountId, now + LAPSE);
      await ports.audit.append(sql, { type: "enrolment.started", accountId, detail: { enrolment: id, confirmation } });
      sql.afterwards(() => ports.cookies.set(context, "enrolment", cookie));
    },

    async current(context) {
      const cookie = ports.cookies.get(context, "enrolment");
      if (cookie === undefined) return undefined;
      const row = await enrolmentOfBrowser(database, ports.digest("enrolment", cookie), clock());
      return row === undefined ? undefined : toView(database, row);
    },

    async newCode(enrolment) {
      if (enrolment.returnTo?.again !== undefined) return;
      const code = drawCode(enrolment.id);
      await database.transaction((sql) => renewCode(sql, enrolment.id, code, clock()));
    },

    endAll: (sql, accountId) => endEnrolments(sql, accountId),

    async activate(email, code, device) {
      try {
        return await database.transaction(async (sql) => {
          const row = await useCode(sql, ports.digest("activation", code), email, clock());
          const account = row === undefined ? undefined : await ports.accounts.byId(sql, row.account_id);
          if (row === undefined || account === undefined) return undefined;
          const added = await ports.devices.add(sql, { ...device, accountId: account.id });
          if (added === undefined) throw new NoRoom();
          await setDevice(sql, row.id, added.device.id);
          const about = { accountId: account.id, deviceId: added.device.id, detail: { enrolment: row.id } };
          await ports.audit.append(sql, { type: "enrolment.code-used", ...about });
          return { ...added, account };
        });
      } catch (error) {
        if (error instanceof NoRoom) return undefined;
        throw error;
      }
    },

    challenge: (enrolment, { renew }) =>
      database.transaction(async (sql) => {
        const { account, device } = enrolment;
        if (device === undefined) return undefined;
        const open = renew ? undefined : await ports.challenges.current(sql, contextOf(enrolment));
        if (open !== undefined) return open;
        return ports.challenges.issue(sql, {
          context: contextOf(enrolment),
          subject: { key: account.id, accountId: account.id },
          counter: enrolmentCounter(device.id),
          purpose: "activate",
          deviceId: device.id,
        });
      }),

    answer: (context, enrolment, response) =>
      database.transaction(async (sql) => {
        // Before the challenge, as whoever ends a device does: in another order the two could wait for one another.
        await ports.devices.hold(sql, enrolment.account.id);
        const { verdict } = await ports.challenges.answer(sql, contextOf(enrolment), response, EXPECTATION);
        if (enrolment.device === undefined) return verdict;
        if (verdict.kind === "accepted" && verdict.judged) await activated(sql, context, enrolment, verdict.deviceId);
        if (verdict.kind === "locked") await failed(sql, enrolment, enrolment.device.id, "wrong-responses");
        return verdict;
      }),

    async refuse(enrolment) {
      const { device } = enrolment;
      if (device !== undefined) await database.transaction((sql) => failed(sql, enrolment, device.id, "refused"));
    },
  };
}
