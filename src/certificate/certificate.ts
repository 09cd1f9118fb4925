/**
 * Owns client certificates: X.509 certificates by which a person who holds a WMID shows a TLS server who they are, as WM Keeper WebPro had them.
 * It owns the authority that signs them, the keys that wait for a confirmation, and the list of revoked ones. It does not own private keys of
 * people, which never come here, nor what a site lets somebody with a certificate do.
 * Control enters by the account's pages, which ask for a certificate, and by the confirmation that comes back to them; the authority's
 * certificate and list are public addresses; an operator revokes by the command line.
 */
import { createHash } from "node:crypto";
import type { Accounts } from "../account/account.ts";
import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY, MINUTE, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Throttle } from "../limits/throttle.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import { type Random, randomId } from "../random.ts";
import type { Wmid } from "../wmid.ts";
import type { Authority } from "./authority.ts";
import type { Revocation } from "./revocation.ts";
import type { ShownKey } from "./signing-request.ts";
import {
  type CertificateRow,
  certificateBySerial,
  certificatesOf,
  countLive,
  endRequest,
  hasCertificate,
  holdAccount,
  insertCertificate,
  insertRequest,
  type RequestRow,
  requestById,
} from "./store.ts";
import type { Reason } from "./x509.ts";

export interface Certificates {
  /** Those that live, and those that have ended in the last 90 days, the youngest first. */
  list(accountId: string): Promise<CertificateRow[]>;
  /** Undefined for another account's. */
  one(accountId: string, serial: string): Promise<CertificateRow | undefined>;
  isLive(row: CertificateRow): boolean;
  /** How many more a WMID may have. */
  room(accountId: string, wmid: Wmid): Promise<number>;
  /** Keeps the key, and gives the operation that is to be confirmed before it gets a certificate. */
  ask(accountId: string, wmid: Wmid, key: ShownKey, locale: Locale): Promise<OwnOperation | AskFault>;
  /** The serial number, where this account has confirmed exactly that; the same one however often it is asked. */
  issue(accountId: string, operationId: string): Promise<{ serial: string } | "unchanged" | "full">;
  /** At once, and without a confirmation: it takes something away. */
  revoke(accountId: string, serial: string, reason: Reason): Promise<boolean>;
}

/** `full`: five live. `used-key`: that key has a certificate already, or had one. */
export type AskFault = "full" | "used-key" | "too-many";

export interface CertificatesPorts {
  database: Database;
  clock: Clock;
  random: Random;
  accounts: Pick<Accounts, "wmids">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  throttle: Throttle;
  authority: Authority;
  revocation: Revocation;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  /** The type of the operations. */
  type: string;
}

const CERTIFICATE = "certificate";
/** One for each computer and phone of a person, and one more while it is renewed. */
const MAX_LIVE = 5;
/** Whoever mistypes often still gets one; more is a program, and each costs a signature and a row. */
const ASKED = { limit: 20, window: DAY };
/** As long as a confirmation is waited for, and the way there and back. */
const WAITING: Millis = 20 * MINUTE;
/** As long as somebody may wonder what has become of one. */
const ENDED: Millis = 90 * DAY;
/** Of the key's digest, as the phone shows it: eight bytes in hexadecimal digits, by four. */
const FINGERPRINT_BYTES = 8;

export function asksForCertificate(id: string): boolean {
  return id.startsWith(`${CERTIFICATE}${BETWEEN}`);
}

/** As the phone shows a key and its owner's page as well: the first 64 bits of SHA-256 over its `SubjectPublicKeyInfo`. */
export function fingerprintOf(spki: Uint8Array): string {
  const digest = createHash("sha256").update(spki).digest().subarray(0, FINGERPRINT_BYTES);
  return digest
    .toString("hex")
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, "$1 ");
}

