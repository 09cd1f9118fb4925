import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { LEFT_OUT, PARTS } from "../../src/download/parts.ts";
import { eventsOf as readEvents } from "../../src/download/store.ts";
import { stage } from "../device/own-support.ts";
import { codeBlocks } from "../docs/markdown.ts";
import { ALICE } from "../support/sign-in.ts";
import { readText } from "../support/source.ts";
import type { Page } from "../support/visitor.ts";
import type { World } from "../support/world.ts";
import { DATA, full, idOf, ready, tablesOf } from "./full.ts";
import { eventsOf, toldOf } from "./support.ts";

type Entry = Record<string, unknown>;
type File = Record<string, unknown> & { account: Entry; events: Entry[] };

const fileOf = (page: Page): File => JSON.parse(page.html.toString());
const isList = (value: unknown): value is Entry[] => Array.isArray(value);
const listsOf = (file: File) =>
  Object.entries(file).flatMap(([name, value]) => (isList(value) ? [{ name, value }] : []));
/** Milliseconds: an account with something of every kind takes its time to make, on a busy machine with PostgreSQL. */
const PATIENCE = 90_000;
/** What `src/app/download.ts` adds to the parts. */
const ELSEWHERE = {
  sessions: ["oidc"],
  sites: ["oidc", "consent"],
  confirmations: ["confirmation"],
};

