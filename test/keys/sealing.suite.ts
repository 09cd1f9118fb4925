import { randomBytes } from "node:crypto";
import { refreshTokenGrant } from "openid-client";
import { describe, expect, inject, test } from "vitest";
import { SEALED_COLUMNS } from "../../src/app/sealed-columns.ts";
import { sealUnder } from "../../src/cli/seal.ts";
import { MINUTE } from "../../src/clock.ts";
import type { Database, Engine, Sql } from "../../src/database/database.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { sealAgain, tallySealed } from "../../src/keys/sealing.ts";
import { createSealer, masterKeyId, placeIn, type SealedColumn } from "../../src/secrecy.ts";
import { full, tablesOf } from "../account/full.ts";
import { freshDatabase } from "../support/databases.ts";
import { createRelyingParty, type SignIn } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { anEnvelope, confirmed, keysPath, present } from "../support/stored-keys.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const random = { bytes: (length: number) => randomBytes(length) };
/** What the worlds are sealed under. */
const oldKey = () => Buffer.from(inject("masterKey"), "hex");
const NEW = randomBytes(32);
/** No server has written for so long. */
const later = () => Date.now() + 2 * MINUTE;
/** An account with something of every kind takes its time to make, on a busy machine. */
const PATIENCE = 90_000;

const ringOf = (): [string, string] => [masterKeyId(NEW), masterKeyId(oldKey())];
const bothSealer = () => createSealer([NEW, oldKey()], random);
const oldSealer = () => createSealer([oldKey()], random);

function ports(sql: Sql, unopened: (column: SealedColumn, row: string) => void = () => undefined) {
  return { sql, sealer: bothSealer(), columns: SEALED_COLUMNS, ring: ringOf(), unopened };
}

const unopened = (line: string) => {
  throw new Error(line);
};

/** Does something before each statement that seals again. */
function beforeWrites(database: Database, work: (turn: number) => Promise<void>): Sql {
  let turn = 0;
  return {
    ...database,
    async rows(statement, bindings) {
      if (/^\s*UPDATE/.test(statement)) {
        turn += 1;
        await work(turn);
      }
      return database.rows(statement, bindings);
    },
  };
}

async function message(database: Database, id: string, sealed: string): Promise<void> {
  await database.rows(
    `INSERT INTO message (id, channel, recipient, content_sealed, status, attempts, next_at, created_at)
     VALUES (?, 'mail', 'alice@example.com', ?, 'waiting', 0, 0, 0)`,
    [id, sealed],
  );
}

const contentsColumn = SEALED_COLUMNS.find(({ table }) => table === "message");
if (contentsColumn === undefined) throw new Error("messages are sealed");
const contents = contentsColumn;

async function messages(database: Database, count: number): Promise<void> {
  const sealer = oldSealer();
  for (let index = 0; index < count; index += 1)
    await message(database, `m${index}`, sealer.seal(`text ${index}`, placeIn(contents, `m${index}`)));
}

const contentOf = async (database: Database, id: string): Promise<string> =>
  (await database.first<{ content_sealed: string }>("SELECT content_sealed FROM message WHERE id = ?", [id]))
    ?.content_sealed ?? "";

/** As far as the check number. */
async function begun(world: World, visitor: Visitor): Promise<{ attempt: SignIn; page: Page }> {
  const party = await createRelyingParty(world.issuer, SHOP, await world.discovered());
  const attempt = await party.begin({});
  const page = await visitor.submit(await visitor.open(attempt.address), "next", { identifier: ALICE });
  return { attempt, page };
}

/** Of every column of text, whatever its name: where something lies that a master key has sealed. */
async function placesWithSeals(world: World): Promise<{ place: string; text: string }[]> {
  const found: { place: string; text: string }[] = [];
  for (const [table, columns] of await tablesOf(world))
    for (const column of columns) {
      const statement = `SELECT CAST(${column} AS TEXT) AS text FROM ${table} WHERE CAST(${column} AS TEXT) LIKE '%1.________.%'`;
      for (const { text } of await world.database.rows<{ text: string }>(statement))
        if (/(^|[^\w-])1\.[\w-]{8}\.[\w-]{54,}/.test(text)) found.push({ place: `${table}.${column}`, text });
    }
  return found;
}

