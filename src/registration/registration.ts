/**
 * Owns the making of an account on the provider's own site: e-mail proven by a code, then phone proven by a code, then the account
 * (PROTOCOL 11: SMS only after the e-mail is proven). It says nothing about whose e-mail or phone has an account already: the pages are
 * the same, and the owner is told by message instead of a code. Control leaves to `enrolment/`, in the transaction that makes the account.
 */
import type { Context } from "koa";
import { type Account, type Accounts, LAPSE } from "../account/account.ts";
import type { Email, Phone } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY, MINUTE, type Millis } from "../clock.ts";
import { drawCode } from "../code/digits.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Cookies } from "../http/cookies.ts";
import { networkOf } from "../http/network.ts";
import type { MailAllowance } from "../limits/mail-allowance.ts";
import type { SmsAllowance } from "../limits/sms-allowance.ts";
import type { Locale } from "../locale/locale.ts";
import type { Messaging } from "../messaging/messaging.ts";
import { drawReadable, normaliseReadable, type Random, randomId } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";
import {
  countCodeTry,
  finishRegistration,
  putRegistration,
  type RegistrationRow,
  registrationOfBrowser,
  renewRegistrationCode,
  type Stage,
} from "./store.ts";

/** Where the person goes once the phone is enrolled, for a site if it is for one: see `enrolment/`, which carries it on. */
export interface ReturnTo {
  path: string;
  site: { name: string; origin: string | undefined; logo?: string | undefined } | undefined;
  /** The site has asked for an operation, and not for a sign-in. */
  confirms?: boolean;
}

export interface RegistrationView {
  stage: Stage;
  email: string;
  phone: string;
  returnTo: ReturnTo | undefined;
  /** Whether another one that is begun in its place goes back there too: what it was begun in lasts no longer. */
  handsOn: boolean;
}

export type CodeVerdict =
  | { kind: "right" }
  | { kind: "wrong"; triesLeft: number }
  | { kind: "exhausted" }
  | { kind: "expired" }
  /** The code was right, but no SMS may be sent to this number or from this address now. */
  | { kind: "too-many" };

export interface Registrations {
  /** Whether codes are sent to this number's country. */
  serves(phone: Phone): boolean;
  current(context: Context): Promise<RegistrationView | undefined>;
  /** Sends the code by e-mail; false when too many were asked for. */
  begin(
    context: Context,
    wish: { email: Email; phone: Phone; locale: Locale; returnTo: ReturnTo | undefined },
  ): Promise<boolean>;
  answer(context: Context, stage: "email-code" | "phone-code", typed: string): Promise<CodeVerdict>;
  /** Another code for the stage that the registration is in; false when too many were asked for. */
  resend(context: Context): Promise<boolean>;
}

export interface RegistrationPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  cookies: Cookies;
  mails: MailAllowance;
  allowance: SmsAllowance;
  accounts: Accounts;
  audit: Audit;
  messaging: Messaging;
  everActive(sql: Sql, accountId: string): Promise<boolean>;
  startEnrolment(sql: Sql, context: Context, accountId: string, returnTo: ReturnTo | undefined): Promise<void>;
}

/** PROTOCOL 11. */
const EMAIL_CODE_LENGTH = 8;
const EMAIL_CODE_LIFETIME: Millis = 10 * MINUTE;
const PHONE_CODE_LIFETIME: Millis = 5 * MINUTE;
const TRIES = 3;
/** Both codes, and a few that did not arrive. */
const CODES_EACH = 8;
/** As long as a visit to a site waits: what comes later was not begun in the middle of it. */
const VISIT: Millis = 30 * MINUTE;
/** A registration is left alone for a night and gone on with in the morning. */
const LIFETIME: Millis = DAY;

/** As many codes as one registration gets have been sent, or it has gone on meanwhile: what was written for this one is taken back. */
class NoMore extends Error {}