export function createCertificates(ports: CertificatesPorts): Certificates {
  const { database, clock } = ports;

  const operation = (id: string, { wmid, spki }: Pick<RequestRow, "wmid" | "spki">, locale: Locale): OwnOperation => {
    const { setting, from, to } = messagesFor(locale).certificate.operation;
    const key = fingerprintOf(Buffer.from(spki, "base64"));
    return { type: ports.type, operation_id: id, setting: setting(wmid), from, to: to(key) };
  };
  const isLive = ({ revoked_at: revokedAt, expires_at: expiresAt }: CertificateRow) =>
    revokedAt === null && expiresAt > clock();
  const room = async (sql: Sql, accountId: string, wmid: Wmid) =>
    MAX_LIVE - (await countLive(sql, accountId, wmid, clock()));

  const tell = (sql: Sql, { account_id: accountId, wmid, serial, expires_at: until }: CertificateRow) =>
    ports.notices.tell(sql, accountId, { kind: "certificate-issued", wmid, serial, until });

  return {
    list: async (accountId) =>
      (await certificatesOf(database, accountId, clock() - ENDED)).filter(
        (row) => row.revoked_at === null || row.revoked_at > clock() - ENDED,
      ),
    async one(accountId, serial) {
      const row = await certificateBySerial(database, serial);
      return row?.account_id === accountId ? row : undefined;
    },
    isLive,
    room: (accountId, wmid) => room(database, accountId, wmid),

    ask: (accountId, wmid, { spki, kind }, locale) =>
      database.transaction(async (sql) => {
        if (!(await ports.throttle.pass(sql, `${CERTIFICATE} ${accountId}`, ASKED))) return "too-many";
        if (await hasCertificate(sql, digestOf(spki))) return "used-key";
        if ((await room(sql, accountId, wmid)) <= 0) return "full";
        const id = randomId(ports.random);
        const asked = { id, account_id: accountId, wmid, kind, spki: Buffer.from(spki).toString("base64") };
        await insertRequest(sql, { ...asked, expires_at: clock() + WAITING });
        return operation(operationId(ports.random, CERTIFICATE, id), asked, locale);
      }),

    issue: (accountId, confirmedId) =>
      database.transaction(async (sql) => {
        // Whoever asks at the same time comes before or after, and not between.
        await holdAccount(sql, accountId);
        const [, id = ""] = confirmedId.split(BETWEEN);
        const request = await requestById(sql, id);
        if (request === undefined || request.account_id !== accountId) return "unchanged";
        if (request.serial !== null) return { serial: request.serial };
        const words = (locale: Locale) => operation(confirmedId, request, locale);
        const confirmed = justConfirmed(await ports.confirmed(sql, confirmedId), accountId, clock(), words);
        if (confirmed === undefined) return "unchanged";
        const { wmid, kind } = request;
        if (!(await ports.accounts.wmids(sql, accountId)).includes(wmid)) return "unchanged";
        if ((await room(sql, accountId, wmid)) <= 0) return "full";
        const spki = Buffer.from(request.spki, "base64");
        if (await hasCertificate(sql, digestOf(spki))) return "unchanged";
        if (!(await ports.spend(sql, confirmed.id))) return "unchanged";
        const { serial, der, issuedAt, expiresAt } = await ports.authority.issue(sql, { wmid, spki });
        const row: CertificateRow = {
          serial,
          authority: ports.authority.id,
          account_id: accountId,
          wmid,
          kind,
          key_digest: digestOf(spki),
          certificate: Buffer.from(der).toString("base64"),
          confirmation_id: confirmed.id,
          issued_at: issuedAt,
          expires_at: expiresAt,
          revoked_at: null,
          revoked_by: null,
          reason: null,
        };
        // Another account may have been given one for this key since it was looked for.
        if (!(await insertCertificate(sql, row))) return "unchanged";
        await endRequest(sql, id, serial);
        const detail = { serial, confirmation: confirmed.id };
        await ports.audit.append(sql, { type: "certificate.issued", accountId, detail });
        await tell(sql, row);
        return { serial };
      }),

    revoke: (accountId, serial, reason) =>
      database.transaction(async (sql) => {
        const row = await certificateBySerial(sql, serial);
        if (row?.account_id !== accountId) return false;
        return ports.revocation.end(sql, serial, "account", reason);
      }),
  };
}

function digestOf(spki: Uint8Array): string {
  return createHash("sha256").update(spki).digest("base64url");
}
