import type { Database } from "../database/database.ts";
import { type Digester, rememberDigests } from "../secrecy.ts";
import { nameOfRecord } from "./adapter.ts";
import type { RequestRecords } from "./request.ts";

/** What lies in another room's table and will be asked for next: the columns and the join that bring it along. */
export interface Beside<Row> {
  columns: string;
  /** With one `?`, for which `binding` gives the value. */
  join: string;
  binding(uid: string): string;
  keep(uid: string, row: Row): void;
}

export interface AheadPorts<Row> {
  database: Database;
  digest: Digester;
  request(): RequestRecords | undefined;
  beside: Beside<Row>;
}

interface InteractionRow {
  record_uid: string | null;
  payload_sealed: string;
  consumed_at: number | null;
  saved_at: number;
}

/**
 * Reads an interaction, as its page's address names it, before oidc-provider does, and what its pages need in the same statement.
 * It decides nothing: oidc-provider looks for the interaction that the cookie names, and where that is another one, reads it itself.
 */
export function createReadAhead<Row>({ database, digest, request, beside }: AheadPorts<Row>) {
  // One for each interaction, which several requests ask for.
  const keyed = rememberDigests(digest, 200);
  const statement = `
    SELECT oidc.uid AS record_uid, oidc.payload_sealed, oidc.consumed_at, oidc.saved_at, ${beside.columns}
    FROM oidc ${beside.join}
    WHERE oidc.model = 'Interaction' AND oidc.id = ?`;
  return async (uid: string): Promise<void> => {
    const records = request();
    if (records === undefined) return;
    const id = keyed("oidc Interaction", uid);
    const row = await database.first<InteractionRow & Row>(statement, [beside.binding(uid), id]);
    if (row === undefined) return;
    const { record_uid, payload_sealed, consumed_at, saved_at } = row;
    const record = { model: "Interaction", id, uid: record_uid, payload_sealed, consumed_at, saved_at };
    records.read.set(nameOfRecord("Interaction", id), record);
    beside.keep(uid, row);
  };
}