/** What an account has for a moment only, put where it would lie. */
async function shortLived(world: World): Promise<void> {
  const { database, sealer } = world;
  const device = await database.first<{ id: string; account_id: string }>(
    "SELECT id, account_id FROM device WHERE status = 'active'",
  );
  for (const column of SEALED_COLUMNS.filter(({ table, column: name }) => table === "device" && name !== "pad_sealed"))
    await database.rows(`UPDATE device SET ${column.column} = ? WHERE id = ?`, [
      sealer.seal("{}", placeIn(column, device?.account_id ?? "", device?.id ?? "")),
      device?.id ?? "",
    ]);
  const [details, pings, codes] = ["challenge", "ciba_ping", "enrolment"].map((name) =>
    SEALED_COLUMNS.find(({ table }) => table === name),
  );
  if (details === undefined || pings === undefined || codes === undefined) throw new Error("these are sealed");
  const one = await database.first<{ id: string }>("SELECT id FROM challenge LIMIT 1");
  await database.rows("UPDATE challenge SET details_sealed = ? WHERE id = ?", [
    sealer.seal("{}", placeIn(details, one?.id ?? "")),
    one?.id ?? "",
  ]);
  await database.rows(
    `INSERT INTO ciba_ping (id, client_id, request_sealed, status, attempts, next_at, expires_at)
     VALUES ('p', 'shop', ?, 'sent', 1, 0, ?)`,
    [sealer.seal("request", placeIn(pings, "p")), later()],
  );
  await database.rows(
    `INSERT INTO enrolment (id, browser_digest, account_id, code_digest, code_sealed, status, created_at, code_expires_at, expires_at)
     VALUES ('e', 'b', ?, 'c', ?, 'waiting', 0, 0, ?)`,
    [device?.account_id ?? "", sealer.seal("code", placeIn(codes, "e")), later()],
  );
  await message(database, "m", sealer.seal("text", placeIn(contents, "m")));
}

