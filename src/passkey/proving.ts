import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import type { Audit } from "../audit/audit.ts";
import { type Clock, HOUR, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Throttle } from "../limits/throttle.ts";
import { type Digester, sameText } from "../secrecy.ts";
import type { Asking } from "./asking.ts";
import { parseUsed } from "./credential.ts";
import { handleOf, type Party } from "./party.ts";
import { type PasskeyRow, passkeyByCredential, usePasskey } from "./store.ts";

/** How an account is proven by a passkey, without being named before. */
export interface PasskeyProof {
  /** The options of `navigator.credentials.get`, as JSON. */
  request(visit: string): string;
  /** `accept` is called in the transaction that counts the use, for a right answer alone. */
  answer<Done>(
    given: GivenPasskey,
    accept: (sql: Sql, proven: ProvenPasskey) => Promise<Done>,
  ): Promise<PasskeyVerdict<Done>>;
}

export interface GivenPasskey {
  visit: string;
  /** Who is counted where answers are wrong. */
  network: string;
  /** JSON, as the page's script has sent it. */
  credential: string;
  /** The digest of the browser's cookie, where it has one. */
  browser: string | undefined;
}

export interface ProvenPasskey {
  accountId: string;
  passkeyId: string;
  at: Millis;
  /** This browser has signed the account in before. */
  known: boolean;
}

/** `refused`: whatever is wrong; it is not told what, and nothing is known of the account. */
export type PasskeyVerdict<Done> = { kind: "right"; done: Done } | { kind: "refused" | "expired" | "too-many" };

export interface ProvingPorts {
  database: Database;
  clock: Clock;
  digest: Digester;
  asking: Asking;
  audit: Audit;
  throttle: Throttle;
  party: Party;
}

/** Nothing can be guessed; each costs a signature's verification, and a person who has a wrong key tries a few times. */
const WRONG = { limit: 60, window: HOUR };

export function createProving(ports: ProvingPorts): PasskeyProof {
  const { database, asking, party } = ports;

  /** The authenticator's counter, where the signature is right for this origin and party, by a person who was verified. */
  const verified = async (
    { challenge, response }: NonNullable<ReturnType<typeof parseUsed>>,
    row: PasskeyRow,
  ): Promise<number | undefined> => {
    if (!sameText(response.response.userHandle, handleOf(ports.digest, row.account_id))) return undefined;
    try {
      const { verified: right, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: party.origin,
        expectedRPID: party.id,
        requireUserVerification: true,
        // The stored counter is compared where it is set, in one statement.
        credential: { id: row.credential_id, publicKey: Buffer.from(row.public_key, "base64url"), counter: 0 },
      });
      return right ? authenticationInfo.newCounter : undefined;
    } catch {
      // The library throws for whatever is malformed or not as expected.
      return undefined;
    }
  };

  return {
    request: (visit) =>
      JSON.stringify({ challenge: asking.challenge(visit), rpId: party.id, userVerification: "required" }),

    async answer(given, accept) {
      const counter = `passkey ${given.network}`;
      if (!(await ports.throttle.pass(database, counter, WRONG))) return { kind: "too-many" };
      const answered = parseUsed(given.credential);
      if (answered === undefined) return { kind: "refused" };
      if (!(await asking.spend(database, given.visit, answered.challenge))) return { kind: "expired" };
      const row = await passkeyByCredential(database, answered.response.id, given.browser ?? "");
      if (row === undefined) return { kind: "refused" };
      const { id: passkey, account_id: accountId } = row;
      const count = await verified(answered, row);
      return database.transaction(async (sql) => {
        const at = ports.clock();
        if (count === undefined || !(await usePasskey(sql, passkey, count, at))) {
          const reason = count === undefined ? "unproven" : "counter";
          await ports.audit.append(sql, { type: "passkey.refused", accountId, detail: { passkey, reason } });
          return { kind: "refused" };
        }
        await ports.throttle.refund(sql, counter);
        return {
          kind: "right",
          done: await accept(sql, { accountId, passkeyId: passkey, at, known: Boolean(row.known) }),
        };
      });
    },
  };
}
