import type { X509Certificate } from "node:crypto";
import type { Audit } from "../audit/audit.ts";
import { type Clock, HOUR, MINUTE, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Throttle } from "../limits/throttle.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import type { Ended, Judge, Judged } from "./judging.ts";
import { insertProof, spendProof } from "./proof-store.ts";
import type { Tickets } from "./ticket.ts";

/**
 * How an account is proven by a certificate, without being named before. A browser goes from its visit to the origin that asks for
 * certificates, with a ticket, and comes back with a proof, which is good once, for a minute, in that visit of that browser alone.
 */
export interface CertificateProof {
  /** For the address at the origin that asks. */
  ticket(visit: string): string;
  /** There: what the browser goes back with. Undefined for a ticket that is not ours. */
  show(given: Shown): Promise<{ visit: string; back: { proof: string } | { refused: Refusal } } | undefined>;
  /** Back at the visit, which the browser's cookies name; `accept` is called in the transaction that spends the proof. */
  answer<Done>(
    given: { visit: string; proof: string },
    accept: (sql: Sql, proven: ProvenCertificate) => Promise<Done>,
  ): Promise<CertificateVerdict<Done>>;
}

export interface Shown {
  ticket: string;
  /** Of this very TLS connection. */
  certificate: X509Certificate | undefined;
  /** Who is counted where certificates do not fit. */
  network: string;
}

export interface ProvenCertificate {
  accountId: string;
  serial: string;
  /** When it was shown. */
  at: Millis;
}

/** `none`: the browser has shown no certificate. `late`: ticket or proof is spent or too old. */
export type Refusal = Ended | "foreign" | "none" | "late" | "too-many";
export const REFUSALS: readonly Refusal[] = ["none", "foreign", "expired", "revoked", "wmid-gone", "late", "too-many"];

export type CertificateVerdict<Done> = { kind: "right"; done: Done } | { kind: Ended | "foreign" | "late" };

export interface ProvingPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  tickets: Tickets;
  judge: Judge;
  audit: Audit;
  throttle: Throttle;
}

/** Nothing can be guessed; each costs a signature's verification, and a person tries every certificate of theirs once or twice. */
const UNFIT = { limit: 60, window: HOUR };
/** One redirect, on a bad line. */
const PROOF_LIVES: Millis = MINUTE;

export function createProving(ports: ProvingPorts): CertificateProof {
  const { database, clock, digest, tickets, judge, throttle } = ports;

  const refused = async (sql: Sql, judged: Exclude<Judged, { kind: "fit" }>): Promise<Ended | "foreign"> => {
    // There is no account whose event it would be.
    if (judged.kind === "foreign") return judged.kind;
    const { account_id: accountId, serial } = judged.row;
    await ports.audit.append(sql, { type: "certificate.refused", accountId, detail: { serial, reason: judged.why } });
    return judged.why;
  };

  return {
    ticket: tickets.make,

    async show({ ticket, certificate, network }) {
      const read = tickets.read(ticket);
      if (read === undefined) return undefined;
      const { visit, digest: ticketDigest } = read;
      const no = (why: Refusal) => ({ visit, back: { refused: why } });
      if (ticketDigest === undefined) return no("late");
      if (certificate === undefined) return no("none");
      const counter = `certificate sign-in ${network}`;
      if (!(await throttle.pass(database, counter, UNFIT))) return no("too-many");
      return database.transaction(async (sql) => {
        const judged = await judge.shown(sql, certificate);
        if (judged.kind !== "fit") return no(await refused(sql, judged));
        await throttle.refund(sql, counter);
        const proof = randomId(ports.random);
        const kept = await insertProof(sql, {
          ticket_digest: ticketDigest,
          proof_digest: digest("certificate proof", proof),
          visit,
          serial: judged.row.serial,
          proven_at: clock(),
          expires_at: read.until + PROOF_LIVES,
        });
        return kept ? { visit, back: { proof } } : no("late");
      });
    },

    answer: ({ visit, proof }, accept) =>
      database.transaction(async (sql) => {
        const now = clock();
        const given = { proof: digest("certificate proof", proof), visit, since: now - PROOF_LIVES, now };
        const spent = await spendProof(sql, given);
        if (spent === undefined) return { kind: "late" };
        const judged = await judge.again(sql, spent.serial);
        if (judged.kind !== "fit") return { kind: await refused(sql, judged) };
        const { account_id: accountId, serial } = judged.row;
        return { kind: "right", done: await accept(sql, { accountId, serial, at: spent.proven_at }) };
      }),
  };
}
