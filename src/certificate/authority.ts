import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY, MINUTE, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Random } from "../random.ts";
import type { Wmid } from "../wmid.ts";
import type { Signer } from "./signer.ts";
import { authorityOf, insertAuthority } from "./store.ts";
import { type Addresses, authorityCertificate, clientCertificate } from "./x509.ts";

/** Signs certificates by one key, and has one of its own. */
export interface Authority {
  /** The id of its key. */
  id: string;
  /** Its certificate, in DER; made when it is first asked for, however many nodes ask at once. */
  certificate(): Promise<Uint8Array>;
  /** `sql`: of the transaction in which the certificate is kept. */
  issue(sql: Sql, wanted: { wmid: Wmid; spki: Uint8Array }): Promise<Issued>;
}

export interface Issued {
  /** 34 hexadecimal digits. */
  serial: string;
  der: Uint8Array;
  issuedAt: Millis;
  expiresAt: Millis;
}

export interface AuthorityPorts {
  database: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
  signer: Signer;
  /** The issuer's, which is the organization in all names. */
  host: string;
  addresses: Addresses;
}

/** Ten times a certificate's: sites have it in their files, and nobody is to change them often. */
const AUTHORITY_LIFE: Millis = 20 * 365 * DAY;
/** As WebMoney's (ENUM 8): two years. */
const LIFE: Millis = 2 * 365 * DAY;
/** A site's clock may be late by as much. */
const EARLIER: Millis = 5 * MINUTE;
const SERIAL_BYTES = 16;
/** RFC 5280 upper bound of an organization's name. */
const LONGEST_NAME = 64;

export function createAuthority(ports: AuthorityPorts): Authority {
  const { database, clock, random, signer } = ports;
  const host = ports.host.slice(0, LONGEST_NAME);
  /** 128 random bits behind a byte that makes each positive and equally long (RFC 5280 section 4.1.2.2). */
  const drawSerial = () => Uint8Array.of(1, ...random.bytes(SERIAL_BYTES));

  const kept = async (sql: Sql) => {
    const row = await authorityOf(sql, signer.id);
    return row === undefined ? undefined : Buffer.from(row.certificate, "base64");
  };
  const made = async (sql: Sql): Promise<Uint8Array> => {
    const found = await kept(sql);
    if (found !== undefined) return found;
    const now = clock();
    const validity = { from: now - EARLIER, to: now + AUTHORITY_LIFE };
    const der = await authorityCertificate(signer, { serial: drawSerial(), host, validity });
    if (await insertAuthority(sql, signer.id, Buffer.from(der).toString("base64"), now)) {
      await ports.audit.append(sql, { type: "certificate.authority-made", detail: { kid: signer.id } });
      return der;
    }
    const others = await kept(sql);
    if (others === undefined) throw new Error("the authority's certificate is gone");
    return others;
  };

  return {
    id: signer.id,
    certificate: async () => (await kept(database)) ?? database.transaction(made),
    async issue(sql, { wmid, spki }) {
      await made(sql);
      const serial = drawSerial();
      const now = clock();
      const validity = { from: now - EARLIER, to: now + LIFE };
      const der = await clientCertificate(signer, { serial, host, validity, wmid, spki, at: ports.addresses });
      // A certificate tells time to the second.
      const expiresAt = validity.to - (validity.to % 1000);
      return { serial: Buffer.from(serial).toString("hex"), der, issuedAt: now, expiresAt };
    },
  };
}