export function createRegistrations(ports: RegistrationPorts): Registrations {
  const { database, clock, accounts, audit, messaging } = ports;

  const browserOf = (context: Context): string | undefined => {
    const cookie = ports.cookies.get(context, "registration");
    return cookie === undefined ? undefined : ports.digest("registration", cookie);
  };
  const codeDigest = (browser: string, stage: Stage, code: string) =>
    ports.digest("registration-code", `${browser} ${stage} ${code}`);

  /**
   * Whether a registration may go on to an account: nobody has this e-mail or phone yet, or an account has both and never had a device,
   * as when the person closed the page before the phone was enrolled.
   */
  const free = async (sql: Sql, owner: Account | undefined, email: string, phone: string): Promise<boolean> => {
    // Asked of nobody as well: else it would show that e-mail and number are of one account.
    const used = await ports.everActive(sql, owner?.id ?? "");
    return owner === undefined || (owner.email === email && owner.phone === phone && !used);
  };

  /** Draws a code and sends it, or tells the owner of the e-mail that nobody needs one; the code's digest is made in both cases, at the same cost. */
  const sendEmailCode = async (sql: Sql, browser: string, wish: { email: Email; phone: Phone; locale: Locale }) => {
    const { email, phone, locale } = wish;
    const mail = { channel: "mail" as const, to: email, locale };
    const expiresAt = clock() + EMAIL_CODE_LIFETIME;
    const code = drawReadable(ports.random, EMAIL_CODE_LENGTH);
    const digest = codeDigest(browser, "email-code", code);
    if (!(await free(sql, await accounts.find(sql, { kind: "email", value: email }), email, phone))) {
      await messaging.enqueue(sql, { ...mail, template: "email-already-registered", params: {} });
      return { stage: "email-code" as const, digest: null, expiresAt };
    }
    await messaging.enqueue(sql, { ...mail, template: "registration-code", params: { code }, expiresAt });
    return { stage: "email-code" as const, digest, expiresAt };
  };

  const sendPhoneCode = async (sql: Sql, browser: string, row: RegistrationRow) => {
    const sms = { channel: "sms" as const, to: row.phone, locale: row.locale };
    const expiresAt = clock() + PHONE_CODE_LIFETIME;
    const code = drawCode(ports.random);
    const digest = codeDigest(browser, "phone-code", code);
    const owner = await accounts.find(sql, { kind: "phone", value: row.phone });
    if (!(await free(sql, owner, row.email, row.phone))) {
      await messaging.enqueue(sql, { ...sms, template: "phone-already-registered", params: {} });
      return { stage: "phone-code" as const, digest: null, expiresAt };
    }
    await messaging.enqueue(sql, { ...sms, template: "phone-code", params: { code }, expiresAt });
    return { stage: "phone-code" as const, digest, expiresAt };
  };

  const mailPasses = (context: Context, email: string) => ports.mails.pass(database, networkOf(context.ip), email);
  /** By now the e-mail is proven: of an account that has both it is the owner who asks, as one who was imported. */
  const smsPasses = async (sql: Sql, context: Context, { email, phone }: RegistrationRow): Promise<boolean> => {
    const network = networkOf(context.ip);
    const account = await accounts.find(sql, { kind: "phone", value: phone });
    const asker = account?.email === email ? "owner" : "stranger";
    return (await ports.allowance.mayAsk(sql, network)) && ports.allowance.pass(sql, network, phone, asker);
  };

  /** The account, and its first device's enrolment, in one transaction with the end of the registration. */
  const complete = async (sql: Sql, context: Context, browser: string, row: RegistrationRow): Promise<boolean> => {
    if (!(await finishRegistration(sql, browser))) return false;
    await audit.append(sql, { type: "registration.phone-proven", detail: {} });
    const wish = { email: row.email, phone: row.phone, locale: row.locale };
    const created = await accounts.create(sql, { ...wish, lapsesAt: clock() + LAPSE });
    // Made by this person a while ago, and left without a device; or by somebody else a moment ago, and then it is not free.
    const account = created ?? (await accounts.find(sql, { kind: "email", value: wish.email }));
    if (account === undefined || !(await free(sql, account, row.email, row.phone))) return false;
    if (created !== undefined) await audit.append(sql, { type: "account.created", accountId: account.id, detail: {} });
    await ports.startEnrolment(sql, context, account.id, toReturnTo(row));
    return true;
  };

  /** What a right code leads to. */
  const advance = async (sql: Sql, context: Context, browser: string, row: RegistrationRow): Promise<CodeVerdict> => {
    if (row.stage === "phone-code") return { kind: (await complete(sql, context, browser, row)) ? "right" : "expired" };
    if (!(await smsPasses(sql, context, row))) return { kind: "too-many" };
    await audit.append(sql, { type: "registration.email-proven", detail: {} });
    await renewRegistrationCode(sql, browser, "email-code", await sendPhoneCode(sql, browser, row), CODES_EACH);
    return { kind: "right" };
  };

  return {
    serves: ports.allowance.serves,
    async current(context) {
      const browser = browserOf(context);
      const row = browser === undefined ? undefined : await registrationOfBrowser(database, browser, clock());
      if (row === undefined) return undefined;
      const handsOn = clock() - row.created_at < VISIT;
      return { stage: row.stage, email: row.email, phone: row.phone, returnTo: toReturnTo(row), handsOn };
    },

    async begin(context, wish) {
      if (!(await mailPasses(context, wish.email))) return false;
      const cookie = randomId(ports.random);
      const browser = ports.digest("registration", cookie);
      const now = clock();
      await database.transaction(async (sql) => {
        const code = await sendEmailCode(sql, browser, wish);
        await putRegistration(sql, {
          browser_digest: browser,
          email: wish.email,
          phone: wish.phone,
          stage: code.stage,
          code_digest: code.digest,
          code_tries: 0,
          codes_sent: 1,
          code_expires_at: code.expiresAt,
          return_to: wish.returnTo === undefined ? null : JSON.stringify(wish.returnTo),
          locale: wish.locale,
          created_at: now,
          expires_at: now + LIFETIME,
        });
        await audit.append(sql, { type: "registration.started", detail: {} });
      });
      ports.cookies.set(context, "registration", cookie);
      return true;
    },

    async answer(context, stage, typed) {
      const browser = browserOf(context);
      if (browser === undefined) return { kind: "expired" };
      return database.transaction(async (sql) => {
        const row = await countCodeTry(sql, browser, stage, TRIES, clock());
        if (row === undefined) {
          const now = await registrationOfBrowser(sql, browser, clock());
          // The other click of two: whoever has come as far is led on, as by the page itself.
          if (now !== undefined && now.stage !== stage) return { kind: "right" };
          return { kind: (now?.code_tries ?? 0) >= TRIES ? "exhausted" : "expired" };
        }
        const right = sameText(row.code_digest ?? "", codeDigest(browser, stage, normaliseReadable(typed)));
        if (right) return advance(sql, context, browser, row);
        const triesLeft = TRIES - row.code_tries;
        return triesLeft > 0 ? { kind: "wrong", triesLeft } : { kind: "exhausted" };
      });
    },

    async resend(context) {
      const browser = browserOf(context);
      const row = browser === undefined ? undefined : await registrationOfBrowser(database, browser, clock());
      if (browser === undefined || row === undefined || row.stage === "done") return false;
      if (row.stage === "email-code" && !(await mailPasses(context, row.email))) return false;
      if (row.stage === "phone-code" && !(await smsPasses(database, context, row))) return false;
      const send = async (sql: Sql): Promise<boolean> => {
        const wish = { email: row.email, phone: row.phone, locale: row.locale };
        const code =
          row.stage === "email-code" ? await sendEmailCode(sql, browser, wish) : await sendPhoneCode(sql, browser, row);
        if (!(await renewRegistrationCode(sql, browser, row.stage, code, CODES_EACH))) throw new NoMore();
        return true;
      };
      return database.transaction(send).catch((error: unknown) => {
        if (!(error instanceof NoMore)) throw error;
        return false;
      });
    },
  };
}

function toReturnTo(row: RegistrationRow): ReturnTo | undefined {
  return row.return_to === null ? undefined : JSON.parse(row.return_to);
}
