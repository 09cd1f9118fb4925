/**
 * Owns codes by SMS for a sign-in or an operation (PROTOCOL 8 and 11): draws and sends one, judges what is typed, ends it. It hides lifetime,
 * tries, single use, what a code is bound to, to whom none is sent, and decoys: for nobody's account, and wherever none may be sent, all is
 * done as if one had been, by the same statements, and no code fits.
 * It does not know pages, browsers or what a right code leads to: `authentication/` decides who may ask, and the steps what follows.
 * Codes of a registration are that room's own; digits and allowance are the same.
 */
import type { Account, Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Subject } from "../challenge/challenge.ts";
import { type Clock, HOUR, MINUTE, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Counter, Gate, Limits } from "../limits/limits.ts";
import type { SmsAllowance } from "../limits/sms-allowance.ts";
import type { Locale } from "../locale/locale.ts";
import type { AboutOperation } from "../messaging/messages.ts";
import type { Fate, Messaging } from "../messaging/messaging.ts";
import { type Random, randomId } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";
import { drawCode } from "./digits.ts";
import {
  type CodeRow,
  claimCode,
  codeOf,
  countCode,
  endCode,
  markCodeRight,
  markCodeSent,
  uncountCode,
} from "./store.ts";

/** What a code is for: it fits nothing else, not even in the same visit. */
export interface CodeFor {
  purpose: "login" | "operation";
  /** The operation whole, or nothing for a sign-in. */
  bound: string;
}

export interface CodeRequest extends CodeFor {
  /** The visit that it belongs to. */
  context: string;
  subject: Subject;
  counter: Counter;
  site: { clientId: string; name: string };
  /** Where the browser is (`http/network.ts`). */
  network: string;
  /** Of the page, where no account has its own. */
  locale: Locale;
  /** What the SMS says of the operation. */
  about?: ((locale: Locale) => AboutOperation) | undefined;
}

export type Sent =
  /** Or nothing was, and nobody is told. */
  | { kind: "sent" }
  /** Another was sent less than a minute ago, and is as good. */
  | { kind: "too-soon" }
  /** From this address, whomever they were for. */
  | { kind: "too-many" };

/** `judged` is false where nothing was counted: the same code again, or one that had ended before. */
export type CodeVerdict = { judged: boolean } & (
  | { kind: "accepted"; accountId: string; answeredAt: Millis }
  | { kind: "wrong-code"; triesLeft: number }
  | { kind: "exhausted" }
  | { kind: "expired" }
  | { kind: "already-used" }
  | { kind: "locked"; until: Millis; first: boolean }
  | { kind: "closed-out" }
);

export interface CodeView {
  subject: Subject;
  counter: Counter;
  purpose: CodeFor["purpose"];
  state: "open" | "expired" | "exhausted" | "answered" | "declined";
  /** For `answered`: whose, and when. */
  answer: { accountId: string; at: Millis } | undefined;
}

export interface Codes {
  /** Whether a code can be sent to anybody at all. */
  readonly open: boolean;
  /** In the caller's transaction. */
  send(sql: Sql, request: CodeRequest): Promise<Sent>;
  current(sql: Sql, context: string): Promise<CodeView | undefined>;
  /** What has become of the SMS: for a page of who is signed in alone, since a decoy has none. `withheld`: none was sent. */
  fate(sql: Sql, context: string): Promise<Fate | "withheld">;
  /** Six digits, as typed; runs in the transaction that keeps what follows from a right one. */
  answer(
    sql: Sql,
    context: string,
    wanted: CodeFor,
    code: string,
  ): Promise<{ verdict: CodeVerdict; current: CodeView | undefined }>;
  decline(sql: Sql, context: string): Promise<void>;
}

export interface CodePorts {
  clock: Clock;
  random: Random;
  digest: Digester;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  limits: Limits;
  allowance: SmsAllowance;
  messaging: Pick<Messaging, "enqueue" | "pretend" | "fate">;
  /** After "It was not me" none is sent for a day. */
  guarded(sql: Sql, accountId: string): Promise<boolean>;
  /** Whether the person and the security bot let a code prove this account to this site; asked of nobody's as well. */
  taken(
    sql: Sql,
    about: { accountId: string | undefined; clientId: string },
    purpose: CodeFor["purpose"],
  ): Promise<boolean>;
}

/** PROTOCOL 11. */
const LIFETIME: Millis = 5 * MINUTE;
/**
 * Three of 10^6: with five failures to a lock (limits.ts) a stranger is right with 5 in 10^6 before the first, and with 15 in 10^6 a day by
 * the five codes that an account is sent at most; by all 100 failures after which unknown browsers are closed out, with 1 in 10^4.
 */
const TRIES = 3;
/** An SMS takes some seconds; whoever presses again sooner pays for two. */
const PAUSE: Millis = MINUTE;
/** As long as the visit may ask what has become of it; an interaction lives half an hour. */
const KEPT: Millis = HOUR;

