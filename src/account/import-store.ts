import type { Millis } from "../clock.ts";
import type { Binding, Engine, Sql } from "../database/database.ts";
import type { Wmid } from "../wmid.ts";
import type { Email, Phone } from "./identifier.ts";
import type { Entry } from "./import-scratch.ts";

/** What the database has of the e-mails, phones and WMIDs of some lines. */
export interface Known {
  byEmail: ReadonlyMap<Email, Owner>;
  byPhone: ReadonlyMap<Phone, Owner>;
  ownerOfWmid: ReadonlyMap<Wmid, string>;
}

export interface Owner {
  id: string;
  email: Email;
  phone: Phone;
}

/** So many lines are written at once; with 7 values each, far below what SQLite and PostgreSQL take in one statement. */
export const BATCH = 200;

/** The values of a JSON array, so that the statement is one for any number of them. */
const VALUES: Record<Engine, string> = {
  sqlite: "SELECT value FROM json_each(?)",
  postgres: "SELECT json_array_elements_text(CAST(? AS json))",
};

/** One statement, which sees one state: of an account that another process makes meanwhile either all is there or nothing. */
function knownIn(engine: Engine): string {
  const among = `IN (${VALUES[engine]})`;
  return `
    SELECT id, email, phone, NULL AS wmid FROM account WHERE email ${among}
    UNION ALL SELECT id, email, phone, NULL AS wmid FROM account WHERE phone ${among}
    UNION ALL SELECT account_id AS id, NULL AS email, NULL AS phone, wmid FROM account_wmid WHERE wmid ${among}`;
}

type KnownRow = (Owner & { wmid: null }) | { id: string; email: null; phone: null; wmid: Wmid };

export async function readKnown(sql: Sql, entries: readonly Entry[]): Promise<Known> {
  const emails = JSON.stringify(entries.map(({ email }) => email));
  const phones = JSON.stringify(entries.map(({ phone }) => phone));
  const wmids = JSON.stringify(entries.flatMap((entry) => entry.wmids));
  const byEmail = new Map<Email, Owner>();
  const byPhone = new Map<Phone, Owner>();
  const ownerOfWmid = new Map<Wmid, string>();
  for (const row of await sql.rows<KnownRow>(knownIn(sql.engine), [emails, phones, wmids])) {
    if (row.wmid !== null) {
      ownerOfWmid.set(row.wmid, row.id);
      continue;
    }
    byEmail.set(row.email, row);
    byPhone.set(row.phone, row);
  }
  return { byEmail, byPhone, ownerOfWmid };
}

/** False where somebody else has taken one of the e-mails, phones or WMIDs since they were looked for; the transaction is to be undone then. */
export async function insertImported(
  sql: Sql,
  entries: readonly (Entry & { id: string })[],
  now: Millis,
): Promise<boolean> {
  const accounts = entries.map(({ id, email, phone, locale }) => [id, email, phone, locale, now, now, now]);
  const wmids = entries.flatMap(({ id, wmids }) => wmids.map((wmid) => [wmid, id, now]));
  return (
    (await insertAll(sql, "account", "id, email, phone, locale, created_at, updated_at, imported_at", accounts)) &&
    insertAll(sql, "account_wmid", "wmid, account_id, created_at", wmids)
  );
}

async function insertAll(sql: Sql, table: string, columns: string, rows: readonly Binding[][]): Promise<boolean> {
  for (let from = 0; from < rows.length; from += BATCH) {
    const some = rows.slice(from, from + BATCH);
    const places = some.map((row) => `(${row.map(() => "?").join(", ")})`).join(", ");
    const statement = `INSERT INTO ${table} (${columns}) VALUES ${places} ON CONFLICT DO NOTHING RETURNING 1 AS one`;
    if ((await sql.rows(statement, some.flat())).length < some.length) return false;
  }
  return true;
}
