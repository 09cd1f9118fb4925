import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Random } from "../random.ts";
import type { Notices } from "./notice.ts";
import { GUARDING, OPTIONAL, type OptionalNotice } from "./rules.ts";
import { mute, mutedOf, unmute } from "./store.ts";

/** What a person wants to be told of, as far as that is a choice. */
export interface NoticeChoices {
  of(accountId: string): Promise<readonly { notice: OptionalNotice; on: boolean }[]>;
  switchOn(accountId: string, notice: OptionalNotice): Promise<void>;
  /** At once where nobody could gain by it; else the operation that is to be confirmed first. */
  switchOff(accountId: string, notice: OptionalNotice, locale: Locale): Promise<OwnOperation | "off">;
  /** Switches off what this operation names, if this account has confirmed exactly that a moment ago; it may be asked any number of times. */
  confirmed(accountId: string, operationId: string): Promise<"off" | "unchanged">;
}

export interface NoticeChoicesPorts {
  database: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  /** The type of the operations. */
  type: string;
}

const MUTE = "mute";

export function silencesNotice(id: string): boolean {
  return id.startsWith(`${MUTE}${BETWEEN}`);
}

export function parseNotice(text: string | undefined): OptionalNotice | undefined {
  return OPTIONAL.find((one) => one === text);
}

export function createNoticeChoices(ports: NoticeChoicesPorts): NoticeChoices {
  const { database, clock, audit } = ports;

  const operation = (id: string, notice: OptionalNotice, locale: Locale): OwnOperation => {
    const { kinds, on, off } = messagesFor(locale).notice;
    return { type: ports.type, operation_id: id, setting: kinds[notice].name, from: on, to: off };
  };

  const silence = async (sql: Sql, accountId: string, notice: OptionalNotice, confirmation?: string): Promise<void> => {
    if (!(await mute(sql, accountId, notice, clock()))) return;
    const detail = { notice, ...(confirmation === undefined ? {} : { confirmation }) };
    await audit.append(sql, { type: "account.notice-off", accountId, detail });
    // Told whatever is switched off: a last time, of the silence itself.
    if (GUARDING.includes(notice))
      await ports.notices.tell(sql, accountId, { kind: "setting", demands: "notice", notice, on: false });
  };

  return {
    async of(accountId) {
      const muted = await mutedOf(database, accountId);
      return OPTIONAL.map((notice) => ({ notice, on: !muted.has(notice) }));
    },
    switchOn: (accountId, notice) =>
      database.transaction(async (sql) => {
        if (!(await unmute(sql, accountId, notice))) return;
        await audit.append(sql, { type: "account.notice-on", accountId, detail: { notice } });
      }),
    async switchOff(accountId, notice, locale) {
      if (GUARDING.includes(notice)) return operation(operationId(ports.random, MUTE, notice), notice, locale);
      await database.transaction((sql) => silence(sql, accountId, notice));
      return "off";
    },
    confirmed: (accountId, id) =>
      database.transaction(async (sql) => {
        const notice = parseNotice(id.split(BETWEEN)[1]);
        if (notice === undefined) return "unchanged";
        const words = (locale: Locale) => operation(id, notice, locale);
        const confirmed = justConfirmed(await ports.confirmed(sql, id), accountId, clock(), words);
        if (confirmed === undefined) return "unchanged";
        if (await ports.spend(sql, confirmed.id)) await silence(sql, accountId, notice, confirmed.id);
        // Also where the other click of two was faster; and not where it was switched on since.
        return (await mutedOf(sql, accountId)).has(notice) ? "off" : "unchanged";
      }),
  };
}
