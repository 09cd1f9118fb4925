import { type Clock, DAY, type Millis } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Authority } from "./authority.ts";
import type { Signer } from "./signer.ts";
import { type AuthorityRow, authorityOf, keepList, revokedSince } from "./store.ts";
import { revocationList } from "./x509.ts";

/** The list of revoked certificates as it is served: signed, numbered, the same from every node. */
export interface RevocationList {
  current(): Promise<{ der: Uint8Array; number: number }>;
}

export interface RevocationListPorts {
  database: Database;
  clock: Clock;
  authority: Pick<Authority, "id" | "certificate">;
  signer: Signer;
  host: string;
}

/** A site that cannot reach us for some days goes on with what it has; after this it must refuse everybody. */
const NEXT: Millis = 7 * DAY;
/** Made anew at every revocation, and else as often. */
const AGE: Millis = DAY;
/** RFC 5280 section 3.3: a revoked one is on one list at least that was made after it has run out. */
const KEPT: Millis = NEXT;

/** A site may keep a list for as long before it asks again, which a revocation then waits. */
export const LIST_FRESH_SECONDS = 600;

export function createRevocationList(ports: RevocationListPorts): RevocationList {
  const { database, clock, authority, signer } = ports;

  const isFresh = ({ list, list_at: at, changes, list_changes: known }: AuthorityRow) =>
    list !== null && at !== null && changes === known && at > clock() - AGE;

  const make = async ({ changes, list_number: last }: AuthorityRow) => {
    const now = clock();
    // Read after `changes`: one that is revoked between the two is on the list early, and none is missing.
    const revoked = await revokedSince(database, authority.id, now - KEPT);
    const number = last + 1;
    const lines = revoked.map(({ serial, revoked_at: at, reason }) => ({
      serial: Buffer.from(serial, "hex"),
      at: at ?? now,
      reason: reason ?? "unspecified",
    }));
    const der = await revocationList(signer, { host: ports.host, number, from: now, next: now + NEXT, revoked: lines });
    const list = Buffer.from(der).toString("base64");
    const kept = await keepList(database, { keyId: authority.id, list, number, changes, at: now });
    return kept ? { der, number } : undefined;
  };

  return {
    async current() {
      for (;;) {
        const row = await authorityOf(database, authority.id);
        if (row === undefined) {
          await authority.certificate();
          continue;
        }
        if (row.list !== null && isFresh(row)) {
          return { der: Buffer.from(row.list, "base64"), number: row.list_number };
        }
        // Where another node has made that number meanwhile, its list is looked at.
        const made = await make(row);
        if (made !== undefined) return made;
      }
    },
  };
}
