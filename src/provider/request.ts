import { AsyncLocalStorage } from "node:async_hooks";
import type { Middleware } from "koa";
import { errors } from "oidc-provider";
import type { Binding, Sql } from "../database/database.ts";
import { Fault } from "../errors.ts";

/** Before the `uid` of a session, among the names of what was read. */
export const BY_UID = "uid ";

/**
 * What oidc-provider has read and is about to write within one HTTP request: it asks for the same records again and again, and saves in
 * several statements what belongs together. Nothing here outlives its request, and no answer leaves before all is written.
 */
export interface RequestRecords {
  /** By `<model> <key>`, and a session by `uid <key>` as well; a record that is not there is not remembered. */
  readonly read: Map<string, StoredRecord>;
  /** Rows to be written together, by `<model> <key>`. */
  readonly waiting: Map<string, Binding[]>;
  /** What this request uses up, by `<model> <key>`: in the transaction that writes what comes of it. */
  readonly ending: Map<string, Ending>;
  /** The key of the code that this request exchanges: it is used up in the statement that saves its token. */
  exchanging: string | undefined;
  /** Writes the rows that wait, and ends what is used up. */
  flush: () => Promise<void>;
  /** The transaction in which all this is read and written while it lasts, where the request has one open. */
  within: Sql | undefined;
  /** A write has failed, so that the answer may name what is not there: a session, in its cookie. */
  failed: boolean;
}

export type Ending =
  /** A statement that gives a row to the one who uses it up; `refusal` is what is said to all who come later, where it is used once. */
  | { statement: string; bindings: readonly Binding[]; refusal: Error | undefined }
  /** What is left in the row's place, written in one statement with what comes of it. */
  | { row: Binding[] };

/** A row as it lies in the table; what is sealed in it is opened once. */
export interface StoredRecord {
  model: string;
  id: string;
  uid: string | null;
  payload_sealed: string;
  consumed_at: number | null;
  saved_at: number;
  opened?: string;
}

export interface Requests {
  /** Undefined outside a request, and in what one has left running behind its answer. */
  current(): RequestRecords | undefined;
  /** Does work of oidc-provider's whose reads and writes are to be of this transaction. */
  within<T>(sql: Sql, work: () => Promise<T>): Promise<T>;
  middleware: Middleware;
}

export function createRequests(): Requests {
  const storage = new AsyncLocalStorage<{ records: RequestRecords | undefined }>();
  return {
    current: () => storage.getStore()?.records,
    async within(sql, work) {
      const records = storage.getStore()?.records;
      if (records === undefined) throw new Error("there is no request to be answered");
      records.within = sql;
      try {
        return await work();
      } finally {
        records.within = undefined;
      }
    },
    middleware(context, next) {
      const records: RequestRecords = {
        read: new Map(),
        waiting: new Map(),
        ending: new Map(),
        exchanging: undefined,
        within: undefined,
        flush: async () => undefined,
        failed: false,
      };
      const store: { records: RequestRecords | undefined } = { records };
      return storage.run(store, async () => {
        try {
          // What was to be saved before a failure is saved, as it would have been without waiting; nothing is used up by it.
          await next().catch(async (error: unknown) => {
            records.ending.clear();
            await records.flush().catch(() => undefined);
            if (records.failed || !(error instanceof Fault) || error.status >= 500) takeBack(context);
            throw error;
          });
          await records.flush().catch((error: unknown) => {
            takeBack(context);
            // Another tab was faster: with this interaction, or with the pushed request that both began with.
            throw error instanceof errors.OIDCProviderError
              ? new Fault("session-lost", { detail: error.message })
              : error;
          });
          // The engine has made an answer of the failure; the session in its cookie was not saved.
          if (records.failed) context.remove("Set-Cookie");
        } finally {
          store.records = undefined;
        }
      });
    },
  };
}

/** An answer that names what could not be saved: a code, or a session's cookie. */
function takeBack(context: Parameters<Middleware>[0]): void {
  context.remove("Location");
  context.remove("Set-Cookie");
  context.body = null;
}

/** The session of this `uid`, the newest of two. */
export function rememberByUid(records: RequestRecords | undefined, row: StoredRecord): void {
  const name = `${BY_UID}${row.uid}`;
  const other = records?.read.get(name);
  if (other === undefined || other.saved_at < row.saved_at || (other.saved_at === row.saved_at && other.id < row.id))
    records?.read.set(name, row);
}
