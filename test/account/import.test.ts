import { randomBytes } from "node:crypto";
import { describe, expect, inject, test } from "vitest";
import { createAccounts } from "../../src/account/account.ts";
import { parseEmail, parsePhone } from "../../src/account/identifier.ts";
import { createImport, type ImportOutcome } from "../../src/account/import.ts";
import { createAudit } from "../../src/audit/audit.ts";
import type { Database } from "../../src/database/database.ts";
import { parseWmid } from "../../src/wmid.ts";
import { freshDatabase } from "../support/databases.ts";
import { prove } from "../support/newcomer.ts";
import { activate } from "../support/phone.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const engine = inject("engine");
const NOON = 1_795_392_000_000;
const random = { bytes: (length: number) => randomBytes(length) };
const HEADER = "email,phone,wmids,locale";
const DORA = "dora@example.com,+15555550199,401234567890 401234567891,ru";
const EMIL = "emil@example.com,+15555550198,,";

interface Wish {
  dryRun?: boolean;
  skipBad?: boolean;
}

async function run(
  database: Database,
  lines: readonly string[] | AsyncIterable<Uint8Array>,
  { dryRun = false, skipBad = false }: Wish = {},
): Promise<ImportOutcome & { problems: string[] }> {
  const kernel = { database, clock: () => NOON, random };
  const input = Array.isArray(lines) ? bytes(lines.map((line) => `${line}\n`)) : lines;
  const problems: string[] = [];
  const outcome = await createImport({ ...kernel, audit: createAudit(kernel) })({
    input: Symbol.asyncIterator in input ? input : bytes([]),
    locale: "en",
    dryRun,
    skipBad,
    onProblem: ({ line, member, reason }) => problems.push(`${line} ${member} ${reason}`),
  });
  return { ...outcome, problems };
}

