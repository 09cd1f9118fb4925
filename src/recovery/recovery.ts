/**
 * Owns the way back of who has no phone client that answers (PROTOCOL 5): the ladder that is shown before, and its rungs. A code on paper
 * (`codes.ts`) or the phone number (`by-contacts.ts`), each after a code to the account's e-mail, which this file begins with; and what the
 * operator allows (`cases.ts`). Codes bring back at once, the others after a time in which all who are told can stop it (`waits.ts`).
 * Until the e-mail is proven it says nothing about who has an account: a decoy has a code in the mail that nobody gets.
 * At the end all by which somebody else could have stayed ends (`ending.ts`), all channels are told, and control leaves to `enrolment/`.
 */
import type { Context } from "koa";
import type { Accounts } from "../account/account.ts";
import type { Identifier } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import type { EmailProof, EmailVerdict } from "../authentication/email-proof.ts";
import type { Subject } from "../challenge/challenge.ts";
import { type Clock, HOUR, MINUTE } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { networkOf } from "../http/network.ts";
import type { MailAllowance } from "../limits/mail-allowance.ts";
import { named, type Throttle, type ThrottleRule } from "../limits/throttle.ts";
import type { Locale } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import type { Digester } from "../secrecy.ts";
import type { RecoveryBrowser, Rung } from "./browser.ts";
import type { RecoveryCodes } from "./codes.ts";
import type { Ending } from "./ending.ts";

/** Where a recovery in this browser is: its e-mail's code awaited, or proven, and by which rung it goes on. */
export type RecoveryStage = "none" | "waiting" | Rung;

export interface Recovery {
  /** Sends the code to the account's e-mail, or for nobody does as if; false when too many were asked for. */
  begin(context: Context, identifier: Identifier, rung: Rung, locale: Locale): Promise<boolean>;
  stage(context: Context): Promise<RecoveryStage>;
  resend(context: Context, locale: Locale): Promise<boolean>;
  answerEmail(context: Context, typed: string): Promise<EmailVerdict>;
  /**
   * Uses a code of paper: all ends as at every recovery, and an enrolment begins in this browser. `unfit`: used, void or none of theirs.
   * `lost`: no e-mail was proven in this browser.
   */
  useCode(context: Context, typed: string): Promise<"recovered" | "unfit" | "too-many" | "lost">;
}

export interface RecoveryPorts {
  database: Database;
  clock: Clock;
  digest: Digester;
  browser: RecoveryBrowser;
  throttle: Pick<Throttle, "pass" | "passWith">;
  accounts: Pick<Accounts, "idOf">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  emailProof: Pick<EmailProof, "send" | "answer">;
  mails: MailAllowance;
  codes: Pick<RecoveryCodes, "spend">;
  hold(sql: Sql, accountId: string): Promise<void>;
  ending: Ending;
}

/** As at a sign-in (PROTOCOL 11), and counted together with it. */
export const IDENTIFIERS: ThrottleRule = { limit: 20, window: MINUTE };
/** A list has ten; who types more than that mistypes or guesses. */
const TRIES: ThrottleRule = { limit: 10, window: HOUR };

export function createRecovery(ports: RecoveryPorts): Recovery {
  const { database, emailProof, throttle, browser } = ports;
  /** The decoy's name is made for who has an account too, and costs the same. */
  const subjectOf = ({ kind, value }: Identifier, id: string | null): Subject => {
    const decoy = `decoy:${ports.digest("decoy", `${kind} ${value}`)}`;
    return id === null ? { key: decoy, accountId: undefined } : { key: id, accountId: id };
  };

  return {
    begin: (context, identifier, rung, locale) =>
      database.transaction(async (sql) => {
        const network = networkOf(context.ip);
        const { passes, row } = await throttle.passWith<{ account_id: string | null }>(
          sql,
          `identifiers from ${network}`,
          IDENTIFIERS,
          named(ports.accounts.idOf(identifier), "account_id"),
        );
        // By what was typed: that two names are of one account is told to nobody, and who types another's uses up what is theirs.
        if (!passes || !(await ports.mails.pass(sql, network, `${identifier.kind} ${identifier.value}`))) return false;
        const subject = subjectOf(identifier, row.account_id);
        const begun = browser.begin(rung);
        if (!(await emailProof.send(sql, begun.name, subject, locale, { kind: "recovery" }))) return false;
        sql.afterwards(() => begun.keep(context));
        return true;
      }),
    async stage(context) {
      const here = browser.current(context);
      const { kind } = await browser.email(database, context);
      return kind === "proven" && here !== undefined ? here.rung : kind === "waiting" ? kind : "none";
    },
    resend: (context, locale) =>
      database.transaction(async (sql) => {
        const here = browser.current(context);
        const proof = await browser.email(sql, context);
        if (here === undefined || proof.kind !== "waiting") return false;
        if (!(await ports.mails.pass(sql, networkOf(context.ip), here.name))) return false;
        return emailProof.send(sql, here.name, proof.subject, locale, { kind: "recovery" });
      }),
    async answerEmail(context, typed) {
      const here = browser.current(context);
      if (here === undefined) return { kind: "expired" };
      return database.transaction((sql) => emailProof.answer(sql, here.name, typed));
    },
    async useCode(context, typed) {
      let recovered: string | undefined;
      const outcome = await database.transaction(async (sql) => {
        recovered = undefined;
        const here = await browser.proven(sql, context);
        if (here === undefined) return "lost";
        const { accountId } = here;
        // In this browser: somebody else who reads the mail cannot keep the owner's own from trying.
        if (!(await throttle.pass(sql, `recovery codes in ${ports.digest("throttle", here.name)}`, TRIES)))
          return "too-many";
        // The account's row first, as whoever makes a device work or ends one takes it.
        await ports.hold(sql, accountId);
        const spent = await ports.codes.spend(sql, accountId, typed);
        if (spent === undefined) {
          await ports.audit.append(sql, { type: "recovery.code-refused", accountId, detail: {} });
          return "unfit";
        }
        const ended = await ports.ending.run(sql, context, accountId);
        const detail = { left: spent.left, ...ended };
        await ports.audit.append(sql, { type: "recovery.by-code", accountId, detail });
        await ports.notices.tell(sql, accountId, { kind: "recovered", left: spent.left });
        recovered = accountId;
        return "recovered";
      });
      if (recovered !== undefined) {
        browser.clear(context);
        await ports.ending.again(recovered);
      }
      return outcome;
    },
  };
}
