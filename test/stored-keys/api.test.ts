import { describe, expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { ALICE } from "../support/sign-in.ts";
import {
  type Asked,
  anEnvelope,
  ask,
  confirmed,
  digestHeader,
  ENVELOPES,
  keysPath,
  PROGRAM,
  present,
  putting,
  stored,
  WMID,
} from "../support/stored-keys.ts";
import { createWorld, type World } from "../support/world.ts";

const createStoring = (config = {}) => createWorld({ clients: [PROGRAM], config });
const OTHER = anEnvelope(WMID, 9);
const retrieve: Asked = { method: "POST", path: `${keysPath()}/retrieve` };

async function retrieved(world: World, path = retrieve.path) {
  return present(world, await confirmed(world, "retrieve"), { ...retrieve, path });
}

describe("keys", () => {
  test("are kept, replaced and retrieved, each time on a confirmation; each access is an event, and its owner hears of it", async () => {
    await using world = await createStoring();
    const first = await stored(world);
    expect([first.status, first.json]).toEqual([
      201,
      { wmid: WMID, version: 1, kept_at: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
    const tag = first.headers.get("etag") ?? "";
    expect((await world.message(ALICE)).text).toContain("3012 3456 7890 were put into E-num Storage");
    const second = await present(world, await confirmed(world, "change"), putting(OTHER, { "if-match": tag }));
    expect([second.status, second.json]).toMatchObject([200, { version: 2 }]);
    expect((await world.message(ALICE)).text).toContain("were replaced");
    const newest = await retrieved(world);
    expect(newest.status).toBe(200);
    expect(Buffer.from(newest.bytes).equals(OTHER)).toBe(true);
    expect(Object.fromEntries(newest.headers)).toMatchObject({
      "content-type": ENVELOPES,
      "content-digest": digestHeader(OTHER),
      etag: second.headers.get("etag"),
      "e-num-version": "2",
      "cache-control": "no-store",
      link: `<${retrieve.path}?version=1>; rel="predecessor-version"`,
    });
    const { subject, text } = await world.message(ALICE);
    expect([subject, text]).toEqual([
      "Keys of WMID 3012 3456 7890: E-num Storage",
      expect.stringContaining("asked for by Wallet program"),
    ]);
    const older = await retrieved(world, `${retrieve.path}?version=1`);
    expect(Buffer.from(older.bytes).equals(anEnvelope())).toBe(true);
    expect([older.headers.get("link"), older.headers.get("etag")]).toEqual([null, tag]);
    const told = { clientId: "program", wmid: WMID, confirmation: expect.any(String) };
    expect(await eventsOf(world, "storage.backed-up")).toEqual([{ ...told, version: 1 }]);
    expect(await eventsOf(world, "storage.changed")).toEqual([{ ...told, version: 2 }]);
    expect(await eventsOf(world, "storage.retrieved")).toEqual([
      { ...told, version: 2 },
      { ...told, version: 1 },
    ]);
  });

  test("are sealed once more where they are kept, each version in its own place", async () => {
    await using world = await createStoring();
    await stored(world);
    const [row] = await world.database.rows<{ envelope_sealed: string }>("SELECT * FROM key_file");
    expect(row?.envelope_sealed).toMatch(/^1\./);
    expect(Buffer.from(row?.envelope_sealed.split(".")[2] ?? "", "base64url").includes("ENKF")).toBe(false);
    await world.database.rows("UPDATE key_file SET id = 'another'");
    expect((await retrieved(world)).status).toBe(500);
    expect(await eventsOf(world, "storage.retrieved")).toEqual([]);
  });

  test("have five versions: the sixth takes the place of the first", async () => {
    await using world = await createStoring();
    let tag = (await stored(world)).headers.get("etag") ?? "";
    for (let version = 2; version <= 6; version += 1) {
      const envelope = putting(anEnvelope(WMID, version), { "if-match": tag });
      tag = (await present(world, await confirmed(world, "change"), envelope)).headers.get("etag") ?? "";
    }
    const gone = await retrieved(world, `${retrieve.path}?version=1`);
    expect([gone.status, gone.json]).toMatchObject([404, { detail: "version 1 is not kept" }]);
    const oldest = await retrieved(world, `${retrieve.path}?version=2`);
    expect([oldest.status, oldest.headers.get("link")]).toEqual([200, null]);
  });

  test("that are moved out can be retrieved for seven days more, or kept again, and then are gone", async () => {
    await using world = await createStoring();
    const tag = (await stored(world)).headers.get("etag") ?? "";
    const moved = await present(world, await confirmed(world, "move"), { method: "POST", path: `${keysPath()}/move` });
    expect(moved.status).toBe(200);
    expect(Buffer.from(moved.bytes).equals(anEnvelope())).toBe(true);
    const sunset = Date.parse(moved.headers.get("sunset") ?? "");
    expect(Math.abs(sunset - world.now() - 7 * DAY)).toBeLessThan(60_000);
    expect((await retrieved(world)).headers.get("sunset")).toBe(moved.headers.get("sunset"));
    const again = await present(world, await confirmed(world, "change"), putting(OTHER, { "if-match": tag }));
    expect(again.json).toMatchObject({ version: 2 });
    await present(world, await confirmed(world, "move"), { method: "POST", path: `${keysPath()}/move` });
    expect((await world.message(ALICE)).text).toContain("moved out of E-num Storage");
    world.pass(8 * DAY);
    expect((await retrieved(world)).status).toBe(404);
    await world.sweep();
    expect(await world.database.rows("SELECT id FROM key_file")).toEqual([]);
  });

  test("that were moved out and have ended are in nobody's way, before a sweep as well", async () => {
    await using world = await createStoring();
    await stored(world);
    await present(world, await confirmed(world, "move"), { method: "POST", path: `${keysPath()}/move` });
    world.pass(8 * DAY);
    expect((await stored(world, OTHER)).status).toBe(201);
    expect(await world.database.rows("SELECT version FROM key_file")).toEqual([{ version: 1 }]);
  });

  test("are deleted with all versions", async () => {
    await using world = await createStoring();
    await stored(world);
    const deleted = await present(world, await confirmed(world, "delete"), { method: "DELETE", path: keysPath() });
    expect([deleted.status, deleted.bytes.length]).toEqual([204, 0]);
    expect(await world.database.rows("SELECT id FROM key_file")).toEqual([]);
    expect((await world.message(ALICE)).text).toContain("were deleted from E-num Storage");
    expect((await retrieved(world)).status).toBe(404);
  });
});

describe("one account keeps", () => {
  const SECOND = "301234567891";
  const backUp = async (world: World, wmid: string) =>
    present(
      world,
      await confirmed(world, "back_up", { wmid }),
      putting(anEnvelope(wmid), { "if-none-match": "*" }, wmid),
    );
  const withTwo = async (config = {}) => {
    const world = await createStoring(config);
    await world.database.rows(
      `INSERT INTO account_wmid (wmid, account_id, created_at) SELECT '${SECOND}', account_id, 0 FROM account_wmid WHERE wmid = '${WMID}'`,
    );
    return world;
  };

  test("the keys of one WMID, and a second one's when the first are moved out; which are not kept again beside them", async () => {
    await using world = await withTwo();
    const tag = (await stored(world)).headers.get("etag") ?? "";
    const full = await backUp(world, SECOND);
    expect([full.status, full.json]).toMatchObject([409, { type: "urn:e-num:problem:no-room" }]);
    await present(world, await confirmed(world, "move"), { method: "POST", path: `${keysPath()}/move` });
    expect((await backUp(world, SECOND)).status).toBe(201);
    const back = await present(world, await confirmed(world, "change"), putting(OTHER, { "if-match": tag }));
    expect(back.status).toBe(409);
  });

  test("as many as the operator allows", async () => {
    await using world = await withTwo({ storedWmids: 2 });
    expect((await stored(world)).status).toBe(201);
    expect((await backUp(world, SECOND)).status).toBe(201);
  });

  test("no keys that another account keeps", async () => {
    await using world = await createStoring();
    await stored(world);
    await world.database.rows(
      "UPDATE kept_keys SET account_id = (SELECT id FROM account WHERE email = 'bob@example.com')",
    );
    const taken = await stored(world, OTHER);
    expect([taken.status, taken.json]).toMatchObject([
      409,
      { detail: "the keys of this WMID are kept in another account" },
    ]);
    expect((await retrieved(world)).status).toBe(404);
  });
});

describe("a request is refused, and its confirmation is not spent,", () => {
  const CASES: [string, number, string, (put: Asked) => Asked][] = [
    ["with another type", 400, "send application/vnd.e-num.keys", headers({ "content-type": "text/plain" })],
    ["without a digest", 400, "send Content-Digest with sha-256 (RFC 9530)", headers({ "content-digest": "" })],
    [
      "with another body's digest",
      400,
      "the body is not what Content-Digest is of",
      headers({ "content-digest": digestHeader(OTHER) }),
    ],
    ["of another version", 400, "the body is no envelope of version 1", body((bytes) => bytes.writeUInt8(2, 4))],
    ["of another WMID", 400, "the envelope is another WMID's", body((bytes) => bytes.write("301234567891", 41))],
    [
      "that is cheap to guess",
      400,
      "Argon2id's memory, in KiB, must be from 19456 to 1048576",
      body((bytes) => bytes.writeUInt32BE(1024, 6)),
    ],
    [
      "with one pass",
      400,
      "Argon2id's number of passes must be from 2 to 32",
      body((bytes) => bytes.writeUInt16BE(1, 10)),
    ],
    ["without lanes", 400, "Argon2id's number of lanes must be from 1 to 16", body((bytes) => bytes.writeUInt8(0, 12))],
    ["with no salt", 400, "salt and nonce must be random", body((bytes) => bytes.fill(0, 13, 41))],
    ["that is too short", 400, "the body is shorter than an envelope with a key file in it", sized(69)],
    ["that is too large", 413, "an envelope has at most 8192 bytes", sized(8193)],
    ["that is far too large", 413, "at most 16384 bytes", sized(20_000)],
    [
      "that names a version which is not kept",
      412,
      "nothing is kept yet: If-None-Match: *",
      headers({ "if-none-match": "", "if-match": '"1.x"' }),
    ],
  ];

  test("where it is a file", async () => {
    await using world = await createStoring();
    const [first, change] = [await confirmed(world, "back_up"), await confirmed(world, "change")];
    for (const [title, status, detail, spoil] of CASES) {
      const refused = await present(
        world,
        status === 412 ? change : first,
        spoil(putting(anEnvelope(), { "if-none-match": "*" })),
      );
      expect([title, refused.status, refused.json["detail"]]).toEqual([title, status, detail]);
    }
    expect((await present(world, first, putting(anEnvelope(), { "if-none-match": "*" }))).status).toBe(201);
  });

  test("where it does not say which version it means, or another", async () => {
    await using world = await createStoring();
    const nothing = await ask(world, putting(anEnvelope(), {}));
    expect([nothing.status, nothing.json]).toMatchObject([428, { type: "urn:e-num:problem:precondition-needed" }]);
    for (const unclear of [{ "if-none-match": '"1"' }, { "if-none-match": "*", "if-match": "*" }] as Record<
      string,
      string
    >[])
      expect((await ask(world, putting(anEnvelope(), unclear))).status).toBe(400);
    const tag = (await stored(world)).headers.get("etag") ?? "";
    const there = await stored(world, OTHER);
    expect([there.status, there.json]).toMatchObject([412, { detail: `what is kept is ${tag}` }]);
    const change = await confirmed(world, "change");
    expect((await present(world, change, putting(OTHER, { "if-match": '"2.other"' }))).status).toBe(412);
    expect((await present(world, change, putting(OTHER, { "if-match": `"2.other", ${tag}` }))).status).toBe(200);
    const reading = await confirmed(world, "retrieve");
    const stale = { ...retrieve, headers: { "if-match": tag } };
    expect((await present(world, reading, stale)).status).toBe(412);
    expect((await ask(world, { ...retrieve, path: `${retrieve.path}?version=0` })).status).toBe(400);
    expect((await present(world, reading, retrieve)).status).toBe(200);
  });

  test("where there is no such WMID", async () => {
    await using world = await createStoring();
    for (const wmid of ["30123456789", "3012-3456-7890", "abc"]) {
      const nowhere = await ask(world, putting(anEnvelope(), { "if-none-match": "*" }, wmid));
      expect([nowhere.status, nowhere.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
  });
});

function headers(more: Record<string, string>) {
  return (put: Asked): Asked => ({
    ...put,
    headers: Object.fromEntries(Object.entries({ ...put.headers, ...more }).filter(([, value]) => value !== "")),
  });
}

function body(change: (bytes: Buffer) => unknown) {
  return ({ headers: given, ...put }: Asked): Asked => {
    const bytes = Buffer.from(anEnvelope());
    change(bytes);
    return { ...put, body: bytes, headers: { ...given, "content-digest": digestHeader(bytes) } };
  };
}

function sized(length: number) {
  return ({ headers: given, ...put }: Asked): Asked => {
    const bytes = Buffer.alloc(length, anEnvelope());
    return { ...put, body: bytes, headers: { ...given, "content-digest": digestHeader(bytes) } };
  };
}
