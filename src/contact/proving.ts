import type { Account, Accounts } from "../account/account.ts";
import type { Contact } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY, HOUR, MINUTE, type Millis } from "../clock.ts";
import { drawCode } from "../code/digits.ts";
import type { Database, Sql } from "../database/database.ts";
import type { MailAllowance } from "../limits/mail-allowance.ts";
import type { SmsAllowance } from "../limits/sms-allowance.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Locale } from "../locale/locale.ts";
import type { Message } from "../messaging/messages.ts";
import type { Messaging } from "../messaging/messaging.ts";
import { drawReadable, normaliseReadable, type Random, randomId } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";
import { countProofTry, type ProofRow, proofOf, proveContact, putProof } from "./store.ts";

export type ProofVerdict =
  | { kind: "right" }
  | { kind: "wrong"; triesLeft: number }
  | { kind: "exhausted" }
  | { kind: "expired" };

/** Who asks, in which session of which browser: a proof is good there alone. */
export interface Asking {
  account: Account;
  session: string;
  /** The address's network. */
  network: string;
  locale: Locale;
}

export interface Proving {
  /** Whether codes are sent to it at all: by its country, and not by whose it is. */
  serves(contact: Contact): boolean;
  /**
   * Sends the code; false when too many were asked for. Where the contact belongs to an account already, its owner is told of it instead,
   * nobody else notices, and no code fits.
   */
  send(asking: Asking, contact: Contact): Promise<boolean>;
  /** Another code for the contact that the proof is about. */
  resend(asking: Asking, kind: Contact["kind"]): Promise<boolean>;
  /** What this session has begun to prove, or has proven. */
  current(
    accountId: string,
    session: string,
    kind: Contact["kind"],
  ): Promise<{ contact: Contact; proven: boolean } | undefined>;
  answer(accountId: string, session: string, kind: Contact["kind"], typed: string): Promise<ProofVerdict>;
  /** The proof itself, for whoever makes the change; undefined until it is proven. */
  proven(sql: Sql, accountId: string, session: string, kind: Contact["kind"]): Promise<ProofRow | undefined>;
}

export interface ProvingPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  accounts: Pick<Accounts, "find">;
  audit: Audit;
  messaging: Pick<Messaging, "enqueue">;
  throttle: Pick<Throttle, "pass">;
  /** Counted together with those of registrations. */
  mails: MailAllowance;
  allowance: Pick<SmsAllowance, "serves" | "mayAsk" | "pass">;
}

/** PROTOCOL 11. */
const EMAIL_CODE_LENGTH = 8;
const CODE_LIFETIME: Record<Contact["kind"], Millis> = { email: 10 * MINUTE, phone: 5 * MINUTE };
const TRIES = 3;
/** Enough for messages that did not come, too few to fill a mailbox. */
const CODES = 3;
/** As long as somebody may take from the code to the phone that confirms. */
const LIFETIME: Millis = HOUR;
/** Nobody has that many new addresses; who tries whose are taken learns nothing, but writes to strangers. */
const OF_ACCOUNT = { limit: 10, window: DAY };

export function createProving(ports: ProvingPorts): Proving {
  const { database, clock, digest, throttle } = ports;
  const nameOf = (session: string) => digest("contact session", session);
  const codeDigest = (session: string, { kind, value }: Contact, code: string) =>
    digest("contact code", `${session} ${kind} ${value} ${code}`);

  /** Said of none whose it is. */
  const passes = async (sql: Sql, { account, network }: Asking, { kind, value }: Contact): Promise<boolean> => {
    if (!(await throttle.pass(sql, `contact codes of ${account.id}`, OF_ACCOUNT))) return false;
    if (kind === "phone")
      return (await ports.allowance.mayAsk(sql, network)) && ports.allowance.pass(sql, network, value, "stranger");
    return ports.mails.pass(sql, network, value);
  };

  const send = (asking: Asking, contact: Contact): Promise<boolean> =>
    database.transaction(async (sql) => {
      if (!(await passes(sql, asking, contact))) return false;
      const now = clock();
      const free = (await ports.accounts.find(sql, contact)) === undefined;
      const code = contact.kind === "email" ? drawReadable(ports.random, EMAIL_CODE_LENGTH) : drawCode(ports.random);
      const proof = {
        id: randomId(ports.random),
        session: nameOf(asking.session),
        accountId: asking.account.id,
        contact,
        sent: free,
        digest: codeDigest(asking.session, contact, code),
        codeExpiresAt: now + CODE_LIFETIME[contact.kind],
        expiresAt: now + LIFETIME,
      };
      if (!(await putProof(sql, proof, CODES))) return false;
      await ports.messaging.enqueue(
        sql,
        free
          ? codeMessage(contact, { code, expiresAt: proof.codeExpiresAt }, asking.locale)
          : taken(contact, asking.locale),
      );
      return true;
    });

  return {
    serves: ({ kind, value }) => kind === "email" || ports.allowance.serves(value),
    send,
    async resend(asking, kind) {
      const row = await proofOf(database, nameOf(asking.session), asking.account.id, kind, clock());
      return row !== undefined && row.proven_at === null && send(asking, contactOf(row));
    },
    async current(accountId, session, kind) {
      const row = await proofOf(database, nameOf(session), accountId, kind, clock());
      return row === undefined ? undefined : { contact: contactOf(row), proven: row.proven_at !== null };
    },
    answer: (accountId, session, kind, typed) =>
      database.transaction(async (sql) => {
        const name = nameOf(session);
        const row = await countProofTry(sql, name, accountId, kind, TRIES, clock());
        if (row === undefined) {
          const now = await proofOf(sql, name, accountId, kind, clock());
          // The other click of two.
          if (now !== undefined && now.proven_at !== null) return { kind: "right" };
          return { kind: (now?.code_tries ?? 0) >= TRIES ? "exhausted" : "expired" };
        }
        const expected = codeDigest(session, contactOf(row), normaliseReadable(typed));
        const right = sameText(row.code_digest, expected) && row.sent === 1;
        if (right && (await proveContact(sql, row.id, clock()))) {
          await ports.audit.append(sql, { type: "contact.proven", accountId, detail: { kind } });
          return { kind: "right" };
        }
        return row.code_tries < TRIES ? { kind: "wrong", triesLeft: TRIES - row.code_tries } : { kind: "exhausted" };
      }),
    async proven(sql, accountId, session, kind) {
      const row = await proofOf(sql, nameOf(session), accountId, kind, clock());
      return row === undefined || row.proven_at === null ? undefined : row;
    },
  };
}

/** Of a row, without what else it holds. */
export function contactOf(row: Contact): Contact {
  return row.kind === "email" ? { kind: row.kind, value: row.value } : { kind: row.kind, value: row.value };
}

function codeMessage(
  { kind, value: to }: Contact,
  { code, expiresAt }: { code: string; expiresAt: Millis },
  locale: Locale,
): Message {
  return kind === "email"
    ? { channel: "mail", to, locale, template: "contact-code", params: { code }, expiresAt }
    : { channel: "sms", to, locale, template: "phone-contact-code", params: { code }, expiresAt };
}

/** In the language of who asks: whose the contact is is not looked at further, so that it costs the same. */
function taken({ kind, value: to }: Contact, locale: Locale): Message {
  return kind === "email"
    ? { channel: "mail", to, locale, template: "contact-taken", params: {} }
    : { channel: "sms", to, locale, template: "phone-contact-taken", params: {} };
}
