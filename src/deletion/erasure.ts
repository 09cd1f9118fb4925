import { type Account, GONE } from "../account/account.ts";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import { eraseLater } from "./store.ts";

/** Everything of one account, in the caller's transaction; the account's row, and all that hangs on it by foreign keys, goes last. */
export interface Erasure {
  /** The name under which the record of events goes on: nobody can tell whose it was. What is left to be done is written with it (`erasing-again.ts`). */
  erase(sql: Sql, account: Account): Promise<string>;
  /** What a request in flight has left since. */
  eraseAgain(sql: Sql, accountId: string, name: string): Promise<void>;
}

export interface ErasurePorts {
  clock: Clock;
  random: Random;
  /** Until the transaction ends, nobody ends a device of this account or makes one work. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** Ends what is asked of its phones, and wakes those that wait. */
  endRequests(sql: Sql, accountId: string): Promise<unknown>;
  /** With what sites were granted; they are told. */
  endSessions(sql: Sql, accountId: string): Promise<unknown>;
  /** So that its phones, and nobody else, are told that they are removed. */
  keepDevices(sql: Sql, accountId: string): Promise<void>;
  /** So that lists of revoked certificates go on naming them. */
  endCertificates(sql: Sql, accountId: string): Promise<unknown>;
}

/** By then a request that was in flight has saved what it saves, on a busy machine and by a clock that is some seconds off. */
const AGAIN_AFTER: Millis = 10 * SECOND;

/** What has no foreign key, by the account's id; requests first, since whoever answers one holds its row and writes the others after it. */
const OF_ACCOUNT: readonly string[] = [
  "DELETE FROM challenge WHERE account_id = ?",
  "DELETE FROM sms_code WHERE account_id = ?",
  "DELETE FROM email_proof WHERE account_id = ?",
  "DELETE FROM issued_number WHERE subject = ?",
  "DELETE FROM oidc WHERE account_id = ?",
];
/** Its client's operation stays confirmed once; who confirmed what, on which phone, is gone. */
const CONFIRMATIONS = `
  UPDATE confirmation SET account_id = '${GONE}', device_id = NULL, operation = '{}', recipient = NULL, challenge = NULL, statement = '{}',
    signature = NULL WHERE account_id = ?`;
/** Serial number, key, and when and why it ended stay: what was revoked has to be said for as long as it would have lived. */
const CERTIFICATES = `
  UPDATE certificate SET account_id = '${GONE}', wmid = '', certificate = '', confirmation_id = '' WHERE account_id = ?`;
/** That something happened, where and when; not with what. */
const EVENTS = "UPDATE event SET account_id = ?, device_id = NULL, detail = '{}' WHERE account_id = ?";
const COUNTERS = `
  DELETE FROM counter WHERE id IN (
    SELECT 'device:' || id FROM device WHERE account_id = ?
    UNION ALL SELECT 'browser:' || browser_digest || ':' || account_id FROM known_browser WHERE account_id = ?
    UNION ALL SELECT 'enrolment:' || id FROM enrolment WHERE account_id = ?)`;
const UNKNOWN = "DELETE FROM counter WHERE id = ?";
const MESSAGES = "DELETE FROM message WHERE recipient IN (?, ?)";
const ACCOUNT = "DELETE FROM account WHERE id = ?";

export function createErasure(ports: ErasurePorts): Erasure {
  const unowned = async (sql: Sql, id: string, name: string): Promise<void> => {
    for (const statement of OF_ACCOUNT) await sql.run(statement, [id]);
    await sql.run(CONFIRMATIONS, [id]);
    await sql.run(CERTIFICATES, [id]);
    await sql.run(EVENTS, [name, id]);
    await sql.run(UNKNOWN, [`unknown:${id}`]);
  };
  return {
    async erase(sql, { id, email, phone }) {
      const name = `${GONE}.${randomId(ports.random)}`;
      await ports.hold(sql, id);
      await ports.endRequests(sql, id);
      await ports.endSessions(sql, id);
      await ports.endCertificates(sql, id);
      await unowned(sql, id, name);
      await sql.run(COUNTERS, [id, id, id]);
      await sql.run(MESSAGES, [email, phone]);
      await ports.keepDevices(sql, id);
      await sql.run(ACCOUNT, [id]);
      await eraseLater(sql, { account_id: id, name }, ports.clock() + AGAIN_AFTER);
      return name;
    },
    eraseAgain: unowned,
  };
}