export function describeSealing(engine: Engine): void {
  describe(`sealing everything again on ${engine}`, { timeout: PATIENCE }, () => {
    test("finds every place there is, and afterwards the new master key alone does for all", async () => {
      await using on = await full({ engine });
      const { world } = on;
      await shortLived(world);
      const listed = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort();
      const named = [...(await tablesOf(world))].flatMap(([table, columns]) =>
        columns.filter((column) => column.endsWith("_sealed")).map((column) => `${table}.${column}`),
      );
      expect(named.sort()).toEqual(listed);
      const before = await placesWithSeals(world);
      expect([...new Set(before.map(({ place }) => place))].sort()).toEqual(listed);
      const old = await loadKeys({ database: world.database, sealer: world.sealer, clock: Date.now, random });

      const told = await sealUnder(world.database, [NEW, oldKey()], { clock: later, unopened });
      expect(told.faults).toEqual([]);
      expect(told.lines.join("\n")).toContain(`Everything is sealed under ${masterKeyId(NEW)}.`);
      const after = await placesWithSeals(world);
      expect(after).toHaveLength(before.length);
      expect(after.filter(({ text }) => !text.startsWith(`1.${masterKeyId(NEW)}.`))).toEqual([]);
      for (const column of SEALED_COLUMNS) {
        const sealer = createSealer([NEW], random);
        const rows = await world.database.rows<Record<string, string>>(
          `SELECT * FROM ${column.table} WHERE ${column.column} <> ''`,
        );
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows)
          sealer.open(row[column.column] ?? "", placeIn(column, ...column.row.map((name) => row[name] ?? "")));
      }

      await world.database.rows("UPDATE device SET push_sealed = NULL, next_pad_sealed = NULL");
      await world.restart({}, [NEW]);
      expect(await loadKeys({ database: world.database, sealer: world.sealer, clock: Date.now, random })).toEqual(old);
      const { access_token: token } = await (await signIn(world)).tokens();
      expect(token).not.toBe("");
      expect((await on.visitor.open("/account")).title).not.toContain("Sign in");
      const refreshed = await refreshTokenGrant(on.library.party.config, on.tokens.refresh_token ?? "");
      expect(refreshed.access_token).not.toBe("");
      const path = `${keysPath()}/retrieve`;
      const kept = await present(world, await confirmed(world, "retrieve"), { method: "POST", path });
      expect([kept.status, Buffer.from(kept.bytes)]).toEqual([200, Buffer.from(anEnvelope())]);
    });

    test("is done while people sign in, and keeps nobody who was on the way", async () => {
      await using world = await createWorld({ engine });
      const waiting = createVisitor(world.issuer);
      const { attempt, page } = await begun(world, waiting);
      await world.restart({}, [NEW, oldKey()]);
      world.pass(2 * MINUTE);
      const [told, ...signedIn] = await Promise.all([
        sealUnder(world.database, [NEW, oldKey()], { clock: Date.now, unopened }),
        ...Array.from({ length: 4 }, async () => (await signIn(world)).tokens()),
      ]);
      expect([told.faults, signedIn.length]).toEqual([[], 4]);
      await world.restart({}, [NEW]);
      const back = await waiting.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
      expect((await attempt.finish(back.url)).access_token).not.toBe("");
    });

    test("leaves what a server has written meanwhile, and seals that again as well", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      await messages(database, 3);
      const newer = oldSealer().seal("newer", placeIn(contents, "m1"));
      const sql = beforeWrites(database, async (turn) => {
        if (turn > 1) return;
        await database.rows("UPDATE message SET content_sealed = ? WHERE id = 'm1'", [newer]);
        await database.rows("UPDATE message SET content_sealed = NULL WHERE id = 'm2'");
      });
      expect(await sealAgain(ports(sql))).toMatchObject({ sealed: 2, unopened: 0 });
      const sealed = await contentOf(database, "m1");
      expect(createSealer([NEW], random).open(sealed, placeIn(contents, "m1")).toString()).toBe("newer");
      expect(await contentOf(database, "m2")).toBe("");
    });

    test("says that a server still seals under the old key, before it begins and after a server went on", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      await messages(database, 1);
      await database.rows("UPDATE message SET created_at = ?", [Date.now() - 10_000]);
      const early = await sealUnder(database, [NEW, oldKey()], { clock: Date.now, unopened });
      expect(early.faults.join("\n")).toMatch(/sealed something under another key than .{8} 1\d seconds ago/);
      expect([...(await tallySealed(ports(database)))]).toEqual([[masterKeyId(oldKey()), 1]]);

      await database.rows("UPDATE message SET created_at = 0");
      const goesOn = beforeWrites(database, async (turn) => {
        // Behind what was read already.
        const id = `a${99 - turn}`;
        await message(database, id, oldSealer().seal("text", placeIn(contents, id)));
      });
      await message(database, "plain", "words in clear");
      const told = await sealUnder({ ...database, ...goesOn }, [NEW, oldKey()], {
        clock: later,
        unopened: () => undefined,
      });
      expect(told.faults[0]).toContain("Values that no given key opens: 1.");
      expect(told.faults[1]).toContain("A server still seals under another key. Start all servers");
      expect(told.lines.join("\n")).not.toContain("Everything is sealed");
    });

    test("goes on after it was broken off, and writes nothing a second time", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      await messages(database, 120);
      const dies = beforeWrites(database, async (turn) => {
        if (turn === 2) throw new Error("killed");
      });
      await expect(sealAgain(ports(dies))).rejects.toThrow("killed");
      const [first, old] = ringOf();
      expect(Object.fromEntries(await tallySealed(ports(database)))).toEqual({ [first]: 50, [old]: 70 });
      expect(await sealAgain(ports(database))).toMatchObject({ sealed: 70, unopened: 0 });
      const all = await database.rows<{ content_sealed: string }>("SELECT id, content_sealed FROM message ORDER BY id");
      expect(await sealAgain(ports(database))).toMatchObject({ sealed: 0, tally: new Map([[first, 120]]) });
      expect(await database.rows("SELECT id, content_sealed FROM message ORDER BY id")).toEqual(all);
    });

    test("names what no key opens by table and row, never by what it holds, seals all else, and keeps who did what", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      await messages(database, 60);
      const stranger = randomBytes(32);
      await message(database, "foreign", createSealer([stranger], random).seal("x", placeIn(contents, "foreign")));
      await message(database, "moved", oldSealer().seal("x", placeIn(contents, "another")));
      await message(database, "plain", "words in clear");
      const said: string[] = [];
      const unopened = (line: string) => void said.push(line);
      const told = await sealUnder(database, [NEW, oldKey()], { clock: later, unopened });
      expect(said).toEqual(
        ["foreign", "moved", "plain"].map((id) => `message.content_sealed of ${id} cannot be opened.`),
      );
      expect(told.faults).toEqual(["Values that no given key opens: 3. They are named above and stay as they are."]);
      const [first, old] = ringOf();
      expect(told.lines).toEqual([
        `Sealed again under ${first}: 60.`,
        "Values by the master key that seals them:",
        `  ${first}    first      60`,
        `  ${old}    older      1`,
        ...told.lines.slice(-2),
      ]);
      expect(told.lines.slice(-2).sort()).toEqual(
        ["none    ", masterKeyId(stranger)].map((key) => `  ${key}    not given  1`).sort(),
      );
      expect(await contentOf(database, "plain")).toBe("words in clear");
      const events = await database.rows<{ type: string; detail: string }>(
        "SELECT type, detail FROM event ORDER BY at",
      );
      const left = { [old]: 1, none: 1, [masterKeyId(stranger)]: 1 };
      expect(events.map(({ type, detail }) => [type, JSON.parse(detail)])).toEqual([
        ["keys.sealing-begun", { under: first }],
        ["keys.sealed", { under: first, sealed: 60, unopened: 3, left }],
      ]);
    });
  });
}
