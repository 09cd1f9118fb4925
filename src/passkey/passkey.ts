/**
 * Owns passkeys: keys of WebAuthn that a person adds to the own account, to sign in without the phone. They never confirm an operation, and
 * E-num stays the first: one is added only by an operation that the phone has confirmed.
 * Control enters by the account's pages, which list, add, name and remove them (this file and `routes.ts`), and by the step of a sign-in,
 * which shows a challenge and has the answer judged (`proving.ts`); it leaves with the account that was proven.
 */

import { verifyRegistrationResponse } from "@simplewebauthn/server";
import type { Account } from "../account/account.ts";
import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import type { Asking } from "./asking.ts";
import { parseMade } from "./credential.ts";
import { ALGORITHMS, handleOf, type Party } from "./party.ts";
import { createRemoval } from "./removal.ts";
import { holdAccount, insertPasskey, type PasskeyRow, passkeyById, passkeysOf, renamePasskey } from "./store.ts";

export interface Passkeys {
  /** The oldest first. */
  list(accountId: string): Promise<PasskeyRow[]>;
  /** Undefined for another account's. */
  one(accountId: string, id: string): Promise<PasskeyRow | undefined>;
  rename(accountId: string, id: string, name: string): Promise<void>;
  /** The operation by which the phone allows one more. */
  adding(locale: Locale): OwnOperation;
  /** Whether the account has just confirmed exactly that, and one may be added by it. */
  mayAdd(accountId: string, operationId: string): Promise<"yes" | "full" | "unchanged">;
  /** The options of `navigator.credentials.create`, as JSON; the answer is good in this session alone. */
  options(account: Account, session: string, operationId: string): Promise<string>;
  /** One passkey for one confirmation. `refused`: the browser's answer is not as it must be. */
  add(
    accountId: string,
    given: { session: string; operationId: string; credential: string; locale: Locale },
  ): Promise<"added" | "full" | "unchanged" | "refused">;
  /** At once, and without a confirmation: it takes something away. True for the one call that has done it. */
  remove(accountId: string, id: string): Promise<boolean>;
}

export interface PasskeysPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  asking: Asking;
  party: Party;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  /** The type of the operations. */
  type: string;
}

const ADD = "add_passkey";
/** One for each of a person's devices and a few in a drawer; more is no person's. */
export const MAX_PASSKEYS = 10;

export function addsPasskey(id: string): boolean {
  return id.startsWith(`${ADD}${BETWEEN}`);
}

export function createPasskeys(ports: PasskeysPorts): Passkeys {
  const removal = createRemoval(ports);
  const { database, clock, party } = ports;

  const addition = (id: string, locale: Locale): OwnOperation => {
    const { setting, to } = messagesFor(locale).passkey.operation;
    return { type: ports.type, operation_id: id, setting, to };
  };
  const contextOf = (session: string, id: string) => `passkey ${session} ${id}`;

  const allowance = async (sql: Sql, accountId: string, id: string) => {
    const confirmed = await ports.confirmed(sql, id);
    return justConfirmed(confirmed, accountId, clock(), (locale) => addition(id, locale));
  };

  const tell = (sql: Sql, accountId: string, { name }: Pick<PasskeyRow, "name">) =>
    ports.notices.tell(sql, accountId, { kind: "passkey-added", name });

  /** What the new key is, where the answer is to our challenge, from our page, by a person who was verified. */
  const made = async (context: string, text: string) => {
    const answered = parseMade(text);
    if (answered === undefined || !(await ports.asking.spend(database, context, answered.challenge))) return undefined;
    try {
      const { registrationInfo } = await verifyRegistrationResponse({
        response: answered.response,
        expectedChallenge: answered.challenge,
        expectedOrigin: party.origin,
        expectedRPID: party.id,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      });
      return registrationInfo;
    } catch {
      // The library throws for whatever is malformed or not as expected.
      return undefined;
    }
  };

  return {
    list: (accountId) => passkeysOf(database, accountId),
    async one(accountId, id) {
      const row = await passkeyById(database, id);
      return row?.account_id === accountId ? row : undefined;
    },

    rename: (accountId, id, name) =>
      database.transaction(async (sql) => {
        if (!(await renamePasskey(sql, accountId, id, name))) return;
        await ports.audit.append(sql, { type: "passkey.renamed", accountId, detail: { passkey: id } });
      }),

    adding: (locale) => addition(operationId(ports.random, ADD), locale),
    async mayAdd(accountId, id) {
      if ((await allowance(database, accountId, id)) === undefined) return "unchanged";
      return (await passkeysOf(database, accountId)).length >= MAX_PASSKEYS ? "full" : "yes";
    },

    async options({ id: accountId, email }, session, id) {
      const own = await passkeysOf(database, accountId);
      return JSON.stringify({
        challenge: ports.asking.challenge(contextOf(session, id)),
        rp: { id: party.id, name: "E-num" },
        user: { id: handleOf(ports.digest, accountId), name: email, displayName: email },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        // An authenticator that has one of this account makes no second.
        excludeCredentials: own.map(({ credential_id: credential }) => ({ type: "public-key", id: credential })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
      });
    },

    async add(accountId, { session, operationId: id, credential, locale }) {
      const info = await made(contextOf(session, id), credential);
      if (info === undefined) return "refused";
      return database.transaction(async (sql) => {
        // Whoever adds another at the same time comes before or after, and not between.
        await holdAccount(sql, accountId);
        const confirmed = await allowance(sql, accountId, id);
        if (confirmed === undefined) return "unchanged";
        const own = await passkeysOf(sql, accountId);
        if (own.length >= MAX_PASSKEYS) return "full";
        if (!(await ports.spend(sql, confirmed.id))) return "unchanged";
        const row = {
          id: randomId(ports.random),
          account_id: accountId,
          credential_id: info.credential.id,
          public_key: Buffer.from(info.credential.publicKey).toString("base64url"),
          counter: info.credential.counter,
          kind: info.credentialDeviceType === "multiDevice" ? ("multi-device" as const) : ("single-device" as const),
          name: messagesFor(locale).passkey.unnamed(own.length + 1),
          confirmation_id: confirmed.id,
          created_at: clock(),
        };
        // It is somebody's already: no authenticator makes the same twice.
        if (!(await insertPasskey(sql, row))) return "refused";
        const detail = { passkey: row.id, confirmation: confirmed.id };
        await ports.audit.append(sql, { type: "passkey.added", accountId, detail });
        await tell(sql, accountId, row);
        return "added";
      });
    },

    remove: (accountId, id) => database.transaction((sql) => removal.one(sql, accountId, id)),
  };
}
