import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
} from "../account/own-operation.ts";
import type { Clock } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Random } from "../random.ts";
import { parseWmid, type Wmid } from "../wmid.ts";
import type { Storage } from "./storage.ts";

/** What a person who is signed in with a response does with the keys that are kept: nothing but delete them, by a phone's word. */
export interface OwnKeys {
  removing(wmid: Wmid, locale: Locale): OwnOperation;
  /** Deletes what this operation names, if this account has confirmed exactly that a moment ago; it may be asked any number of times. */
  remove(accountId: string, operationId: string): Promise<"keys-deleted" | "unchanged">;
}

export interface OwnKeysPorts {
  database: Database;
  clock: Clock;
  random: Random;
  storage: Pick<Storage, "removeBy" | "keeps">;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  /** The type of the operations, and the client whose they are. */
  type: string;
  clientId: string;
}

const DELETE = "delete_keys";

export function deletesKeys(id: string): boolean {
  return id.startsWith(`${DELETE}${BETWEEN}`);
}

export function createOwnKeys(ports: OwnKeysPorts): OwnKeys {
  const { database, clientId, storage } = ports;
  const removal = (id: string, wmid: Wmid, locale: Locale): OwnOperation => {
    const { setting, from, to } = messagesFor(locale).storage.removing;
    return { type: ports.type, operation_id: id, setting: setting(wmid), from, to };
  };

  return {
    removing: (wmid, locale) => removal(operationId(ports.random, DELETE, wmid), wmid, locale),

    remove: (accountId, confirmedId) =>
      database.transaction(async (sql) => {
        const wmid = parseWmid(confirmedId.split(BETWEEN)[1] ?? "");
        if (wmid === undefined) return "unchanged";
        const words = (locale: Locale) => removal(confirmedId, wmid, locale);
        const confirmed = justConfirmed(await ports.confirmed(sql, confirmedId), accountId, ports.clock(), words);
        if (confirmed === undefined) return "unchanged";
        const allowed = { accountId, clientId, confirmation: confirmed.id };
        if (await ports.spend(sql, confirmed.id)) await storage.removeBy(sql, allowed, wmid);
        // Also where the other click of two was faster; and not where they were kept anew since.
        return (await storage.keeps(sql, accountId, wmid)) ? "unchanged" : "keys-deleted";
      }),
  };
}
