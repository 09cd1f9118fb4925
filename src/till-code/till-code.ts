/**
 * Owns the code that a person demands of sites that ask on the phone without a page (OpenID Connect CIBA Core, `user_code`; PROTOCOL 12): known
 * to the person alone, said at a till, so that strangers fill nobody's phone. It opens nothing: each request is still answered by check number and response.
 * Control enters by the account's pages, which set and remove it, each time by an operation that the phone has confirmed (this file and `routes.ts`),
 * and by a site's request, which `judging.ts` judges.
 */
import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import type { Random } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import { secretOf } from "./judging.ts";
import type { SlowDigest } from "./slow-digest.ts";
import { putTillCode, removeTillCode, tillCodeOf } from "./store.ts";

export interface TillCodes {
  /** When it was set; undefined where there is none. */
  setAt(accountId: string): Promise<Millis | undefined>;
  /** The operation by which the phone allows a new one, or that there is none. */
  asking(what: "set" | "remove", locale: Locale): OwnOperation;
  /** Whether the account has just confirmed exactly that, and a code may be set by it. */
  maySet(accountId: string, operationId: string): Promise<boolean>;
  /** One code for one confirmation; `code` as `parseCode` gives it. */
  set(accountId: string, operationId: string, code: string): Promise<"set" | "unchanged">;
  remove(accountId: string, operationId: string): Promise<"removed" | "unchanged">;
}

export interface TillCodesPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  slow: SlowDigest;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** Until the transaction ends, nobody ends a device of this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  /** The type of the operations. */
  type: string;
}

const WORDS = { set: "till_code", remove: "till_code_off" } as const;

/** What an operation's id asks for; undefined for another's. */
export function asksForTillCode(id: string): "set" | "remove" | undefined {
  const [word] = id.split(BETWEEN);
  return word === WORDS.set ? "set" : word === WORDS.remove ? "remove" : undefined;
}

export function createTillCodes(ports: TillCodesPorts): TillCodes {
  const { database, clock } = ports;

  const operation = (id: string, what: "set" | "remove", locale: Locale): OwnOperation => {
    const { setting, to } = messagesFor(locale).tillCode.operation;
    return { type: ports.type, operation_id: id, setting, to: to[what] };
  };
  const fresh = async (sql: Sql, accountId: string, id: string, what: "set" | "remove") => {
    const confirmed = asksForTillCode(id) === what ? await ports.confirmed(sql, id) : undefined;
    return justConfirmed(confirmed, accountId, clock(), (locale) => operation(id, what, locale));
  };
  /** For the one call that spends the confirmation: it is written down, and the owner told. */
  const changed = async (sql: Sql, accountId: string, change: "set" | "removed", confirmation: string) => {
    await ports.audit.append(sql, { type: `till-code.${change}`, accountId, detail: { confirmation } });
    await ports.notices.tell(sql, accountId, { kind: `till-code-${change}` });
  };

  return {
    setAt: async (accountId) => (await tillCodeOf(database, accountId))?.set_at,
    asking: (what, locale) => operation(operationId(ports.random, WORDS[what]), what, locale),
    maySet: async (accountId, id) => (await fresh(database, accountId, id, "set")) !== undefined,

    async set(accountId, id, code) {
      // Slow, and so before the transaction.
      const kept = await ports.slow.of(secretOf(ports.digest, accountId, code));
      return database.transaction(async (sql) => {
        // Whoever removes the device that has confirmed this comes before or after, and not between.
        await ports.hold(sql, accountId);
        const confirmed = await fresh(sql, accountId, id, "set");
        if (confirmed === undefined || !(await ports.spend(sql, confirmed.id))) return "unchanged";
        await putTillCode(sql, { account_id: accountId, code_digest: kept, set_at: clock() });
        await changed(sql, accountId, "set", confirmed.id);
        return "set";
      });
    },

    remove: (accountId, id) =>
      database.transaction(async (sql) => {
        await ports.hold(sql, accountId);
        const confirmed = await fresh(sql, accountId, id, "remove");
        if (confirmed === undefined || !(await ports.spend(sql, confirmed.id))) return "unchanged";
        if (!(await removeTillCode(sql, accountId))) return "unchanged";
        await changed(sql, accountId, "removed", confirmed.id);
        return "removed";
      }),
  };
}
