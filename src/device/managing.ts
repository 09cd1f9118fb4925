import type { Context } from "koa";
import type { Account } from "../account/account.ts";
import {
  BETWEEN,
  type ConfirmedOperation,
  isConfirmed,
  justConfirmed,
  type OwnOperation,
  operationId,
  shortened,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import type { DeviceRevoked } from "../audit/events.ts";
import type { EmailVerdict, ProofPurpose } from "../authentication/email-proof.ts";
import type { Subject } from "../challenge/challenge.ts";
import { type Clock, DAY, HOUR, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Random } from "../random.ts";
import { type Devices, MAX_DEVICES } from "./device.ts";
import type { RevokeDevice } from "./revocation.ts";
import { type DeviceLine, deviceOf, devicesClosed, devicesThere, renameDevice } from "./store.ts";

/** What a person who is signed in with a response does with the own devices (decision 0029). */
export interface OwnDevices {
  list(accountId: string): Promise<{ there: DeviceLine[]; closed: DeviceLine[]; room: "free" | "full" | "no-phone" }>;
  /** Undefined for another account's, and for one that has ended. */
  one(accountId: string, id: string): Promise<DeviceLine | undefined>;
  /** Whether it was one of this account's and has ended. */
  hasEnded(accountId: string, id: string): Promise<boolean>;
  rename(accountId: string, id: string, name: string): Promise<void>;
  /** The operation by which another device allows one more (PROTOCOL 5, `add_device`). */
  adding(locale: Locale): OwnOperation;
  /** One code for one confirmation, while it is fresh: the enrolment begins in this browser. */
  add(context: Context, accountId: string, operationId: string): Promise<"begun" | "unchanged" | "spent" | "full">;
  /** The operation by which a device confirms that one is removed, itself for all we care. */
  removing(device: Pick<DeviceLine, "id" | "name">, locale: Locale): OwnOperation;
  /** Removes what this operation names, if this account has confirmed exactly that; it may be asked any number of times. */
  remove(accountId: string, operationId: string): Promise<Removed | "unchanged">;
  /** One that never worked needs nobody's word. */
  removePending(accountId: string, id: string): Promise<Removed | "unchanged">;
  /** A code by mail to remove it, for who has no device at hand; false when too many were asked for. `session`: good in this one alone. */
  sendCode(
    account: Account,
    session: string,
    device: Pick<DeviceLine, "id" | "name">,
    locale: Locale,
  ): Promise<boolean>;
  awaitsCode(session: string, id: string): Promise<boolean>;
  answerCode(
    accountId: string,
    session: string,
    id: string,
    typed: string,
  ): Promise<Removed | Exclude<EmailVerdict, { kind: "right" }>>;
}

/** `removed-last`: nothing answers for the account any more. */
export type Removed = "removed" | "removed-last";

export interface OwnDevicesPorts {
  database: Database;
  clock: Clock;
  random: Random;
  devices: Pick<Devices, "hold" | "count">;
  revoke: RevokeDevice;
  audit: Audit;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  startEnrolment(sql: Sql, context: Context, accountId: string, confirmationId: string): Promise<void>;
  emailProof: {
    send(sql: Sql, context: string, subject: Subject, locale: Locale, purpose: ProofPurpose): Promise<boolean>;
    state(sql: Sql, context: string): Promise<{ kind: "none" | "waiting" | "proven" }>;
    answer(sql: Sql, context: string, typed: string): Promise<EmailVerdict>;
  };
  /** The type of the operations. */
  type: string;
}

const ADD = "add_device";
const REMOVE = "remove_device";

/** As long as somebody may wonder where a phone has gone. */
const CLOSED: Millis = 90 * DAY;
/** A device that waits for its first response goes with its enrolment. */
const PENDING: Millis = HOUR;

export function addsDevice(id: string): boolean {
  return id.startsWith(`${ADD}${BETWEEN}`);
}

export function removesDevice(id: string): boolean {
  return id.startsWith(`${REMOVE}${BETWEEN}`);
}

export function createOwnDevices(ports: OwnDevicesPorts): OwnDevices {
  const { database, clock, devices, emailProof } = ports;

  const addition = (id: string, locale: Locale): OwnOperation => {
    const { setting, from, to } = messagesFor(locale).device.adding;
    return { type: ports.type, operation_id: id, setting, from, to };
  };
  const removal = (id: string, name: string, locale: Locale): OwnOperation => {
    const { setting, from, to } = messagesFor(locale).device.removing;
    return { type: ports.type, operation_id: id, setting: setting(shortened(name)), from, to };
  };
  const codeContext = (session: string, id: string) => `device removal ${session} ${id}`;

  const there = (line: DeviceLine): boolean =>
    line.status === "pending" ? line.createdAt > clock() - PENDING : line.status !== "revoked";

  /** Also where another tab was faster. */
  const removed = async (sql: Sql, accountId: string): Promise<Removed> =>
    (await devices.count(sql, accountId)) === 0 ? "removed-last" : "removed";
  const end = async (sql: Sql, accountId: string, id: string, how: DeviceRevoked): Promise<Removed> => {
    await ports.revoke(sql, { id, accountId }, how);
    return removed(sql, accountId);
  };

  return {
    async list(accountId) {
      const now = clock();
      const [lines, closed, working] = await Promise.all([
        devicesThere(database, accountId, now - PENDING),
        devicesClosed(database, accountId, now - CLOSED),
        devices.count(database, accountId),
      ]);
      const room = working >= MAX_DEVICES ? "full" : working === 0 ? "no-phone" : "free";
      return { there: lines, closed, room };
    },

    async one(accountId, id) {
      const line = await deviceOf(database, accountId, id);
      return line !== undefined && there(line) ? line : undefined;
    },

    async hasEnded(accountId, id) {
      const line = await deviceOf(database, accountId, id);
      return line !== undefined && !there(line);
    },

    rename: (accountId, id, name) =>
      database.transaction(async (sql) => {
        if (!(await renameDevice(sql, accountId, id, name))) return;
        await ports.audit.append(sql, { type: "device.renamed", accountId, deviceId: id, detail: {} });
      }),

    adding: (locale) => addition(operationId(ports.random, ADD), locale),

    add: (context, accountId, id) =>
      database.transaction(async (sql) => {
        // Whoever removes the device that has confirmed this comes before or after, and not between.
        await devices.hold(sql, accountId);
        const words = (locale: Locale) => addition(id, locale);
        const confirmed = justConfirmed(await ports.confirmed(sql, id), accountId, clock(), words);
        if (confirmed === undefined) return "unchanged";
        if ((await devices.count(sql, accountId)) >= MAX_DEVICES) return "full";
        if (!(await ports.spend(sql, confirmed.id))) return "spent";
        await ports.startEnrolment(sql, context, accountId, confirmed.id);
        return "begun";
      }),

    removing: ({ id, name }, locale) => removal(operationId(ports.random, REMOVE, id), name, locale),

    remove: (accountId, confirmedId) =>
      database.transaction(async (sql) => {
        const [, id = ""] = confirmedId.split(BETWEEN);
        const line = await deviceOf(sql, accountId, id);
        if (line === undefined) return "unchanged";
        if (line.status === "revoked") return removed(sql, accountId);
        const confirmed = await ports.confirmed(sql, confirmedId);
        const words = (locale: Locale) => removal(confirmedId, line.name, locale);
        if (confirmed === undefined || !isConfirmed(confirmed, accountId, words)) return "unchanged";
        return end(sql, accountId, id, { by: "account", proof: "confirmation", confirmation: confirmed.id });
      }),

    removePending: (accountId, id) =>
      database.transaction(async (sql) => {
        // It may have answered since the page was shown: then it works, and is somebody's.
        await devices.hold(sql, accountId);
        const line = await deviceOf(sql, accountId, id);
        if (line?.status === "revoked") return removed(sql, accountId);
        if (line?.status !== "pending") return "unchanged";
        return end(sql, accountId, id, { by: "account", proof: "none" });
      }),

    sendCode: (account, session, { id, name }, locale) =>
      database.transaction((sql) =>
        emailProof.send(sql, codeContext(session, id), { key: account.id, accountId: account.id }, locale, {
          kind: "removal",
          device: name,
        }),
      ),
    awaitsCode: async (session, id) => (await emailProof.state(database, codeContext(session, id))).kind === "waiting",
    answerCode: (accountId, session, id, typed) =>
      database.transaction(async (sql) => {
        const verdict = await emailProof.answer(sql, codeContext(session, id), typed);
        if (verdict.kind !== "right") return verdict;
        return end(sql, accountId, id, { by: "account", proof: "email" });
      }),
  };
}
