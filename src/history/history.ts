/**
 * Owns what a person reads of the own past: each event of the account in the words of the page, searched, turned page by page and exported;
 * and what was confirmed, with its details and its receipt. It writes nothing: events are appended by `audit/`, confirmations kept by theirs.
 * Control enters by `page`, `all` and `confirmation`, each for one account, and leaves with entries, the newest first.
 */
import type { Database, Sql } from "../database/database.ts";
import type { Locale } from "../locale/locale.ts";
import type { Described } from "../operation/operation.ts";
import { type Entry, entryOf, isOwn, type Known, textOf } from "./entry.ts";
import { type Cursor, cursorAfter, type Search, typesOf } from "./rules.ts";
import { confirmationsOf, devicesOf, type EventRow, eventsBefore } from "./store.ts";

export interface History {
  /** At most so many entries; `next` where there is more to look at, also where a long search has found nothing yet. */
  page(accountId: string, search: Search, locale: Locale): Promise<{ entries: Entry[]; next: Cursor | undefined }>;
  /** All that the search finds, read as it is taken. */
  all(accountId: string, search: Search, locale: Locale): AsyncGenerator<Entry>;
}

export interface HistoryPorts {
  database: Database;
  siteName(clientId: string): string | undefined;
  /** The details of an operation, in the words of the page; undefined where its type is no more. */
  describe(operation: string, locale: Locale): Described | undefined;
}

/** With the longest names, a page of them stays under 30 kB. */
const ON_PAGE = 10;
/** Events that one page looks at before it asks the person to go on. */
const LOOKED_AT = 1000;
const BATCH = 200;

export function createHistory(ports: HistoryPorts): History {
  const { database } = ports;

  /** Batches of the account's events before the cursor, each with what its entries name. */
  async function* batches(accountId: string, search: Search): AsyncGenerator<{ rows: EventRow[]; known: Known }> {
    const devices = await devicesOf(database, accountId);
    let cursor = search.before;
    for (;;) {
      const rows = await eventsBefore(database, accountId, cursor, BATCH);
      yield { rows, known: await knownOf(database, accountId, rows, devices) };
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH || last.at < search.from) return;
      cursor = cursorAfter(last);
    }
  }

  const knownOf = async (
    sql: Sql,
    accountId: string,
    rows: readonly EventRow[],
    devices: ReadonlyMap<string, string>,
  ): Promise<Known> => {
    const ids = rows.flatMap(({ detail }) => {
      const { confirmation }: { confirmation?: unknown } = JSON.parse(detail);
      return typeof confirmation === "string" ? [confirmation] : [];
    });
    const operations = await confirmationsOf(sql, accountId, ids);
    return { devices, operations, siteName: ports.siteName, describe: ports.describe };
  };

  const finder = (search: Search, locale: Locale) => {
    const types = typesOf(search.kind);
    const wanted = search.text.toLocaleLowerCase(locale);
    return (row: EventRow, known: Known): Entry | undefined => {
      if (!isOwn(row.type) || !types(row.type)) return undefined;
      if (search.site !== "" && row.client_id !== search.site) return undefined;
      if (row.at >= search.until || row.at < search.from) return undefined;
      const entry = entryOf({ ...row, type: row.type }, known, locale);
      return wanted === "" || textOf(entry).toLocaleLowerCase(locale).includes(wanted) ? entry : undefined;
    };
  };

  return {
    async page(accountId, search, locale) {
      const find = finder(search, locale);
      const entries: Entry[] = [];
      let looked = 0;
      for await (const { rows, known } of batches(accountId, search)) {
        for (const row of rows) {
          if (row.at < search.from) return { entries, next: undefined };
          const entry = find(row, known);
          looked += 1;
          if (entry !== undefined) entries.push(entry);
          if (entries.length > ON_PAGE) return { entries: entries.slice(0, ON_PAGE), next: cursorOf(entries) };
          if (looked >= LOOKED_AT) return { entries, next: cursorAfter(row) };
        }
      }
      return { entries, next: undefined };
    },

    async *all(accountId, search, locale) {
      const find = finder(search, locale);
      for await (const { rows, known } of batches(accountId, search))
        for (const row of rows) {
          const entry = find(row, known);
          if (entry !== undefined) yield entry;
        }
    },
  };
}

/** After the last that is shown; one more was found, so that there is a next page. */
function cursorOf(entries: readonly Entry[]): Cursor | undefined {
  const last = entries[ON_PAGE - 1];
  return last === undefined ? undefined : { at: last.at.getTime(), id: last.id };
}
