import { aliceAt, asked as askedCertificate, ecRequest, issued } from "../certificate/support.ts";
import { waiting } from "../contact/support.ts";
import { allowed, confirmBy } from "../device/own-support.ts";
import { added } from "../passkey/support.ts";
import { made } from "../recovery/support.ts";
import type { OnlinePhone } from "../support/online-phone.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { PROGRAM, stored } from "../support/stored-keys.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";
import { set as setTillCode } from "../till-code/support.ts";
import { press } from "./support.ts";

export const DATA = "/account/data";
/** Who is told when a session ends, in vain: nobody listens there. */
const LISTENING = { ...LIBRARY, backchannel_logout_uri: "http://localhost:9/library/logout" };

/** Alice with something of every kind that an account can have; codes and sums that live for minutes are put into their tables. */
export async function full(options: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld({ clients: [SHOP, LISTENING, PROGRAM], ...options });
  const { visitor, phone } = await aliceAt(world);
  const wish = { scope: "openid email wmid offline_access", prompt: "consent" };
  const library = await signIn(world, { visitor: createVisitor(world.issuer), client: LISTENING, parameters: wish });
  const tokens = await library.tokens();
  await press(visitor, "on operation");
  await visitor.post("/account/notifications", "action=off+certificate-expiring");
  const { serial } = await issued(world, { visitor, phone });
  await askedCertificate(visitor, ecRequest().pem);
  await added(world, { visitor, phone });
  await setTillCode(world, { visitor, phone });
  const codes = await made(world, visitor, phone);
  await waiting(world, visitor, "email");
  await stored(world);
  await allowed(world, visitor, phone);
  const { id } = await idOf(world);
  await inTheirTables(world, id);
  return {
    world,
    visitor,
    phone,
    id,
    serial,
    codes,
    tokens,
    library,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

export async function idOf(world: World, email = ALICE): Promise<{ id: string }> {
  const row = await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [email]);
  if (row === undefined) throw new Error(`there is no account ${email}`);
  return row;
}

async function inTheirTables({ database, now }: World, id: string): Promise<void> {
  const until = now() + 3_600_000;
  await database.rows("INSERT INTO guard (account_id, expires_at) VALUES (?, ?)", [id, until]);
  await database.rows(
    "INSERT INTO policy_spent (id, account_id, whole, fraction, expires_at) VALUES (?, ?, 10, 50000000, ?)",
    [`${id} WMZ day 2026-11-25 large sums`, id, until],
  );
  await database.rows(
    `INSERT INTO recovery_wait (id, account_id, way, status, stop_digest, created_at, due_at, lapses_at, next_at, ended_at)
     VALUES ('former', ?, 'contacts', 'stopped', 'a-digest-of-another-link', ?, ?, ?, ?, ?)`,
    [id, now(), until, until, until, now()],
  );
  await database.rows(
    `INSERT INTO recovery_case (id, code_digest, kind, value, account_id, status, created_at, expires_at)
     VALUES ('former', 'a-digest-of-a-case', 'email', ?, ?, 'refused', ?, ?)`,
    [ALICE, id, now(), until],
  );
  await database.rows(
    `INSERT INTO account_deletion (id, account_id, asked_by, status, stop_digest, asked_at, due_at, ended_at)
     VALUES ('former', ?, 'account', 'stopped', 'a-digest-of-a-former-link', ?, ?, ?)`,
    [id, now(), until, now()],
  );
  await database.rows(
    "INSERT INTO email_proof (context, subject, account_id, code_tries, codes_sent, code_expires_at, expires_at) VALUES ('one', ?, ?, 0, 1, ?, ?)",
    [id, id, until, until],
  );
  await database.rows(
    `INSERT INTO sms_code (context, subject, account_id, counter, purpose, status, sent, code_digest, tries, wrong, message_id, sent_at,
       code_expires_at, expires_at) VALUES ('one', ?, ?, ?, 'login', 'open', 1, 'a-digest-of-nothing', 0, 0, 'none', ?, ?, ?)`,
    [id, id, `unknown:${id}`, now(), until, until],
  );
}

/** As far as the page that gives the file, confirmed by the phone. */
export async function ready(world: World, visitor: Visitor, phone: OnlinePhone): Promise<Page> {
  return confirmBy(world, visitor, await visitor.submit(await visitor.open(DATA), "download"), phone);
}

/** Every table but those of the migrations, with its columns. */
export async function tablesOf({ database }: World): Promise<Map<string, string[]>> {
  const rows = await database.rows<{ table_name: string; column_name: string }>(
    database.engine === "sqlite"
      ? `SELECT tables.name AS table_name, columns.name AS column_name
         FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`
      : "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
  );
  const ours = rows.filter(({ table_name: name }) => !/^(sqlite_|migration)/.test(name));
  const tables = Map.groupBy(ours, ({ table_name: name }) => name);
  return new Map([...tables].map(([name, columns]) => [name, columns.map((column) => column.column_name)]));
}
