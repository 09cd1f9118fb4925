/** The operator's verbs about people's certificates: what an account has, and the end of one. */
import { randomBytes } from "node:crypto";
import { createAccounts } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import { createAudit } from "../audit/audit.ts";
import { forgetBrowsers } from "../authentication/browsers.ts";
import { createRevocation, type Revocation } from "../certificate/revocation.ts";
import { type CertificateRow, certificateBySerial, certificatesOf } from "../certificate/store.ts";
import type { Reason } from "../certificate/x509.ts";
import type { Database, Sql } from "../database/database.ts";
import { loadKeys } from "../keys/keys.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { CERTIFICATE } from "../provider/assurance.ts";
import type { Sessions } from "../provider/sessions.ts";
import { createDigester, createSealer } from "../secrecy.ts";
import { type Settled, settled } from "../settled.ts";
import { operatorNotices } from "./notices.ts";
import { operatorSessions } from "./sessions.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

const REASONS: readonly Reason[] = ["unspecified", "key-compromise", "superseded", "no-longer-used"];

export function certificateVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "certificates",
      words: "list <account> | revoke <serial number> [<reason>]",
      what: "lists an account's client certificates, or revokes one with the sessions that certificates of the account have opened, which its owner is told; an account by e-mail, WMID, phone or id",
      run: (words) => certificates(tools, words),
    },
  ];
}

function certificates(tools: Tools, [what, named, why, ...more]: readonly string[]): Promise<void> | undefined {
  if (named === undefined || more.length > 0) return undefined;
  if (what === "list" && why === undefined) return list(tools, named);
  if (what !== "revoke") return undefined;
  const reason = REASONS.find((one) => one === (why ?? "unspecified"));
  return reason === undefined ? unknownReason() : revoke(tools, named, reason);
}

async function unknownReason(): Promise<void> {
  fail(`A reason is one of ${REASONS.join(", ")}.`);
}

function list(tools: Tools, named: string): Promise<void> {
  return tools.withDatabase(async (database) => {
    const account = await createAccounts({ clock: Date.now, random }).named(database, named);
    if (account === undefined) return fail(`There is no account ${parseIdentifier(named)?.value ?? named}.`);
    const rows = await certificatesOf(database, account.id, 0);
    if (rows.length === 0) console.log(`${account.email} has no certificate.`);
    for (const row of rows) console.log(described(row));
  });
}

function described({
  serial,
  wmid,
  kind,
  expires_at: expiresAt,
  revoked_at: at,
  revoked_by: by,
  reason,
}: CertificateRow) {
  const time = (millis: number) => new Date(millis).toISOString();
  const state = at === null ? `valid until ${time(expiresAt)}` : `revoked ${time(at)} by ${by} (${reason})`;
  return [serial.toUpperCase(), wmid, kind.padEnd(8), state].join("  ");
}

/** As people copy one: from a page by four, from openssl with colons, in capital or small letters. */
function revoke(tools: Tools, typed: string, reason: Reason): Promise<void> {
  const serial = typed.replace(/[\s:]/g, "").toLowerCase();
  return tools.withDatabase(async (database) => {
    const { config, clients } = tools.settings();
    const kernel = { database, clock: Date.now, random };
    const sealer = createSealer(await readMasterKeys({ ...kernel, source: config.masterKey }), random);
    const digest = createDigester((await loadKeys({ ...kernel, sealer })).digest);
    const notices = operatorNotices({ ...kernel, sealer, digest }, config);
    const revocation = createRevocation({ ...kernel, audit: createAudit(kernel), notices, forgetBrowsers });
    const sessions = await operatorSessions({ ...kernel, sealer, digest, clients });
    const done = await revokeAsOperator({ database, revocation, sessions, settled }, serial, reason);
    if (done === undefined)
      return fail(`There is no certificate ${typed} that could be revoked: see enum-id certificates list.`);
    console.log(
      `The certificate ${serial.toUpperCase()} is revoked. The server tells its owner, and sites by its list.`,
    );
    console.log(
      `Sessions by certificates of its account that were ended: ${done.sessions}. Sites that the server tells: ${done.sites}.`,
    );
  });
}

/**
 * As its owner revokes one: sessions that certificates of the account have opened end with it, in its transaction, and once more a moment later,
 * when a request that was in flight has saved its own again. Undefined where there is none to revoke.
 */
export async function revokeAsOperator(
  ports: {
    database: Database;
    revocation: Pick<Revocation, "end">;
    sessions: Pick<Sessions, "endOpenedBy">;
    settled: Settled;
  },
  serial: string,
  reason: Reason,
): Promise<{ sessions: number; sites: number } | undefined> {
  const { database, revocation, sessions } = ports;
  const accountId = (await certificateBySerial(database, serial))?.account_id;
  if (accountId === undefined) return undefined;
  const end = (sql: Sql) => sessions.endOpenedBy(sql, accountId, "operator", CERTIFICATE);
  const first = await database.transaction(async (sql) =>
    (await revocation.end(sql, serial, "operator", reason)) ? end(sql) : undefined,
  );
  if (first === undefined) return undefined;
  await ports.settled();
  const second = await database.transaction(end);
  return { sessions: first.sessions + second.sessions, sites: first.sites + second.sites };
}

const random = { bytes: (length: number) => randomBytes(length) };
