/**
 * Owns the file of all that is kept about an account (docs/data.md): what is in it, how it is written, and that a phone confirms each one, since
 * whoever has a session must not have all. It writes nothing but that it was given out. It does not own what it shows: each room's tables are
 * read column by column (`parts.ts`), and sessions, sites and confirmations come from who can open them.
 * Control enters by the pages under `/account/data` and leaves with a text that is read as it is sent.
 */
import type { Account, Accounts } from "../account/account.ts";
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
import type { Notices } from "../notice/notice.ts";
import type { Random } from "../random.ts";
import { PARTS, type Part } from "./parts.ts";
import { accountRow } from "./store.ts";
import { type Entry, entryOf, type List, written } from "./written.ts";

export interface Download {
  /** The operation by which a device allows one file. */
  asking(locale: Locale): OwnOperation;
  /** Whether this account has confirmed it a moment ago. */
  mayHave(accountId: string, operationId: string): Promise<boolean>;
  /** The file, piece by piece, once; undefined where `mayHave` says no, and for who comes second. */
  give(accountId: string, operationId: string): Promise<AsyncGenerator<string> | undefined>;
}

/** What is sealed, or lies with others, by who can read it; entries as they stand in the file. */
export interface Elsewhere {
  name: "sessions" | "sites" | "confirmations";
  of: readonly string[];
  entries(accountId: string): AsyncIterable<Entry> | Promise<Iterable<Entry>>;
}

export interface DownloadPorts {
  database: Database;
  clock: Clock;
  random: Random;
  issuer: string;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  elsewhere: readonly Elsewhere[];
  /** Until the transaction ends, nobody ends a device of this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  /** The type of the operation. */
  type: string;
}

const DOWNLOAD = "download_data";
/** Of the file: a member that is taken away or means something else makes the next; one that comes does not. */
const FORMAT = { format: "e-num-data", version: 1 };

export function asksForData(id: string): boolean {
  return id.startsWith(`${DOWNLOAD}${BETWEEN}`);
}

export function createDownload(ports: DownloadPorts): Download {
  const { database, clock } = ports;
  const operation = (id: string, locale: Locale): OwnOperation => {
    const { setting, from, to } = messagesFor(locale).ownData.operation;
    return { type: ports.type, operation_id: id, setting, from, to };
  };
  const fresh = async (sql: Sql, accountId: string, id: string): Promise<ConfirmedOperation | undefined> => {
    const confirmed = asksForData(id) ? await ports.confirmed(sql, id) : undefined;
    return justConfirmed(confirmed, accountId, clock(), (locale) => operation(id, locale));
  };

  async function* lists({ id, email, phone }: Account): AsyncGenerator<List> {
    for (const { name, entries } of ports.elsewhere) yield { name, entries: await entries(id) };
    for (const part of PARTS) yield { name: part.name, entries: entriesOf(part, { id, email, phone }) };
  }
  async function* entriesOf({ rows, json }: Part, owner: Parameters<Part["rows"]>[1]): AsyncGenerator<Entry> {
    for await (const row of await rows(database, owner)) yield entryOf(row, json);
  }

  return {
    asking: (locale) => operation(operationId(ports.random, DOWNLOAD), locale),
    async mayHave(accountId, id) {
      return (await fresh(database, accountId, id)) !== undefined;
    },
    async give(accountId, id) {
      const account = await database.transaction(async (sql) => {
        // Whoever removes the device that has confirmed this comes before or after, and not between.
        await ports.hold(sql, accountId);
        const confirmed = await fresh(sql, accountId, id);
        if (confirmed === undefined || !(await ports.spend(sql, confirmed.id))) return undefined;
        const detail = { confirmation: confirmed.id };
        await ports.audit.append(sql, { type: "account.data-given", accountId, detail });
        await ports.notices.tell(sql, accountId, { kind: "data-given" });
        return ports.accounts.byId(sql, accountId);
      });
      const row = account === undefined ? undefined : await accountRow(database, accountId);
      if (account === undefined || row === undefined) return undefined;
      const made = { ...FORMAT, issuer: ports.issuer, made_at: new Date(clock()).toISOString() };
      return written({ ...made, account: entryOf(row) }, lists(account));
    },
  };
}
