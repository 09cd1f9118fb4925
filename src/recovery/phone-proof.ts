import type { Account } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, HOUR, MINUTE, type Millis } from "../clock.ts";
import { drawCode } from "../code/digits.ts";
import type { Sql } from "../database/database.ts";
import type { SmsAllowance } from "../limits/sms-allowance.ts";
import type { Messaging } from "../messaging/messaging.ts";
import { normaliseReadable, type Random } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";
import { countPhoneTry, phoneProofOf, provePhone, putPhoneProof, usePhoneProof } from "./phone-store.ts";

/** `unsent`: none is sent to this number, since its country is not served. */
export type PhoneSent = "sent" | "unsent" | "too-many";

export type PhoneVerdict =
  | { kind: "right" }
  | { kind: "wrong"; triesLeft: number }
  | { kind: "exhausted" }
  | { kind: "expired" };

/**
 * The account's phone number, proven by a code in a browser that has proven its e-mail before (PROTOCOL 11: SMS only after the e-mail). So
 * whoever is asked here has an account, and nobody else comes as far.
 */
export interface PhoneProof {
  /** `context` names the recovery in this browser; `network` the address's. */
  send(sql: Sql, context: string, account: Account, network: string): Promise<PhoneSent>;
  state(sql: Sql, context: string, accountId: string): Promise<"none" | "waiting" | "proven">;
  answer(sql: Sql, context: string, accountId: string, typed: string): Promise<PhoneVerdict>;
  /** True for the one call that uses the proof. */
  use(sql: Sql, context: string, accountId: string): Promise<boolean>;
}

export interface PhoneProofPorts {
  clock: Clock;
  random: Random;
  digest: Digester;
  audit: Audit;
  messaging: Pick<Messaging, "enqueue">;
  allowance: Pick<SmsAllowance, "serves" | "mayAsk" | "pass">;
}

/** PROTOCOL 11. */
const CODE_LIFETIME: Millis = 5 * MINUTE;
const TRIES = 3;
/** Enough for messages that did not come. */
const CODES = 3;
/** As long as the proof of the e-mail. */
const LIFETIME: Millis = HOUR;

export function createPhoneProof(ports: PhoneProofPorts): PhoneProof {
  const { clock, digest, allowance } = ports;
  const nameOf = (context: string) => digest("recovery phone", context);
  const digestOf = (context: string, code: string) => digest("recovery phone code", `${context} ${code}`);
  return {
    async send(sql, context, { id, phone, locale }, network) {
      // Not asked: the guard of "It was not me". Whoever holds the lost phone would close this way by it, and here the mailbox was proven a moment ago.
      if (!allowance.serves(phone)) return "unsent";
      const passes = (await allowance.mayAsk(sql, network)) && (await allowance.pass(sql, network, phone, "owner"));
      if (!passes) return "too-many";
      const now = clock();
      const code = drawCode(ports.random);
      const expiresAt = now + CODE_LIFETIME;
      const proof = {
        context: nameOf(context),
        accountId: id,
        digest: digestOf(context, code),
        codeExpiresAt: expiresAt,
        expiresAt: now + LIFETIME,
      };
      if (!(await putPhoneProof(sql, proof, CODES))) return "too-many";
      const params = { code };
      const sms = { channel: "sms", to: phone, locale, template: "phone-recovery-code", params, expiresAt } as const;
      await ports.messaging.enqueue(sql, sms);
      await ports.audit.append(sql, { type: "recovery.sms-sent", accountId: id, detail: {} });
      return "sent";
    },
    async state(sql, context, accountId) {
      const row = await phoneProofOf(sql, nameOf(context), accountId, clock());
      if (row === undefined) return "none";
      return row.proven_at === null ? "waiting" : "proven";
    },
    use: (sql, context, accountId) => usePhoneProof(sql, nameOf(context), accountId, clock()),
    async answer(sql, context, accountId, typed) {
      const name = nameOf(context);
      const row = await countPhoneTry(sql, { context: name, accountId, tries: TRIES, now: clock() });
      if (row === undefined) {
        const found = await phoneProofOf(sql, name, accountId, clock());
        // The other click of two.
        if (found !== undefined && found.proven_at !== null) return { kind: "right" };
        return { kind: (found?.code_tries ?? 0) >= TRIES ? "exhausted" : "expired" };
      }
      const right = sameText(row.code_digest, digestOf(context, normaliseReadable(typed)));
      if (right && (await provePhone(sql, row, clock()))) return { kind: "right" };
      await ports.audit.append(sql, { type: "recovery.sms-refused", accountId, detail: {} });
      return row.code_tries < TRIES ? { kind: "wrong", triesLeft: TRIES - row.code_tries } : { kind: "exhausted" };
    },
  };
}
