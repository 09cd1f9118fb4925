/**
 * Owns the way back of who has no phone client that answers (PROTOCOL 5): the ladder that is shown before, and the codes on paper (`codes.ts`) by
 * which it is climbed at once: e-mail by a code, then one of the ten. It says nothing about who has an account: a decoy has a code in the mail
 * that nobody gets. Every device of the account ends, every session too, all channels are told, and control leaves to `enrolment/`, in the
 * transaction that uses the code. Whoever has lost more than that is the operator's to help.
 */
import type { Context } from "koa";
import type { Accounts } from "../account/account.ts";
import type { Identifier } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import type { EmailProof, EmailVerdict } from "../authentication/email-proof.ts";
import type { Subject } from "../challenge/challenge.ts";
import { type Clock, HOUR, MINUTE } from "../clock.ts";
import type { Database, Sql } from "../database.ts";
import type { RevokeDevice } from "../device/revocation.ts";
import type { Cookies } from "../http/cookies.ts";
import { networkOf } from "../http/network.ts";
import type { Throttle, ThrottleRule } from "../limits/throttle.ts";
import type { Locale } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import type { RecoveryCodes } from "./codes.ts";

/** Where a recovery in this browser is: its e-mail's code awaited, or proven. */
export type RecoveryStage = "none" | "waiting" | "proven";

export interface Recovery {
  /** Sends the code to the account's e-mail, or for nobody does as if; false when too many were asked for. */
  begin(context: Context, identifier: Identifier, locale: Locale): Promise<boolean>;
  stage(context: Context): Promise<RecoveryStage>;
  resend(context: Context, locale: Locale): Promise<boolean>;
  answerEmail(context: Context, typed: string): Promise<EmailVerdict>;
  /**
   * Uses a code of paper: every device and session of the account ends, and an enrolment begins in this browser. `unfit`: used, void or none of
   * theirs. `lost`: no e-mail was proven in this browser.
   */
  useCode(context: Context, typed: string): Promise<"recovered" | "unfit" | "too-many" | "lost">;
}

export interface RecoveryPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  cookies: Cookies;
  throttle: Pick<Throttle, "pass" | "passWith">;
  accounts: Pick<Accounts, "idAlong">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  emailProof: Pick<EmailProof, "send" | "state" | "answer">;
  codes: Pick<RecoveryCodes, "spend">;
  hold(sql: Sql, accountId: string): Promise<void>;
  /** Those that have not ended. */
  devicesOf(sql: Sql, accountId: string): Promise<readonly { id: string }[]>;
  revoke: RevokeDevice;
  endSessions(sql: Sql, accountId: string): Promise<unknown>;
  /** The same once more, a moment later: a request in flight may have saved its session again. */
  endSessionsAgain(accountId: string): Promise<void>;
  startEnrolment(sql: Sql, context: Context, accountId: string): Promise<void>;
}

/** As at a sign-in (PROTOCOL 11), and counted together with it. */
const IDENTIFIERS: ThrottleRule = { limit: 20, window: MINUTE };
/** A list has ten; who types more than that mistypes or guesses. */
const TRIES: ThrottleRule = { limit: 10, window: HOUR };

export function createRecovery(ports: RecoveryPorts): Recovery {
  const { database, emailProof, throttle } = ports;
  const contextOf = (context: Context): string | undefined => {
    const cookie = ports.cookies.get(context, "recovery");
    return cookie === undefined ? undefined : `recovery ${cookie}`;
  };
  const subjectOf = ({ kind, value }: Identifier, id: string | null): Subject =>
    id === null
      ? { key: `decoy:${ports.digest("decoy", `${kind} ${value}`)}`, accountId: undefined }
      : { key: id, accountId: id };

  return {
    begin(context, identifier, locale) {
      const cookie = randomId(ports.random);
      return database.transaction(async (sql) => {
        const { passes, row } = await throttle.passWith<{ account_id: string | null }>(
          sql,
          `identifiers from ${networkOf(context.ip)}`,
          IDENTIFIERS,
          ports.accounts.idAlong(identifier),
        );
        if (!passes) return false;
        const subject = subjectOf(identifier, row.account_id);
        if (!(await emailProof.send(sql, `recovery ${cookie}`, subject, locale, { kind: "recovery" }))) return false;
        ports.cookies.set(context, "recovery", cookie);
        return true;
      });
    },
    async stage(context) {
      const name = contextOf(context);
      return name === undefined ? "none" : (await emailProof.state(database, name)).kind;
    },
    async resend(context, locale) {
      const name = contextOf(context);
      if (name === undefined) return false;
      return database.transaction(async (sql) => {
        const proof = await emailProof.state(sql, name);
        return proof.kind === "waiting" && emailProof.send(sql, name, proof.subject, locale, { kind: "recovery" });
      });
    },
    async answerEmail(context, typed) {
      const name = contextOf(context);
      if (name === undefined) return { kind: "expired" };
      return database.transaction((sql) => emailProof.answer(sql, name, typed));
    },
    async useCode(context, typed) {
      const name = contextOf(context);
      if (name === undefined) return "lost";
      let recovered: string | undefined;
      const outcome = await database.transaction(async (sql) => {
        const proof = await emailProof.state(sql, name);
        const accountId = proof.kind === "proven" ? proof.subject.accountId : undefined;
        if (accountId === undefined) return "lost";
        if (!(await throttle.pass(sql, `recovery codes of ${accountId}`, TRIES))) return "too-many";
        // The account's row first, as whoever makes a device work or ends one takes it.
        await ports.hold(sql, accountId);
        const spent = await ports.codes.spend(sql, accountId, typed);
        if (spent === undefined) {
          await ports.audit.append(sql, { type: "recovery.code-refused", accountId, detail: {} });
          return "unfit";
        }
        for (const { id } of await ports.devicesOf(sql, accountId))
          await ports.revoke(sql, { id, accountId }, { by: "recovery" });
        await ports.endSessions(sql, accountId);
        await ports.audit.append(sql, { type: "recovery.by-code", accountId, detail: { left: spent.left } });
        await ports.notices.tell(sql, accountId, { kind: "recovered", left: spent.left });
        await ports.startEnrolment(sql, context, accountId);
        recovered = accountId;
        return "recovered";
      });
      if (recovered !== undefined) {
        ports.cookies.clear(context, "recovery");
        await ports.endSessionsAgain(recovered);
      }
      return outcome;
    },
  };
}
