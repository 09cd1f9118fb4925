import type { Audit } from "../audit/audit.ts";
import type { Challenges, Subject } from "../challenge/challenge.ts";
import type { Millis } from "../clock.ts";
import type { CodeFor, Codes, CodeVerdict, CodeView } from "../code/code.ts";
import type { Database, Sql } from "../database/database.ts";
import { networkOf } from "../http/network.ts";
import type { Visit } from "../interaction/step.ts";
import { type Gate, isKnownBrowser, type Limits } from "../limits/limits.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Locale } from "../locale/locale.ts";
import type { AboutOperation } from "../messaging/messages.ts";
import type { Fate } from "../messaging/messaging.ts";
import type { Asking } from "./authentication.ts";
import type { EmailProof, EmailVerdict } from "./email-proof.ts";
import { type Safeguards, WRONG_ANSWERS } from "./safeguards.ts";

/**
 * How a person proves an account with a code that is sent by SMS: who may ask for one, on which counter, and what must come first (PROTOCOL 11).
 * Which code is right, `code/` decides. Of a browser that is not signed in nothing here depends on the account but the verdict on a right code.
 */
export interface ByCode {
  /** Whether a code may be offered: the site's request is not this room's to read, and of who is signed in the account's own word counts. */
  offers(visit: Visit, purpose: CodeFor["purpose"], subject: Subject): Promise<boolean>;
  ask(asking: CodeAsking, subject: Subject): Promise<CodeAsked>;
  /** The code by e-mail that comes first; when it is right, the SMS follows. */
  answerEmail(asking: CodeAsking, typed: string): Promise<{ verdict: EmailVerdict; asked: CodeAsked | undefined }>;
  current(visit: Visit): Promise<CodeView | undefined>;
  /** Of who is signed in alone. */
  fate(visit: Visit, view: CodeView): Promise<Fate | "withheld" | undefined>;
  answer(asking: CodeAsking, code: string, accepting: AcceptingCode): Promise<ByCodeVerdict>;
  decline(visit: Visit): Promise<void>;
}

/** Beside what is asked of a response: what the code is bound to, and what its SMS says of it. */
export type CodeAsking = Pick<Asking, "context" | "visit" | "locale" | "purpose"> & {
  bound: string;
  about?: (locale: Locale) => AboutOperation;
};

export type CodeAsked =
  /** Or another less than a minute ago. */
  | { kind: "sent" | "too-soon" }
  | { kind: "email-code" }
  /** `mail`: too many codes by e-mail; `sms`: from this address, to whomever. */
  | { kind: "too-many"; what: "mail" | "sms" }
  | Exclude<Gate, { kind: "open" }>;

export type ByCodeVerdict = CodeVerdict | { kind: "too-many" };

/** What a right code leads to, in the transaction that accepts it; throwing takes it all back. */
export type AcceptingCode = (sql: Sql, accepted: AcceptedCode) => Promise<void>;

/** `known`: the browser had signed the account in before the code was asked for. */
export interface AcceptedCode {
  accountId: string;
  answeredAt: Millis;
  known: boolean;
}

export interface ByCodePorts {
  database: Database;
  audit: Audit;
  challenges: Pick<Challenges, "decline">;
  codes: Codes;
  emailProof: Pick<EmailProof, "answer">;
  limits: Limits;
  safeguards: Safeguards;
  throttle: Throttle;
  taken(sql: Sql, about: { accountId: string; clientId: string }, purpose: CodeFor["purpose"]): Promise<boolean>;
}

/** The code is right, and by now none is taken for this account: it has run out. */
class NotTaken extends Error {}