export function createCodes(ports: CodePorts): Codes {
  const { clock, audit, messaging, allowance } = ports;
  const key = (context: string) => ports.digest("sms-code-context", context);
  const digestOf = (context: string, { purpose, bound }: CodeFor, code: string) =>
    ports.digest("sms-code", JSON.stringify([context, purpose, bound, code]));

  const toView = (row: CodeRow): CodeView => ({
    subject: { key: row.subject, accountId: row.account_id ?? undefined },
    counter: row.counter,
    purpose: row.purpose,
    state: row.status === "open" && row.code_expires_at <= clock() ? "expired" : row.status,
    answer:
      row.status !== "answered" || row.account_id === null || row.answered_at === null
        ? undefined
        : { accountId: row.account_id, at: row.answered_at },
  });

  /** Why `countCode` found nothing to judge. */
  const refusal = async (sql: Sql, row: CodeRow | undefined, digest: string): Promise<CodeVerdict> => {
    if (row === undefined) return { kind: "expired", judged: false };
    const { answer, state } = toView(row);
    if (answer !== undefined) {
      // A double click: the same code says the same.
      return sameText(row.code_digest, digest)
        ? { kind: "accepted", accountId: answer.accountId, answeredAt: answer.at, judged: false }
        : { kind: "already-used", judged: false };
    }
    if (state !== "open") return { kind: state === "exhausted" ? "exhausted" : "expired", judged: false };
    const gate = await ports.limits.gate(sql, row.counter);
    if (gate.kind !== "open") return shut(gate);
    if (row.wrong_digest !== null && sameText(row.wrong_digest, digest) && row.tries < TRIES)
      return { kind: "wrong-code", triesLeft: TRIES - row.tries, judged: false };
    return { kind: "exhausted", judged: false };
  };

  const judge = async (sql: Sql, row: CodeRow, digest: string): Promise<CodeVerdict> => {
    const now = clock();
    const counted = await ports.limits.count(sql, row.counter);
    if (counted.kind !== "counted") {
      await uncountCode(sql, row.context);
      return shut(counted);
    }
    const isRight = sameText(row.code_digest, digest) && row.sent === 1;
    if (isRight && row.account_id !== null && (await markCodeRight(sql, row, now))) {
      await ports.limits.forgive(sql, row.counter, { tries: row.wrong, locked: counted.lock !== undefined });
      return { kind: "accepted", accountId: row.account_id, answeredAt: now, judged: true };
    }
    if (counted.lock === undefined && row.tries < TRIES)
      return { kind: "wrong-code", triesLeft: TRIES - row.tries, judged: true };
    await endCode(sql, row.context, "exhausted");
    return counted.lock === undefined
      ? { kind: "exhausted", judged: true }
      : { kind: "locked", ...counted.lock, judged: true };
  };

  const write = (request: CodeRequest, code: string, locale: Locale) => {
    const sms = { channel: "sms" as const, locale };
    const params = { code, site: request.site.name };
    return request.about === undefined
      ? { ...sms, template: "sign-in-code" as const, params }
      : { ...sms, template: "operation-code" as const, params: { ...params, ...request.about(locale) } };
  };

  /** Undefined where it leaves: by whom it was stopped, for the operator. */
  const withheld = (account: Account | undefined, guarded: boolean, taken: boolean, passes: boolean) => {
    if (account === undefined) return "nobody";
    if (guarded) return "guard";
    if (!taken) return "not-taken";
    return passes ? undefined : "allowance";
  };

  return {
    open: allowance.open,

    async send(sql, request) {
      const { subject, purpose, network } = request;
      const about = { accountId: subject.accountId, clientId: request.site.clientId };
      const now = clock();
      const context = key(request.context);
      const account = await ports.accounts.byId(sql, subject.accountId ?? "");
      const guarded = await ports.guarded(sql, subject.accountId ?? "");
      const taken = await ports.taken(sql, about, purpose);
      if (!(await allowance.mayAsk(sql, network))) return { kind: "too-many" };
      const code = drawCode(ports.random);
      const messageId = randomId(ports.random);
      const row = {
        context,
        subject: subject.key,
        account_id: subject.accountId ?? null,
        counter: request.counter,
        purpose,
        code_digest: digestOf(request.context, request, code),
        message_id: messageId,
        sent_at: now,
        code_expires_at: now + LIFETIME,
        expires_at: now + KEPT,
      };
      if (!(await claimCode(sql, row, now - PAUSE))) return { kind: "too-soon" };
      const phone = guarded || !taken ? undefined : account?.phone;
      const reason = withheld(account, guarded, taken, await allowance.pass(sql, network, phone, "owner"));
      await markCodeSent(sql, context, reason === undefined);
      const message = { ...write(request, code, account?.locale ?? request.locale), expiresAt: row.code_expires_at };
      if (account === undefined || reason !== undefined) {
        await messaging.pretend(sql, message, messageId);
        await audit.append(sql, { ...about, type: "code.withheld", detail: { purpose, reason: reason ?? "nobody" } });
      } else {
        await messaging.enqueue(sql, { ...message, to: account.phone }, messageId);
        await audit.append(sql, { ...about, type: "code.sent", detail: { purpose } });
      }
      return { kind: "sent" };
    },

    async current(sql, context) {
      const row = await codeOf(sql, key(context), clock());
      return row === undefined ? undefined : toView(row);
    },

    async fate(sql, context) {
      const row = await codeOf(sql, key(context), clock());
      if (row === undefined || row.sent === 0) return "withheld";
      return messaging.fate(sql, row.message_id);
    },

    async answer(sql, context, wanted, code) {
      const digest = digestOf(context, wanted, code);
      const counting = { context: key(context), digest, tries: TRIES, now: clock() };
      const counted = await countCode(sql, counting);
      const row = counted ?? (await codeOf(sql, key(context), clock()));
      const verdict = counted === undefined ? await refusal(sql, row, digest) : await judge(sql, counted, digest);
      return { verdict, current: row === undefined ? undefined : toView(row) };
    },

    decline: (sql, context) => endCode(sql, key(context), "declined"),
  };
}

function shut(gate: Exclude<Gate, { kind: "open" }>): CodeVerdict {
  return gate.kind === "locked" ? { ...gate, first: false, judged: false } : { ...gate, judged: false };
}
