/**
 * Owns the change of an account's contacts, its e-mail and its phone (PROTOCOL 11): the new one is proven by a code (`proving.ts`), then it takes the
 * old one's place at once on a device's word, or after 48 hours without one; until then whoever was told can stop it.
 * It does not own who the contacts belong to (the account's table does, where both are unique) nor how a device confirms (`account/`).
 * Control enters by the pages under `/account/contact` and by the link of a message, and leaves by a worker of each node, which makes what is due.
 */
import type { Account, Accounts } from "../account/account.ts";
import { type Contact, contactHint } from "../account/identifier.ts";
import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
  shortened,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, HOUR, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { isTaken } from "../database/unique.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { ContactHappened } from "../notice/happened.ts";
import type { Notices } from "../notice/notice.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import type { Waiting } from "../stop/stop.ts";
import { createWorker, type Worker } from "../worker.ts";
import { contactOf, type Proving } from "./proving.ts";
import { createStopping } from "./stopping.ts";
import {
  type ChangeRow,
  changeById,
  changeByStop,
  dueChanges,
  endWaiting,
  insertChange,
  makeDue,
  type ProofRow,
  replaceWaiting,
  settleReplaced,
  waitingOf,
} from "./store.ts";

/** A change that waits, as its owner sees it: `to` with its middle hidden. */
export interface WaitingChange {
  kind: Contact["kind"];
  to: string;
  due: Millis;
}

/**
 * `changed`, `waiting`: so it is, also where another click was faster. `unchanged`: there is no proof, or the confirmation is not of this, or old.
 * `other-waits`: one at a time. `taken`: it has become another account's since it was proven.
 */
export type ContactOutcome = "changed" | "waiting" | "unchanged" | "other-waits" | "taken";

export interface Contacts {
  waiting(accountId: string): Promise<WaitingChange[]>;
  /** The operation by which a device confirms the change that this session has proven; undefined where it has proven none. */
  operation(
    account: Account,
    session: string,
    kind: Contact["kind"],
    locale: Locale,
  ): Promise<OwnOperation | undefined>;
  /** Makes the change that this operation names, if this account has confirmed exactly that a moment ago; all other sessions end. */
  confirm(account: Account, session: string, operationId: string): Promise<ContactOutcome>;
  /** Has it made after 48 hours; everybody whom it reaches is told. */
  wait(account: Account, session: string, kind: Contact["kind"]): Promise<ContactOutcome>;
  /** By the owner, from a signed-in place. */
  stop(accountId: string, kind: Contact["kind"]): Promise<"stopped" | "unchanged">;
  /** By whoever has the link of a message. */
  links: Waiting;
  worker: Worker;
}

export interface ContactPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  accounts: Pick<Accounts, "byId" | "changeContact">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  proving: Pick<Proving, "proven">;
  /** Until the transaction ends, nobody ends a device of this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** Whether this session of the account has not been ended meanwhile. */
  goesOn(sql: Sql, accountId: string, session: string): Promise<boolean>;
  /** All sessions of the account but this one, in the caller's transaction. */
  endSessions(sql: Sql, accountId: string, but: string | undefined): Promise<unknown>;
  /** The same once more, a moment later: a request in flight may have saved its session again. */
  endSessionsAgain(accountId: string, but: string | undefined): Promise<void>;
  /** One of the account's contacts is another now: what else stood on the former one ends. */
  changed(sql: Sql, accountId: string): Promise<void>;
  /** Where a change is stopped by its key. */
  stopAddress(key: string): string;
  /** The type of the operations. */
  type: string;
  onAway(error: unknown): void;
}

const CHANGE = "change_contact";
/** Long enough that a person who is away for a weekend's day and a night reads one of the messages (PROTOCOL 11). */
const WAIT: Millis = 48 * HOUR;

export function changesContact(id: string): boolean {
  return id.startsWith(`${CHANGE}${BETWEEN}`);
}

/** Which of the two an operation of ours is about. */
function kindOf(id: string): Contact["kind"] | undefined {
  const [, kind] = id.split(BETWEEN);
  return kind === "email" || kind === "phone" ? kind : undefined;
}

