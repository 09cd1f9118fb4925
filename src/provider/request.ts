import { AsyncLocalStorage } from "node:async_hooks";
import type { Middleware } from "koa";
import type { Binding } from "../database.ts";

/**
 * What oidc-provider has read and is about to write within one HTTP request: it asks for the same records again and again, and saves in
 * several statements what belongs together. Nothing here outlives its request, and no answer leaves before all is written.
 */
export interface RequestRecords {
  /** By `<model> <key>`, and a session by `uid <key>` as well; a record that is not there is not remembered. */
  readonly read: Map<string, StoredRecord>;
  /** Rows to be written together, by `<model> <key>`. */
  readonly waiting: Map<string, Binding[]>;
  /** Writes the rows that wait. */
  flush: () => Promise<void>;
}

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
  middleware: Middleware;
}

export function createRequests(): Requests {
  const storage = new AsyncLocalStorage<{ records: RequestRecords | undefined }>();
  return {
    current: () => storage.getStore()?.records,
    middleware(context, next) {
      const records: RequestRecords = { read: new Map(), waiting: new Map(), flush: async () => undefined };
      const store: { records: RequestRecords | undefined } = { records };
      return storage.run(store, async () => {
        try {
          // What was to be saved before a failure is saved, as it would have been without waiting.
          await next().catch(async (error: unknown) => {
            await records.flush().catch(() => undefined);
            throw error;
          });
          await records.flush().catch((error: unknown) => {
            takeBack(context);
            throw error;
          });
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