describe("the file of all that is kept", () => {
  test("is given once for one confirmation of the phone, as a file that no cache keeps, and its owner is told", async () => {
    await using on = await stage();
    const page = await ready(on.world, on.visitor, on.phone);
    expect(page.title).toContain("Save the file now?");
    const given = await on.visitor.submit(page, "save");
    expect(given.status).toBe(200);
    expect(given.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-disposition": 'attachment; filename="e-num-data.json"',
      "cache-control": "no-store",
    });
    expect(fileOf(given)).toMatchObject({
      format: "e-num-data",
      version: 1,
      issuer: on.world.issuer,
      account: { email: ALICE, phone: "+15555550101", locale: "en" },
      wmids: [{ wmid: "301234567890", added_at: expect.stringMatching(/^20.*Z$/) }],
    });
    expect((await on.world.message(ALICE)).subject).toBe("All data of your E-num account were saved as a file");
    expect(await eventsOf(on.world, "account.data-given")).toHaveLength(1);
    expect(toldOf(await on.visitor.submit(page, "save"))).toContain("Nothing was saved");
    expect(await eventsOf(on.world, "account.data-given")).toHaveLength(1);
  });

  test("is for whoever has the phone: a session alone, another's confirmation and an old one give none", async () => {
    await using on = await stage();
    const post = (operation: string) => on.visitor.post(`${DATA}/file`, `action=save&operation=${operation}`);
    for (const operation of ["", "download_data.AAAAAA", "a+b", "recovery_codes.AAAAAA"]) {
      expect(toldOf(await post(operation))).toContain("Nothing was saved");
      expect((await on.visitor.open(`${DATA}/file?operation=${operation}`)).url).toBe(`${on.world.issuer}${DATA}`);
    }
    const page = await ready(on.world, on.visitor, on.phone);
    on.world.pass(10 * MINUTE);
    expect(toldOf(await on.visitor.submit(page, "save"))).toContain("Nothing was saved");
    expect((await on.visitor.post(DATA, "action=other")).status).toBe(400);
    expect((await on.visitor.post(`${DATA}/file`, "action=other")).status).toBe(400);
  });

  test("is not given by a device that was removed since", async () => {
    await using on = await stage();
    const page = await ready(on.world, on.visitor, on.phone);
    await on.world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [on.phone.deviceId]);
    expect(toldOf(await on.visitor.submit(page, "save"))).toContain("Nothing was saved");
  });

  test("has something of every kind, in the form that docs/data.md shows, and no secret and no digest", {
    timeout: PATIENCE,
  }, async () => {
    await using on = await full();
    const text = (await on.visitor.submit(await ready(on.world, on.visitor, on.phone), "save")).html.toString();
    const file: File = JSON.parse(text);
    const lists = listsOf(file);
    expect(lists.filter(({ value }) => value.length === 0).map(({ name }) => name)).toEqual([]);
    const [example = "{}"] = codeBlocks(readText("docs/data.md"), "json");
    const shown: File = JSON.parse(example);
    expect(Object.keys(shown)).toEqual(Object.keys(file));
    const source = ["app/download.ts", "download/parts.ts", "download/store.ts"].map((path) => readText(`src/${path}`));
    for (const { name, value } of [...lists, { name: "account", value: [file.account] }]) {
      const members = [shown[name]].flat().flatMap((entry) => Object.keys(Object(entry)));
      const unknown = value.flatMap((entry) => Object.keys(entry)).filter((member) => !members.includes(member));
      expect({ name, unknown }).toEqual({ name, unknown: [] });
      for (const member of members) expect(source.join()).toMatch(new RegExp(`\\b${member}\\b`));
    }
    for (const secret of await secretsOf(on.world, on.codes)) expect(text).not.toContain(secret);
  });

  test("is read as it is sent: of ten thousand events never more than a page is in memory", async () => {
    await using on = await stage();
    const { id } = await idOf(on.world);
    const { database } = on.world;
    const batch = 500;
    for (let from = 0; from < 10_000; from += batch)
      await database.rows(
        `INSERT INTO event (id, type, account_id, detail, at) VALUES ${Array.from({ length: batch }, () => "(?, 'login.accepted', ?, '{}', ?)").join(", ")}`,
        // Three in each millisecond, so that the time alone does not order them.
        Array.from({ length: batch }, (_, place) => [
          `event-${from + place}`,
          id,
          Math.floor((from + place) / 3),
        ]).flat(),
      );
    let most = 0;
    let asked = 0;
    const counted = {
      ...database,
      async rows<Row>(statement: string, bindings?: readonly (string | number | null)[]) {
        const rows = await database.rows<Row>(statement, bindings);
        most = Math.max(most, rows.length);
        asked += 1;
        return rows;
      },
    };
    for await (const _event of readEvents(counted, id)) break;
    expect({ most, asked }).toEqual({ most: 200, asked: 1 });
    const file = fileOf(await on.visitor.submit(await ready(on.world, on.visitor, on.phone), "save"));
    const ids = new Set(file.events.map((event) => event["id"]));
    expect(ids.size).toBe(file.events.length);
    for (let place = 0; place < 10_000; place += 1) expect(ids.has(`event-${place}`)).toBe(true);
  });
});

test("every table is in the file or left out with a reason", async () => {
  await using on = await stage();
  const read = [...PARTS.flatMap((part) => part.of), ...Object.values(ELSEWHERE).flat(), "account"];
  const known = [...new Set([...read, ...Object.keys(LEFT_OUT)])];
  expect(known.sort()).toEqual([...(await tablesOf(on.world)).keys()].sort());
  expect(read.filter((table) => table in LEFT_OUT)).toEqual([]);
});

/** What lies in the tables as a digest or sealed, and what opens something. */
async function secretsOf(world: World, codes: readonly string[]): Promise<string[]> {
  const found: string[] = [...codes, ...codes.map((code) => code.replaceAll("-", ""))];
  for (const [table, columns] of await tablesOf(world)) {
    const secret = columns.filter((column) => /digest|sealed|^wrong_|^stop_|^digits$/.test(column));
    if (secret.length === 0) continue;
    const rows = await world.database.rows<Entry>(`SELECT ${secret.join(", ")} FROM ${table}`);
    found.push(...rows.flatMap((row) => Object.values(row).flatMap((value) => (value ? [String(value)] : []))));
  }
  expect(found.length).toBeGreaterThan(50);
  return found;
}