async function* bytes(texts: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function* many(count: number, from = 0): Generator<string> {
  yield `${HEADER}\n`;
  for (let number = from; number < from + count; number += 1)
    yield `person${number}@example.com,+1555${1_000_000 + number},${100_000_000_000 + number},\n`;
}

async function everything(database: Database) {
  return {
    accounts: await database.rows("SELECT * FROM account ORDER BY email"),
    wmids: await database.rows("SELECT * FROM account_wmid ORDER BY wmid"),
    events: await database.rows("SELECT * FROM event ORDER BY id"),
  };
}

async function known(database: Database, email: string, phone: string, wmid?: string): Promise<string> {
  const accounts = createAccounts({ clock: () => NOON, random });
  const [parsedEmail, parsedPhone, parsedWmid] = [parseEmail(email), parsePhone(phone), parseWmid(wmid ?? "")];
  if (parsedEmail === undefined || parsedPhone === undefined) throw new Error("no such person");
  const made = await accounts.create(database, { email: parsedEmail, phone: parsedPhone, locale: "en" });
  if (made === undefined) throw new Error("the account is there already");
  if (parsedWmid !== undefined) await accounts.addWmid(database, made.id, parsedWmid);
  return made.id;
}

describe("an import", () => {
  test.each([
    ["CSV", [HEADER, DORA, EMIL]],
    [
      "JSON lines",
      [
        '{"email":"Dora@Example.com","phone":"+1 555 555-01-99","wmids":["401234567890","401234567891"],"locale":"ru"}',
        '{"email":"emil@example.com","phone":"+15555550198"}',
      ],
    ],
  ])("of %s makes the accounts that are in it, each marked as imported", async (_name, lines) => {
    await using fresh = await freshDatabase(engine);
    const { database } = fresh;
    expect(await run(database, lines)).toEqual({ created: 2, unchanged: 0, bad: 0, written: true, problems: [] });
    const accounts = createAccounts({ clock: () => NOON, random });
    const dora = await accounts.find(database, { kind: "wmid", value: parseWmid("401234567891") ?? fail() });
    expect(dora).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      email: "dora@example.com",
      phone: "+15555550199",
      locale: "ru",
      createdAt: NOON,
      updatedAt: NOON,
      importedAt: NOON,
      localeChosen: false,
    });
    expect(await accounts.wmids(database, dora?.id ?? "")).toEqual(["401234567890", "401234567891"]);
    const emil = await accounts.find(database, { kind: "email", value: parseEmail("emil@example.com") ?? fail() });
    expect(emil).toMatchObject({ phone: "+15555550198", locale: "en", importedAt: NOON });
  });

  test("leaves an event of each account and one of its end, in the transactions of the changes", async () => {
    await using fresh = await freshDatabase(engine);
    await run(fresh.database, [HEADER, DORA, EMIL, "nobody,,,"], { skipBad: true });
    const events = await fresh.database.rows<{ type: string; account_id: string | null; detail: string }>(
      "SELECT type, account_id, detail FROM event ORDER BY type, account_id",
    );
    const accounts = await fresh.database.rows<{ id: string }>("SELECT id FROM account ORDER BY id");
    expect(events.map(({ type, account_id }) => [type, account_id])).toEqual([
      ...accounts.map(({ id }) => ["account.imported", id]),
      ["import.ended", null],
    ]);
    const [first, second, last] = events.map(({ detail }) => JSON.parse(detail));
    expect(second).toEqual(first);
    expect(last).toEqual({ import: first.import, created: 2, unchanged: 0, leftOut: 1 });
  });

  test("run again changes nothing, and says so", async () => {
    await using fresh = await freshDatabase(engine);
    await run(fresh.database, [HEADER, DORA, EMIL]);
    const before = await everything(fresh.database);
    expect(await run(fresh.database, [HEADER, DORA, EMIL])).toEqual({
      created: 0,
      unchanged: 2,
      bad: 0,
      written: false,
      problems: [],
    });
    expect(await everything(fresh.database)).toEqual(before);
  });

  test("that is only tried writes nothing", async () => {
    await using fresh = await freshDatabase(engine);
    const before = await everything(fresh.database);
    expect(await run(fresh.database, [HEADER, DORA, "nobody,+15555550100,,"], { dryRun: true, skipBad: true })).toEqual(
      {
        created: 1,
        unchanged: 0,
        bad: 1,
        written: false,
        problems: ["3 email is not an e-mail address"],
      },
    );
    expect(await everything(fresh.database)).toEqual(before);
  });

  test("tells every bad line and writes nothing, unless bad lines are to be left out", async () => {
    await using fresh = await freshDatabase(engine);
    const lines = [HEADER, DORA, "", "nobody,12,,", "a@b.example,+15555550197,4,", `${EMIL},`];
    const problems = [
      "4 email is not an e-mail address",
      "4 phone is not a phone number: + and 7 to 15 digits",
      "5 wmids has one that is not 12 digits",
      "6 line has 5 values, and the header has 4",
    ];
    expect(await run(fresh.database, lines)).toEqual({ created: 1, unchanged: 0, bad: 3, written: false, problems });
    expect((await everything(fresh.database)).accounts).toEqual([]);
    expect(await run(fresh.database, lines, { skipBad: true })).toEqual({
      created: 1,
      unchanged: 0,
      bad: 3,
      written: true,
      problems,
    });
    expect((await everything(fresh.database)).accounts).toHaveLength(1);
  });

  test("names what a line repeats of a line before it", async () => {
    await using fresh = await freshDatabase(engine);
    const { problems, created, bad } = await run(fresh.database, [
      HEADER,
      DORA,
      DORA,
      "fay@example.com,+15555550199,,",
      "DORA@example.com,+15555550190,,",
      "gus@example.com,+15555550191,401234567892 401234567891,",
      "hal@example.com,+15555550192,401234567893 401234567893,",
    ]);
    expect(problems).toEqual([
      "3 email is that of line 2 as well",
      "3 phone is that of line 2 as well",
      "3 wmids has one that is in line 2 as well",
      "4 phone is that of line 2 as well",
      "5 email is that of line 2 as well",
      "6 wmids has one that is in line 2 as well",
    ]);
    expect([created, bad]).toEqual([2, 4]);
  });

  test("names what belongs to another account, and which", async () => {
    await using fresh = await freshDatabase(engine);
    const { database } = fresh;
    const alice = await known(database, "alice@example.com", "+15555550101", "301234567890");
    const bob = await known(database, "bob@example.com", "+15555550102");
    const { problems } = await run(database, [
      HEADER,
      "alice@example.com,+15555550102,,",
      "fay@example.com,+15555550193,301234567890,",
    ]);
    expect((await run(database, [HEADER, "bob@example.com,+15555550102,301234567890,"])).problems).toEqual([
      `2 wmids has one that belongs to another account, ${alice}`,
    ]);
    expect(problems).toEqual([
      `2 email belongs to another account, ${alice}`,
      `2 phone belongs to another account, ${bob}`,
      `3 wmids has one that belongs to another account, ${alice}`,
    ]);
  });

  test("adds nothing to an account that is there", async () => {
    await using fresh = await freshDatabase(engine);
    const alice = await known(fresh.database, "alice@example.com", "+15555550101", "301234567890");
    const before = await everything(fresh.database);
    const lines = [HEADER, "alice@example.com,+15555550101,301234567890 301234567899,"];
    expect((await run(fresh.database, lines, { skipBad: true })).problems).toEqual([
      `2 wmids has one that its account, ${alice}, lacks: an import changes no account`,
    ]);
    expect(await run(fresh.database, [HEADER, "alice@example.com,+15555550101,,ru"])).toMatchObject({ unchanged: 1 });
    expect(await everything(fresh.database)).toEqual(before);
  });

  test("refuses a file whose header cannot be used, and one that is not UTF-8", async () => {
    await using fresh = await freshDatabase(engine);
    expect((await run(fresh.database, ["email;tel", EMIL])).problems).toEqual([
      '1 line the header names a column "tel": the columns are email, phone, wmids, locale',
    ]);
    async function* windows1251() {
      yield Buffer.from(`${HEADER}\n`);
      yield Buffer.from([0xef, 0xf0, 0x40, 0x61, 0x2e, 0x72, 0x75, 0x0a]);
    }
    expect((await run(fresh.database, windows1251())).problems).toEqual(["2 line is not UTF-8"]);
    expect(await run(fresh.database, [])).toEqual({ created: 0, unchanged: 0, bad: 0, written: false, problems: [] });
  });

  test("of many lines that is broken off leaves whole accounts, and run again makes the rest", async () => {
    await using fresh = await freshDatabase(engine);
    const { database } = fresh;
    let transactions = 0;
    const breaking: Database = {
      ...database,
      transaction(work) {
        transactions += 1;
        if (transactions > 3) throw new Error("the plug was pulled");
        return database.transaction(work);
      },
    };
    await expect(run(breaking, bytes(many(1000)))).rejects.toThrow("the plug was pulled");
    const half = await everything(database);
    expect(half.accounts).toHaveLength(600);
    expect(half.wmids).toHaveLength(600);
    expect(half.events).toHaveLength(600);
    expect(await run(database, bytes(many(1000)))).toMatchObject({ created: 400, unchanged: 600, written: true });
    const whole = await everything(database);
    expect(whole.accounts).toHaveLength(1000);
    expect(whole.wmids).toHaveLength(1000);
  });

  test("goes on when somebody registers in the middle of it, and names the line then", async () => {
    await using fresh = await freshDatabase(engine);
    const { database } = fresh;
    let looks = 0;
    let owner = "";
    const raced: Database = {
      ...database,
      async transaction(work) {
        looks += 1;
        if (looks === 1) owner = await known(database, "person7@example.com", "+15555550101");
        return database.transaction(work);
      },
    };
    expect(await run(raced, bytes(many(300)))).toEqual({
      created: 299,
      unchanged: 0,
      bad: 1,
      written: true,
      problems: [`9 email belongs to another account, ${owner}`],
    });
  });

  test("of which two run at once makes each account once", async () => {
    await using fresh = await freshDatabase(engine);
    const { database } = fresh;
    const outcomes = await Promise.all([run(database, bytes(many(500))), run(database, bytes(many(500)))]);
    expect((await everything(database)).accounts).toHaveLength(500);
    expect(outcomes[0].created + outcomes[1].created).toBe(500);
    expect(outcomes.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

test("an imported person registers with the same e-mail and phone, and enrols a phone for that account", async () => {
  await using world = await createWorld();
  const dora = { email: "dora@example.com", phone: "+15555550199" };
  await run(world.database, [HEADER, DORA]);
  const enrolment = await prove(world, createVisitor(world.issuer), dora);
  await activate(world.issuer, dora.email, enrolment.activation);
  const accounts = await world.database.rows<{ imported_at: number | null; devices: number }>(
    `SELECT imported_at, (SELECT COUNT(*) FROM device WHERE account_id = account.id) AS devices
     FROM account WHERE email = 'dora@example.com'`,
  );
  expect(accounts).toEqual([{ imported_at: NOON, devices: 1 }]);
});

function fail(): never {
  throw new Error("it cannot be parsed");
}
