import { generateKeyPairSync, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { assert, assertionOf, PASSPORT } from "../support/asserting.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const NEW = "401234567890";
const CLIENTS = [PASSPORT, SHOP];
const PROBLEM = "urn:e-num:problem:";

async function subOf(world: World, email = ALICE): Promise<string> {
  const row = await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [email]);
  return row?.id ?? expect.fail();
}

const wmidsOf = async (world: World, email = ALICE) =>
  (
    await world.database.rows<{ wmid: string }>("SELECT wmid FROM account_wmid WHERE account_id = ? ORDER BY wmid", [
      await subOf(world, email),
    ])
  ).map(({ wmid }) => wmid);

describe("section 14: a WMID that is asserted", () => {
  test("joins the account of sub, as that client knows it from a sign-in, and its owner is told by whom", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const { tokens } = await signIn(world, { client: PASSPORT, parameters: { scope: "openid" } });
    const sub = (await tokens()).claims()?.sub ?? "";
    expect(await assert(world, assertionOf(world, { sub, wmid: NEW }))).toMatchObject({
      status: 201,
      body: { sub, wmid: NEW, status: "added" },
    });
    expect(await wmidsOf(world)).toEqual(["301234567890", NEW]);
    const { subject, text } = await world.message(ALICE);
    expect(subject).toContain("WMID 4012 3456 7890 was added");
    expect(text).toContain("WM Passport");
    expect(
      await world.database.rows("SELECT account_id, client_id, detail FROM event WHERE type = 'wmid.added'"),
    ).toEqual([{ account_id: sub, client_id: "passport", detail: JSON.stringify({ wmid: NEW, by: "site" }) }]);
  });

  test("is good as an identifier from then on", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    await assert(world, assertionOf(world, { sub: await subOf(world), wmid: NEW }));
    const { back } = await signIn(world, { email: ALICE, parameters: { login_hint: NEW } });
    expect(back.url).toContain("code=");
  });

  test("said again in another assertion changes nothing, and tells nobody anew", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const sub = await subOf(world);
    await assert(world, assertionOf(world, { sub, wmid: NEW }));
    expect(await assert(world, assertionOf(world, { sub, wmid: NEW }))).toMatchObject({
      status: 200,
      body: { status: "there" },
    });
    expect(await world.messages()).toHaveLength(1);
  });

  test("of somebody else's account is refused without saying whose", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const sub = await subOf(world, "bob@example.com");
    const answer = await assert(world, assertionOf(world, { sub, wmid: "301234567890" }));
    expect(answer).toMatchObject({ status: 409, body: { type: `${PROBLEM}wmid-taken` } });
    expect(JSON.stringify(answer.body)).not.toContain(await subOf(world));
    expect(await world.messages()).toEqual([]);
  });

  test("sent sixteen times at once is taken once", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const jwt = assertionOf(world, { sub: await subOf(world), wmid: NEW });
    const statuses = (await Promise.all(Array.from({ length: 16 }, () => assert(world, jwt)))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([201, ...Array.from({ length: 15 }, () => 409)]);
    expect(await world.messages()).toHaveLength(1);
    expect((await assert(world, jwt)).body["type"]).toBe(`${PROBLEM}already-used`);
  });

  test("by sixteen assertions for two accounts at once is one account's", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const subs = [await subOf(world), await subOf(world, "bob@example.com")];
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, nth) => assert(world, assertionOf(world, { sub: subs[nth % 2], wmid: NEW }))),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(201), count(200), count(409)]).toEqual([1, 7, 8]);
  });

  test("is refused where nobody who may has said it", async () => {
    await using world = await createWorld({
      clients: [...CLIENTS, { ...PASSPORT, client_id: "other", scope: "openid" }],
    });
    const right = { sub: await subOf(world), wmid: NEW };
    const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const [head = "", payload = ""] = assertionOf(world, right).split(".");
    for (const jwt of [
      assertionOf(world, right, { key: stranger }),
      assertionOf(world, { ...right, iss: "other" }),
      assertionOf(world, { ...right, iss: "shop" }),
      assertionOf(world, { ...right, iss: "nobody" }),
      assertionOf(world, { ...right, aud: "https://elsewhere.example.com" }),
      assertionOf(world, right, { header: { typ: "JWT" } }),
      assertionOf(world, right, { header: { alg: "HS256" } }),
      assertionOf(world, { ...right, exp: Math.floor(world.now() / 1000) - 60 }),
      `${head}.${payload}.`,
      "no JWT",
      "",
    ]) {
      const { status, body, headers } = await assert(world, jwt);
      expect([status, body["type"]]).toEqual([401, `${PROBLEM}invalid-client`]);
      expect(headers.get("www-authenticate")).toBe('JWT realm="wmid"');
    }
    expect(await wmidsOf(world)).toEqual(["301234567890"]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no sub", { sub: undefined }, "sub"],
    ["an empty sub", { sub: "" }, "sub"],
    ["a WMID that is none", { wmid: "40123456789" }, "wmid"],
    ["a WMID with hyphens", { wmid: "4012-3456-7890" }, "wmid"],
    ["a WMID that is a number", { wmid: 401234567890 }, "wmid"],
    ["no time", { iat: undefined }, "iat"],
    ["a time that is long ago", { iat: 1 }, "iat"],
    ["a time to come", { iat: 4_102_444_800 }, "iat"],
    ["no jti", { jti: undefined }, "jti"],
    ["a jti that is too long", { jti: "x".repeat(129) }, "jti"],
  ])("with %s says what is wrong", async (_what, claims, member) => {
    await using world = await createWorld({ clients: CLIENTS });
    const { status, body } = await assert(world, assertionOf(world, { sub: await subOf(world), wmid: NEW, ...claims }));
    expect([status, body["type"]]).toEqual([400, `${PROBLEM}invalid-request`]);
    expect(body["detail"]).toMatch(new RegExp(`^${member} `));
  });

  test("of an account that is not here is not found, whatever stands in sub", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    for (const sub of [randomUUID(), "decoy:alice", "\0", "x".repeat(5000)])
      expect((await assert(world, assertionOf(world, { sub, wmid: NEW }))).status).toBe(404);
  });

  test("is no form of a page, and nothing else than a JWT", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    const jwt = assertionOf(world, { sub: await subOf(world), wmid: NEW });
    const answer = await fetch(`${world.issuer}/wmid/v1/assertions`, {
      method: "POST",
      body: new URLSearchParams({ assertion: jwt }),
    });
    expect(answer.status).toBe(400);
    expect(await wmidsOf(world)).toEqual(["301234567890"]);
  });

  test("cannot be asked for: who does is told that the scope is in no token, and what to do instead", async () => {
    await using world = await createWorld({ clients: CLIENTS });
    for (const client of [PASSPORT, SHOP]) {
      const { back } = await signIn(world, { client, parameters: { scope: "openid wmid:assert" } });
      expect(Object.fromEntries(new URL(back.url).searchParams)).toMatchObject({
        error: "invalid_scope",
        error_description:
          "wmid:assert is in no token: leave it out; a service that has it posts assertions to /wmid/v1/assertions",
      });
    }
  });
});
