/**
 * Owns E-num accounts: one person, one e-mail, one phone, any number of WMIDs; and the pages on which the person sees the own account and
 * changes what is its own to change. It does not own devices, sessions, what a site may see, or what is demanded.
 * `find` is asked by login with what a person typed, `byId` by oidc-provider for the claims of a token; the page is at `/account`.
 * Accounts come to be by registration, or many at once from an operator's file (`import.ts`).
 */
import { createAhead } from "../ahead.ts";
import { type Clock, DAY, epochSeconds, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Locale } from "../locale/locale.ts";
import { type Random, randomId } from "../random.ts";
import type { Wmid } from "../wmid.ts";
import { type Contact, type Email, type Identifier, type Phone, parseIdentifier } from "./identifier.ts";

export interface Account {
  id: string;
  email: Email;
  phone: Phone;
  locale: Locale;
  /** The person has chosen it for the account; else it is that of the page on which the account came to be. */
  localeChosen: boolean;
  createdAt: Millis;
  updatedAt: Millis;
  /** Of an account that an operator imported: its e-mail and phone are proven by the operator's word, and it may never have had a device. */
  importedAt: Millis | undefined;
  /** While its deletion waits: when it is deleted. */
  endsAt: Millis | undefined;
}

export interface NewAccount {
  email: Email;
  phone: Phone;
  locale: Locale;
  /** When it goes by itself, unless a phone is connected before. */
  lapsesAt?: Millis | undefined;
}

export interface Accounts {
  find(sql: Sql, identifier: Identifier): Promise<Account | undefined>;
  /** The id of the account that `find` finds, for a statement that reads it along; null where there is none. */
  idOf(identifier: Identifier): { scalar: string; bindings: readonly string[] };
  byId(sql: Sql, id: string): Promise<Account | undefined>;
  /** By e-mail, WMID, phone or id, as an operator or the operator's programs name it. */
  named(sql: Sql, text: string): Promise<Account | undefined>;
  /** Undefined when the e-mail or the phone has an account already. */
  create(sql: Sql, account: NewAccount): Promise<Account | undefined>;
  /**
   * Another e-mail or phone in the place of `former`; false where that is the account's no more. Where the new one is another account's, it
   * throws what `isTaken` knows.
   */
  changeContact(sql: Sql, accountId: string, contact: Contact, former: string): Promise<boolean>;
  /** By the person's own choice; false where this was chosen already. */
  changeLocale(sql: Sql, accountId: string, locale: Locale): Promise<boolean>;
  wmids(sql: Sql, accountId: string): Promise<Wmid[]>;
  /** `added` for one call alone; `there`: it is this account's already, `taken`: another's. */
  addWmid(sql: Sql, accountId: string, wmid: Wmid): Promise<"added" | "there" | "taken">;
  /** True for the one call that takes it away; what sites were let see of it stays their choice, so that they see no other in its place. */
  removeWmid(sql: Sql, accountId: string, wmid: Wmid): Promise<boolean>;
  /** The account's WMIDs, and which of them this site sees: the chosen one; the only one where none was chosen; none where that one is gone. */
  wmidsFor(sql: Sql, accountId: string, clientId: string): Promise<{ all: Wmid[]; seen: Wmid | undefined }>;
  chooseWmid(sql: Sql, accountId: string, clientId: string, wmid: Wmid): Promise<void>;
  beside: AccountBeside;
}

/** Brings the account along that another table's row names in its `account_id`: the next `byId` of the request has it. */
export interface AccountBeside {
  columns: string;
  /** In their place, where a row has no such account. */
  none: string;
  /** `table` is where `account_id` is. */
  join(table: string): string;
  keep(row: AccountColumns): void;
}

export interface AccountColumns {
  /** Null where the row names none, or one that is gone. */
  account_id: string | null;
  account_email: Email;
  account_phone: Phone;
  account_locale: Locale;
  account_created_at: Millis;
  account_updated_at: Millis;
  account_imported_at: Millis | null;
  account_locale_chosen_at: Millis | null;
  account_ends_at: Millis | null;
}