export function createContacts(ports: ContactPorts): Contacts {
  const { database, clock, accounts, audit } = ports;
  const tell = (sql: Sql, account: Account, happened: Omit<ContactHappened, "kind">) =>
    ports.notices.tell(sql, account, { kind: "contact-change", ...happened });
  const stopDigest = (key: string) => ports.digest("contact stop", key);
  const formerOf = (account: Account, kind: Contact["kind"]) => (kind === "email" ? account.email : account.phone);
  const shown = (row: ChangeRow): WaitingChange => ({ kind: row.kind, to: contactHint(row), due: row.due_at });

  const operation = (id: string, account: Account, contact: Contact, locale: Locale): OwnOperation => {
    const words = messagesFor(locale).contact.operation;
    const from = formerHint(account, contact.kind);
    return { type: ports.type, operation_id: id, setting: words[contact.kind], from, to: shortened(contact.value) };
  };

  /** What has become of this proof's change, where it has made one. */
  const settled = async (sql: Sql, id: string): Promise<ContactOutcome> => {
    const row = await changeById(sql, id);
    if (row === undefined) return "unchanged";
    return row.status === "done" ? "changed" : row.status === "waiting" ? "waiting" : "unchanged";
  };

  const makeNow = async (sql: Sql, account: Account, proof: ProofRow, confirmation: string, session: string) => {
    const now = clock();
    const contact = contactOf(proof);
    const former = formerOf(account, contact.kind);
    // The one guarded statement: of sixteen at once, fifteen find another contact in the place of the former.
    if (!(await accounts.changeContact(sql, account.id, contact, former))) return settled(sql, proof.id);
    await replaceWaiting(sql, account.id, contact.kind, now);
    const made = { id: proof.id, accountId: account.id, contact, former, stopDigest: null, createdAt: now, dueAt: now };
    // The row is there already where it was to wait, and its owner has found the phone.
    if (!(await insertChange(sql, { ...made, status: "done" }))) await settleReplaced(sql, proof.id);
    const detail = { kind: contact.kind, change: proof.id, proof: "confirmation", confirmation } as const;
    await audit.append(sql, { type: "contact.changed", accountId: account.id, detail });
    await tell(sql, account, { contact, former, event: "done" });
    await ports.changed(sql, account.id);
    await ports.endSessions(sql, account.id, session);
    return "changed" as const;
  };

  const confirm: Contacts["confirm"] = async (account, session, id) => {
    const kind = kindOf(id);
    if (kind === undefined) return "unchanged";
    const work = async (sql: Sql): Promise<ContactOutcome> => {
      // Whoever removes the device that has confirmed this comes before or after, and not between.
      await ports.hold(sql, account.id);
      const proof = await ports.proving.proven(sql, account.id, session, kind);
      if (proof === undefined || proof.id !== id.split(BETWEEN)[2]) return "unchanged";
      const before = await settled(sql, proof.id);
      if (before === "changed") return before;
      const words = (locale: Locale) => operation(id, account, contactOf(proof), locale);
      const confirmed = justConfirmed(await ports.confirmed(sql, id), account.id, clock(), words);
      if (confirmed === undefined) return "unchanged";
      return makeNow(sql, account, proof, confirmed.id, session);
    };
    const outcome = await database.transaction(work).catch(takenOr);
    if (outcome === "changed") await ports.endSessionsAgain(account.id, session);
    return outcome;
  };

  const wait: Contacts["wait"] = (account, session, kind) =>
    database.transaction(async (sql) => {
      // A recovery, which stops what waits, comes before, with the end of this session, or after, and not between.
      await ports.hold(sql, account.id);
      const proof = await ports.proving.proven(sql, account.id, session, kind);
      if (proof === undefined || !(await ports.goesOn(sql, account.id, session))) return "unchanged";
      const now = clock();
      const due = now + WAIT;
      const key = randomId(ports.random);
      const contact = contactOf(proof);
      const former = formerOf(account, kind);
      const change = { id: proof.id, accountId: account.id, contact, former, createdAt: now, dueAt: due };
      if (!(await insertChange(sql, { ...change, status: "waiting", stopDigest: stopDigest(key) }))) {
        const mine = await settled(sql, proof.id);
        return mine === "unchanged" ? "other-waits" : mine;
      }
      const detail = { kind, change: proof.id, due };
      await audit.append(sql, { type: "contact.change-asked", accountId: account.id, detail });
      await tell(sql, account, { contact, former, event: "waiting", until: due, stop: ports.stopAddress(key) });
      return "waiting";
    });

  const stopping = createStopping(ports);
  const tellOf = async (sql: Sql, row: ChangeRow, event: "done" | "refused") => {
    const account = await accounts.byId(sql, row.account_id);
    if (account !== undefined) await tell(sql, account, { contact: contactOf(row), former: row.former, event });
  };

  /** The change whose time has come; one that cannot be made is over as well, and its owner is told. */
  const make = async (id: string): Promise<void> => {
    const made = await database
      .transaction(async (sql) => {
        // The account's row first, as a recovery takes it, which stops what waits.
        await ports.hold(sql, (await changeById(sql, id))?.account_id ?? "");
        const row = await makeDue(sql, id, clock());
        if (row === undefined) return undefined;
        if (!(await accounts.changeContact(sql, row.account_id, contactOf(row), row.former))) throw new Outdated();
        const detail = { kind: row.kind, change: row.id, proof: "wait" } as const;
        await audit.append(sql, { type: "contact.changed", accountId: row.account_id, detail });
        await tellOf(sql, row, "done");
        await ports.changed(sql, row.account_id);
        await ports.endSessions(sql, row.account_id, undefined);
        return row;
      })
      .catch((error: unknown) => {
        if (!isTaken(error) && !(error instanceof Outdated)) throw error;
        return "refused" as const;
      });
    if (made === "refused") await refuse(id);
    else if (made !== undefined) await ports.endSessionsAgain(made.account_id, undefined);
  };
  const refuse = (id: string): Promise<void> =>
    database.transaction(async (sql) => {
      const row = await endWaiting(sql, id, "refused", clock());
      if (row === undefined) return;
      const detail = { kind: row.kind, change: row.id };
      await audit.append(sql, { type: "contact.change-refused", accountId: row.account_id, detail });
      await tellOf(sql, row, "refused");
    });

  return {
    waiting: async (accountId) => (await waitingOf(database, accountId)).map(shown),
    async operation(account, session, kind, locale) {
      const proof = await ports.proving.proven(database, account.id, session, kind);
      if (proof === undefined) return undefined;
      return operation(operationId(ports.random, CHANGE, kind, proof.id), account, contactOf(proof), locale);
    },
    confirm,
    wait,
    stop: (accountId, kind) =>
      database.transaction(async (sql) => {
        const row = (await waitingOf(sql, accountId)).find((one) => one.kind === kind);
        return row !== undefined && (await stopping.one(sql, row.id, "account")) ? "stopped" : "unchanged";
      }),
    links: {
      async ofLink(key) {
        const row = await changeByStop(database, stopDigest(key));
        if (row === undefined) return undefined;
        const { kind, to, due } = shown(row);
        if (row.status === "waiting") return { state: "open", what: { kind, to }, due };
        return row.status === "stopped" ? { state: "stopped", what: { kind } } : { state: "over" };
      },
      stopByLink: (key) =>
        database.transaction(async (sql) => {
          const row = await changeByStop(sql, stopDigest(key));
          if (row !== undefined) await stopping.one(sql, row.id, "link");
        }),
    },
    worker: createWorker({
      claim: (limit) => dueChanges(database, clock(), limit),
      attempt: ({ id }) => make(id),
      onAway: ports.onAway,
    }),
  };
}

/** The account's contact is no longer what it was when the change was asked for. */
class Outdated extends Error {}

function takenOr(error: unknown): "taken" {
  if (isTaken(error)) return "taken";
  throw error;
}

function formerHint({ email, phone }: Account, kind: Contact["kind"]): string {
  return contactHint(kind === "email" ? { kind, value: email } : { kind, value: phone });
}
