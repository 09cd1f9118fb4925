/**
 * Owns what a person is told of what has befallen the own account: by which message, on which channels, in which language, and whether they
 * have switched it off. It does not own words (`locale/`) or the sending (`messaging/`), nor the messages that somebody has asked for: those with
 * a code, and the answers to an address that has an account already.
 * Whoever changes something calls `tell` in the transaction of the change, and says what happened and to whom; control leaves to the outbox.
 * The person's own choice is on the account's page of notifications (`choices.ts`, `routes.ts`).
 */
import type { Account, Accounts } from "../account/account.ts";
import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Locale } from "../locale/locale.ts";
import type { Messaging } from "../messaging/messaging.ts";
import type { Happened } from "./happened.ts";
import { messagesOf, optionalOf } from "./rules.ts";
import { isMuted } from "./store.ts";

export interface Notices {
  /** By the account or its id; an account that is no more is told nothing. */
  tell(sql: Sql, whom: Account | string, happened: Happened): Promise<void>;
  /** For a decoy, in the language of the page: sends the same statements as `tell`, and nobody gets anything. */
  pretend(sql: Sql, locale: Locale, happened: Happened): Promise<void>;
}

export interface NoticesPorts {
  clock: Clock;
  accounts: Pick<Accounts, "byId">;
  messaging: Pick<Messaging, "enqueue" | "pretend">;
}

const NOBODY = { email: "", phone: "" };

export function createNotices({ clock, accounts, messaging }: NoticesPorts): Notices {
  const isWanted = async (sql: Sql, accountId: string, happened: Happened) => {
    const optional = optionalOf(happened);
    return optional === undefined || !(await isMuted(sql, accountId, optional));
  };
  return {
    async tell(sql, whom, happened) {
      const [account, wanted] = await Promise.all([
        typeof whom === "string" ? accounts.byId(sql, whom) : whom,
        isWanted(sql, typeof whom === "string" ? whom : whom.id, happened),
      ]);
      if (account === undefined || !wanted) return;
      for (const message of messagesOf(happened, account, new Date(clock())))
        await messaging.enqueue(sql, { ...message, locale: account.locale });
    },
    async pretend(sql, locale, happened) {
      await Promise.all([accounts.byId(sql, ""), isWanted(sql, "", happened)]);
      for (const { to: _, ...message } of messagesOf(happened, NOBODY, new Date(clock())))
        await messaging.pretend(sql, { ...message, locale });
    },
  };
}