export function createByCode(ports: ByCodePorts): ByCode {
  const { database, codes, safeguards, throttle, audit } = ports;
  const isOwn = ({ accountId }: Visit, subject: Subject) => accountId !== undefined && accountId === subject.accountId;

  const askFor = async (sql: Sql, asking: CodeAsking, subject: Subject): Promise<CodeAsked> => {
    const { context, visit, purpose, bound, locale, about } = asking;
    const { counter, known } = await safeguards.counterFor(sql, context, subject);
    const gate = await ports.limits.gate(sql, counter);
    if (gate.kind !== "open") return gate;
    // Whoever knows an e-mail must not have SMS sent by it: to its owner's browsers, or after the mailbox was proven.
    const first = known || isOwn(visit, subject) ? undefined : await safeguards.emailFirst(sql, asking, subject);
    if (first !== undefined) return first.kind === "too-many" ? { ...first, what: "mail" } : first;
    const sent = await codes.send(sql, {
      purpose,
      bound,
      context: visit.uid,
      subject,
      counter,
      site: visit.site,
      network: networkOf(context.ip),
      locale,
      about,
    });
    return sent.kind === "too-many" ? { ...sent, what: "sms" } : sent;
  };

  /** As of responses: the same events, the same counters, the same mail. */
  const keep = async (sql: Sql, asking: CodeAsking, current: CodeView, verdict: CodeVerdict): Promise<void> => {
    const { context, visit, purpose, locale } = asking;
    const { accountId } = current.subject;
    const about = { accountId, clientId: visit.site.clientId };
    if (verdict.kind !== "accepted") await throttle.pass(sql, safeguards.wrongFrom(context), WRONG_ANSWERS);
    switch (verdict.kind) {
      case "wrong-code":
      case "exhausted":
        return audit.append(sql, { ...about, type: `${purpose}.refused`, detail: { reason: verdict.kind } });
      case "locked":
        await audit.append(sql, { ...about, type: `${purpose}.locked`, detail: { until: verdict.until } });
        return verdict.first ? safeguards.tellOwner(sql, { context, locale }, accountId, verdict.until) : undefined;
      case "accepted":
        if (!isKnownBrowser(current.counter)) await throttle.refund(sql, safeguards.unanswered(current.subject));
        // The check number of the same visit waits for nobody any more.
        await ports.challenges.decline(sql, visit.uid);
        return;
      case "closed-out":
      case "expired":
      case "already-used":
        return;
      default:
        return verdict satisfies never;
    }
  };

  const accept = async (
    sql: Sql,
    { visit, purpose }: CodeAsking,
    accepted: AcceptedCode,
    accepting: AcceptingCode,
  ): Promise<void> => {
    const about = { accountId: accepted.accountId, clientId: visit.site.clientId };
    // Of an operation the policy has the last word, and says why.
    if (purpose === "login" && !(await ports.taken(sql, about, purpose))) throw new NotTaken();
    await accepting(sql, accepted);
  };

  return {
    async offers(visit, purpose, subject) {
      if (!codes.open || visit.accountId === undefined || !isOwn(visit, subject)) return codes.open;
      return ports.taken(database, { accountId: visit.accountId, clientId: visit.site.clientId }, purpose);
    },
    ask: (asking, subject) => database.transaction((sql) => askFor(sql, asking, subject)),
    answerEmail: (asking, typed) =>
      database.transaction(async (sql) => {
        const verdict = await ports.emailProof.answer(sql, asking.visit.uid, typed);
        return { verdict, asked: verdict.kind === "right" ? await askFor(sql, asking, verdict.subject) : undefined };
      }),
    current: (visit) => codes.current(database, visit.uid),
    fate: async (visit, { subject }) => (isOwn(visit, subject) ? codes.fate(database, visit.uid) : undefined),

    async answer(asking, code, accepting) {
      const { context, visit } = asking;
      try {
        return await database.transaction(async (sql): Promise<ByCodeVerdict> => {
          if (!(await throttle.peek(sql, safeguards.wrongFrom(context), WRONG_ANSWERS))) return { kind: "too-many" };
          const { verdict, current } = await codes.answer(sql, visit.uid, asking, code);
          if (current === undefined || !verdict.judged) return verdict;
          if (verdict.kind === "accepted")
            await accept(sql, asking, { ...verdict, known: isKnownBrowser(current.counter) }, accepting);
          await keep(sql, asking, current, verdict);
          return verdict;
        });
      } catch (error) {
        if (error instanceof NotTaken) return { kind: "expired", judged: true };
        throw error;
      }
    },
    decline: (visit) => database.transaction((sql) => codes.decline(sql, visit.uid)),
  };
}
