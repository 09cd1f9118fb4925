import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import { drawReadable, normaliseReadable, type Random } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import { codesLeft, dropCodes, putCodes, spendCode } from "./store.ts";

export interface RecoveryCodes {
  left(accountId: string): Promise<{ left: number; madeAt: Millis } | undefined>;
  /** The operation by which a device allows new ones. */
  making(locale: Locale): OwnOperation;
  /** Whether this account has confirmed it a moment ago. */
  mayMake(accountId: string, operationId: string): Promise<boolean>;
  /** The new codes, as they are shown, once; all others are void. Undefined where `mayMake` says no, and for who comes second. */
  make(accountId: string, operationId: string): Promise<string[] | undefined>;
  /** True for the one call that uses a code as it was typed; how many are left. */
  spend(sql: Sql, accountId: string, typed: string): Promise<{ left: number } | undefined>;
  /** All are void; how many could still have been used. */
  endAll(sql: Sql, accountId: string): Promise<number>;
}

export interface RecoveryCodesPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** Until the transaction ends, nobody ends a device of this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spendConfirmation(sql: Sql, confirmationId: string): Promise<boolean>;
  type: string;
}

const MAKE = "recovery_codes";
/** Ten of 80 bits, in four groups: with 64 no throttle is needed (NIST SP 800-63B section 3.1.2.2). */
const CODES = 10;
const LENGTH = 16;
const GROUP = /.{4}(?=.)/g;

export function makesCodes(id: string): boolean {
  return id.startsWith(`${MAKE}${BETWEEN}`);
}

export function createRecoveryCodes(ports: RecoveryCodesPorts): RecoveryCodes {
  const { database, clock } = ports;
  const digestOf = (accountId: string, code: string) => ports.digest("recovery code", `${accountId} ${code}`);
  const operation = (id: string, locale: Locale): OwnOperation => {
    const { setting, from, to } = messagesFor(locale).recoveryCodes.operation;
    return { type: ports.type, operation_id: id, setting, from, to };
  };
  const fresh = async (sql: Sql, accountId: string, id: string): Promise<ConfirmedOperation | undefined> => {
    const confirmed = makesCodes(id) ? await ports.confirmed(sql, id) : undefined;
    return justConfirmed(confirmed, accountId, clock(), (locale) => operation(id, locale));
  };
  return {
    left: (accountId) => codesLeft(database, accountId),
    making: (locale) => operation(operationId(ports.random, MAKE), locale),
    async mayMake(accountId, id) {
      return (await fresh(database, accountId, id)) !== undefined;
    },
    make: (accountId, id) =>
      database.transaction(async (sql) => {
        // Whoever removes the device that has confirmed this comes before or after, and not between.
        await ports.hold(sql, accountId);
        const confirmed = await fresh(sql, accountId, id);
        if (confirmed === undefined || !(await ports.spendConfirmation(sql, confirmed.id))) return undefined;
        const codes = Array.from({ length: CODES }, () => drawReadable(ports.random, LENGTH));
        await putCodes(
          sql,
          accountId,
          codes.map((code) => digestOf(accountId, code)),
          clock(),
        );
        const detail = { confirmation: confirmed.id };
        await ports.audit.append(sql, { type: "recovery.codes-made", accountId, detail });
        await ports.notices.tell(sql, accountId, { kind: "recovery-codes-made" });
        return codes.map((code) => code.replace(GROUP, "$&-"));
      }),
    async spend(sql, accountId, typed) {
      const digest = digestOf(accountId, normaliseReadable(typed));
      if (!(await spendCode(sql, accountId, digest, clock()))) return undefined;
      return { left: (await codesLeft(sql, accountId))?.left ?? 0 };
    },
    endAll: dropCodes,
  };
}