/** An account that never had a phone goes so long after it was made, or a phone was last to be connected: a week that somebody may be away. */
export const LAPSE: Millis = 7 * DAY;

/** In the place of an account's id, where a row has to outlive the account; no id is so short. */
export const GONE = "gone";

const COLUMNS = [
  "id",
  "email",
  "phone",
  "locale",
  "created_at",
  "updated_at",
  "imported_at",
  "locale_chosen_at",
  "ends_at",
];

interface AccountRow {
  id: string;
  email: Email;
  phone: Phone;
  locale: Locale;
  created_at: Millis;
  updated_at: Millis;
  imported_at: Millis | null;
  locale_chosen_at: Millis | null;
  ends_at: Millis | null;
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** What a stranger writes in the place of one goes to no database: PostgreSQL takes no NUL. */
export function isAccountId(text: string): boolean {
  return ID.test(text);
}

const BY: Record<Identifier["kind"] | "id", string> = {
  id: "SELECT * FROM account WHERE id = ?",
  email: "SELECT * FROM account WHERE email = ?",
  phone: "SELECT * FROM account WHERE phone = ?",
  wmid: "SELECT account.* FROM account JOIN account_wmid ON account_wmid.account_id = account.id WHERE account_wmid.wmid = ?",
};
const ID_BY: Record<Identifier["kind"], string> = {
  email: "(SELECT id FROM account WHERE email = ?)",
  phone: "(SELECT id FROM account WHERE phone = ?)",
  wmid: "(SELECT account_id FROM account_wmid WHERE wmid = ?)",
};
const INSERT = `
  INSERT INTO account (id, email, phone, locale, created_at, updated_at, lapses_at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING RETURNING *`;
const CHANGE: Record<Contact["kind"], string> = {
  email: "UPDATE account SET email = ?, updated_at = ? WHERE id = ? AND email = ? RETURNING id",
  phone: "UPDATE account SET phone = ?, updated_at = ? WHERE id = ? AND phone = ? RETURNING id",
};
const CHANGE_LOCALE = `
  UPDATE account SET locale = ?, locale_chosen_at = ?, updated_at = ?
  WHERE id = ? AND (locale <> ? OR locale_chosen_at IS NULL) RETURNING id`;
const WMIDS = "SELECT wmid FROM account_wmid WHERE account_id = ? ORDER BY created_at, wmid";
const ADD_WMID = `
  INSERT INTO account_wmid (wmid, account_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING wmid`;
const OWNER_OF_WMID = "SELECT account_id FROM account_wmid WHERE wmid = ?";
const REMOVE_WMID = "DELETE FROM account_wmid WHERE wmid = ? AND account_id = ? RETURNING wmid";
const WMIDS_FOR = `
  SELECT account_wmid.wmid, wmid_choice.wmid AS chosen FROM account_wmid
  LEFT JOIN wmid_choice ON wmid_choice.account_id = account_wmid.account_id AND wmid_choice.client_id = ?
  WHERE account_wmid.account_id = ? ORDER BY account_wmid.created_at, account_wmid.wmid`;
const CHOOSE = `
  INSERT INTO wmid_choice (account_id, client_id, wmid, chosen_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (account_id, client_id) DO UPDATE SET wmid = excluded.wmid, chosen_at = excluded.chosen_at`;

export function createAccounts(ports: { clock: Clock; random: Random; request?: () => object | undefined }): Accounts {
  const ahead = createAhead<AccountRow>(ports.request ?? (() => undefined));
  return {
    find: async (sql, identifier) => toAccount(await sql.first<AccountRow>(BY[identifier.kind], [identifier.value])),
    idOf: ({ kind, value }) => ({ scalar: ID_BY[kind], bindings: [value] }),
    async byId(sql, id) {
      const { row } = ahead.take(id) ?? { row: await sql.first<AccountRow>(BY.id, [id]) };
      return toAccount(row);
    },
    async named(sql, text) {
      const named = parseIdentifier(text) ?? (isAccountId(text) ? { kind: "id" as const, value: text } : undefined);
      return named && toAccount(await sql.first<AccountRow>(BY[named.kind], [named.value]));
    },
    async create(sql, account) {
      const now = ports.clock();
      const bindings = [
        randomId(ports.random),
        account.email,
        account.phone,
        account.locale,
        now,
        now,
        account.lapsesAt ?? null,
      ];
      return toAccount(await sql.first<AccountRow>(INSERT, bindings));
    },
    changeContact: async (sql, accountId, { kind, value }, former) =>
      (await sql.rows(CHANGE[kind], [value, ports.clock(), accountId, former])).length === 1,
    changeLocale: async (sql, accountId, locale) =>
      (await sql.rows(CHANGE_LOCALE, [locale, ports.clock(), ports.clock(), accountId, locale])).length === 1,
    wmids: async (sql, accountId) => (await sql.rows<{ wmid: Wmid }>(WMIDS, [accountId])).map((row) => row.wmid),
    async addWmid(sql, accountId, wmid) {
      if ((await sql.rows(ADD_WMID, [wmid, accountId, ports.clock()])).length === 1) return "added";
      const owner = await sql.first<{ account_id: string }>(OWNER_OF_WMID, [wmid]);
      return owner?.account_id === accountId ? "there" : "taken";
    },
    removeWmid: async (sql, accountId, wmid) => (await sql.rows(REMOVE_WMID, [wmid, accountId])).length === 1,
    async wmidsFor(sql, accountId, clientId) {
      const rows = await sql.rows<{ wmid: Wmid; chosen: Wmid | null }>(WMIDS_FOR, [clientId, accountId]);
      const chosen = rows[0]?.chosen ?? undefined;
      const all = rows.map(({ wmid }) => wmid);
      const seen = chosen === undefined ? (all.length === 1 ? all[0] : undefined) : all.find((one) => one === chosen);
      return { all, seen };
    },
    async chooseWmid(sql, accountId, clientId, wmid) {
      await sql.rows(CHOOSE, [accountId, clientId, wmid, ports.clock()]);
    },
    beside: {
      columns: COLUMNS.map((column) => `account.${column} AS account_${column}`).join(", "),
      none: COLUMNS.map(() => "NULL").join(", "),
      join: (table) => `LEFT JOIN account ON account.id = ${table}.account_id`,
      keep(row) {
        if (row.account_id === null) return;
        ahead.keep(row.account_id, {
          id: row.account_id,
          email: row.account_email,
          phone: row.account_phone,
          locale: row.account_locale,
          created_at: row.account_created_at,
          updated_at: row.account_updated_at,
          imported_at: row.account_imported_at,
          locale_chosen_at: row.account_locale_chosen_at,
          ends_at: row.account_ends_at,
        });
      },
    },
  };
}

function toAccount(row: AccountRow | undefined): Account | undefined {
  if (row === undefined) return undefined;
  const { id, email, phone, locale, created_at: createdAt, updated_at: updatedAt } = row;
  const { imported_at: importedAt, ends_at: endsAt } = row;
  const times = { createdAt, updatedAt, importedAt: importedAt ?? undefined, endsAt: endsAt ?? undefined };
  return { id, email, phone, locale, localeChosen: row.locale_chosen_at !== null, ...times };
}

/** Claims of the scopes `email`, `phone` and `profile` (OpenID Connect Core section 5.4); e-mail and phone are proven at registration, or by the word of the operator who imported them. */
export function standardClaims(account: Account): Record<string, unknown> {
  return {
    email: account.email,
    email_verified: true,
    phone_number: account.phone,
    phone_number_verified: true,
    locale: account.locale,
    updated_at: epochSeconds(account.updatedAt),
  };
}
