import type { Accounts } from "../account/account.ts";
import type { Subject } from "../challenge/challenge.ts";
import { type Clock, HOUR, MINUTE, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Throttle, ThrottleRule } from "../limits/throttle.ts";
import type { Locale } from "../locale/locale.ts";
import type { Unaddressed } from "../messaging/messages.ts";
import type { Messaging } from "../messaging/messaging.ts";
import { drawReadable, normaliseReadable, type Random } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";

/**
 * After too many unanswered check numbers an unknown browser first proves the account's e-mail (PROTOCOL 11): who draws numbers to collect
 * responses beforehand has no access to the mailbox. A decoy's page asks alike, and no code fits it. Who is signed in proves it to remove a
 * device that is not at hand to confirm anything.
 */
export interface EmailProof {
  /**
   * Sends the code, in the language of the account, or for a decoy does as if, in that of the page; false when too many were asked for.
   * `purpose`: what it is for beside a sign-in, which the mail says, so that nobody reads it out for something else. For a recovery the caller
   * has counted who asks and for what was typed, and says when it is too much; here all that reaches one mailbox is counted, and of what is
   * above nobody is told.
   */
  send(sql: Sql, context: string, subject: Subject, locale: Locale, purpose?: ProofPurpose): Promise<boolean>;
  /** Whether this interaction waits for the code, has proven it, or neither; and for whom. */
  state(sql: Sql, context: string): Promise<{ kind: "none" } | { kind: "waiting" | "proven"; subject: Subject }>;
  answer(sql: Sql, context: string, typed: string): Promise<EmailVerdict>;
}

/** `removal` is of a device, by its name. */
export type ProofPurpose = { kind: "removal"; device: string } | { kind: "recovery" };

export type EmailVerdict =
  /** `judged` is false where the same code was right before: the other click of two, or another tab. */
  | { kind: "right"; subject: Subject; judged: boolean }
  | { kind: "wrong"; triesLeft: number }
  | { kind: "exhausted" }
  | { kind: "expired" };

export interface EmailProofPorts {
  clock: Clock;
  random: Random;
  digest: Digester;
  accounts: Accounts;
  messaging: Messaging;
  throttle: Throttle;
}

interface ProofRow {
  subject: string;
  account_id: string | null;
  code_digest: string | null;
  code_tries: number;
  code_expires_at: Millis;
  proven_at: Millis | null;
}

/** PROTOCOL 11: eight characters, ten minutes, three tries. */
const LIFETIME: Millis = 10 * MINUTE;
const TRIES = 3;
/** Enough for mails that did not come, too few to fill a mailbox. */
const CODES = 3;
const MAILS: ThrottleRule = { limit: 5, window: HOUR };
/** Of recoveries to one mailbox, by whatever identifier it is named: strangers do not fill it. */
const RECOVERIES: ThrottleRule = { limit: 25, window: HOUR };

const PUT = `
  INSERT INTO email_proof (context, subject, account_id, code_digest, code_tries, codes_sent, code_expires_at, expires_at)
  VALUES (?, ?, ?, ?, 0, 1, ?, ?)
  ON CONFLICT (context) DO UPDATE SET subject = excluded.subject, account_id = excluded.account_id, code_digest = excluded.code_digest,
    code_tries = 0, codes_sent = email_proof.codes_sent + 1, code_expires_at = excluded.code_expires_at, proven_at = NULL
  WHERE email_proof.codes_sent < ${CODES}
  RETURNING context`;
const READ =
  "SELECT subject, account_id, code_digest, code_tries, code_expires_at, proven_at FROM email_proof WHERE context = ? AND expires_at > ?";
const COUNT = `
  UPDATE email_proof SET code_tries = code_tries + 1
  WHERE context = ? AND code_tries < ${TRIES} AND code_expires_at > ? AND proven_at IS NULL
  RETURNING subject, account_id, code_digest, code_tries, code_expires_at, proven_at`;
const PROVE = "UPDATE email_proof SET proven_at = ? WHERE context = ? AND proven_at IS NULL RETURNING context";

export function createEmailProof(ports: EmailProofPorts): EmailProof {
  const key = (context: string) => ports.digest("email-proof", context);
  const read = (sql: Sql, context: string) => sql.first<ProofRow>(READ, [key(context), ports.clock()]);
  return {
    async send(sql, context, subject, locale, purpose) {
      const now = ports.clock();
      const code = drawReadable(ports.random, 8);
      const account = await ports.accounts.byId(sql, subject.accountId ?? "");
      const recovers = purpose?.kind === "recovery";
      // Each for itself: what strangers ask for at a sign-in takes nothing from who is signed in and removes a lost phone.
      const name = purpose?.kind ?? "login";
      const leaves = await ports.throttle.pass(sql, `${name} mail to ${subject.key}`, recovers ? RECOVERIES : MAILS);
      const passes = leaves || recovers;
      const bindings = [
        key(context),
        subject.key,
        subject.accountId ?? null,
        ports.digest("email-proof-code", `${context} ${code}`),
      ];
      const put = passes ? await sql.rows(PUT, [...bindings, now + LIFETIME, now + HOUR]) : [];
      if (put.length === 0) return false;
      const mail = mailOf({ locale: account?.locale ?? locale, expiresAt: now + LIFETIME }, code, purpose);
      if (account === undefined || !leaves) await ports.messaging.pretend(sql, mail);
      else await ports.messaging.enqueue(sql, { ...mail, to: account.email });
      return true;
    },
    async state(sql, context) {
      const row = await read(sql, context);
      if (row === undefined) return { kind: "none" };
      return { kind: row.proven_at === null ? "waiting" : "proven", subject: toSubject(row) };
    },
    async answer(sql, context, typed) {
      const expected = ports.digest("email-proof-code", `${context} ${normaliseReadable(typed)}`);
      const row = await sql.first<ProofRow>(COUNT, [key(context), ports.clock()]);
      if (row === undefined) {
        const found = await read(sql, context);
        if (found !== undefined && found.proven_at !== null && sameText(found.code_digest ?? "", expected))
          return { kind: "right", subject: toSubject(found), judged: false };
        return { kind: (found?.code_tries ?? 0) >= TRIES ? "exhausted" : "expired" };
      }
      // A decoy has a code like any other, which was sent to nobody: it is never right, whatever is typed.
      const right = sameText(row.code_digest ?? "", expected) && row.account_id !== null;
      if (right && (await sql.rows(PROVE, [ports.clock(), key(context)])).length === 1)
        return { kind: "right", subject: toSubject(row), judged: true };
      return row.code_tries < TRIES ? { kind: "wrong", triesLeft: TRIES - row.code_tries } : { kind: "exhausted" };
    },
  };
}

function mailOf(
  about: { locale: Locale; expiresAt: Millis },
  code: string,
  purpose: ProofPurpose | undefined,
): Unaddressed {
  switch (purpose?.kind) {
    case undefined:
      return { channel: "mail", ...about, template: "email-code", params: { code } };
    case "removal":
      return { channel: "mail", ...about, template: "device-removal-code", params: { code, device: purpose.device } };
    case "recovery":
      return { channel: "mail", ...about, template: "recovery-email-code", params: { code } };
    default:
      return purpose satisfies never;
  }
}

function toSubject(row: ProofRow): Subject {
  return { key: row.subject, accountId: row.account_id ?? undefined };
}
