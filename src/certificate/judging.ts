import { X509Certificate } from "node:crypto";
import type { Accounts } from "../account/account.ts";
import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { OID } from "./names.ts";
import { authorityOf, type CertificateRow, certificateBySerial, heldCertificate } from "./store.ts";

/** Why one of ours signs nobody in. `wmid-gone`: the account does not have its WMID any more. */
export type Ended = "expired" | "revoked" | "wmid-gone";

export type Judged =
  | { kind: "fit"; row: CertificateRow }
  | { kind: "ended"; why: Ended; row: CertificateRow }
  /** Not given by us. */
  | { kind: "foreign" };

export interface Judge {
  /** Of what was shown in a handshake, whose holder has its key; from the database, not from any list of revoked ones. */
  shown(sql: Sql, certificate: X509Certificate): Promise<Judged>;
  /** Of one that was shown a moment ago; it stays as it is judged until the transaction ends. */
  again(sql: Sql, serial: string): Promise<Judged>;
}

export interface JudgePorts {
  clock: Clock;
  accounts: Pick<Accounts, "wmids">;
}

const FOREIGN: Judged = { kind: "foreign" };

export function createJudge({ clock, accounts }: JudgePorts): Judge {
  const judge = async (sql: Sql, row: CertificateRow): Promise<Judged> => {
    if (row.revoked_at !== null) return { kind: "ended", why: "revoked", row };
    if (row.expires_at <= clock()) return { kind: "ended", why: "expired", row };
    const own = await accounts.wmids(sql, row.account_id);
    return own.includes(row.wmid) ? { kind: "fit", row } : { kind: "ended", why: "wmid-gone", row };
  };
  return {
    async shown(sql, certificate) {
      const row = await certificateBySerial(sql, certificate.serialNumber.toLowerCase());
      // Byte for byte the one that we gave; another authority may use any number.
      if (row === undefined || row.certificate !== certificate.raw.toString("base64")) return FOREIGN;
      const authority = await authorityOf(sql, row.authority);
      const issuer = authority && new X509Certificate(Buffer.from(authority.certificate, "base64"));
      return issuer !== undefined && isIssuedFor(certificate, issuer) ? judge(sql, row) : FOREIGN;
    },
    async again(sql, serial) {
      const row = await heldCertificate(sql, serial);
      return row === undefined ? FOREIGN : judge(sql, row);
    },
  };
}

/** Signed by the authority, for who connects to a TLS server (RFC 5280 sections 4.2.1.12 and 6.1.3). */
function isIssuedFor(certificate: X509Certificate, authority: X509Certificate): boolean {
  const signed = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  return signed && certificate.keyUsage.includes(OID.clientAuth);
}
