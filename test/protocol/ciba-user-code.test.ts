/** `user_code` of OpenID Connect CIBA Core, by clause; PROTOCOL 12. */
import { describe, expect, inject, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { placeOfRecord } from "../../src/provider/adapter.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { eventsOf } from "../account/support.ts";
import { freshDatabase } from "../support/databases.ts";
import { listening } from "../support/listening.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { type AskedBySite, askOnPhone, post, TILL } from "../support/till.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";
import { aliceAt, CODE, CODED, set } from "../till-code/support.ts";

const OTHER: ClientEntry = { ...CODED, client_id: "other", client_name: "Other till" };
const clients = [CODED, OTHER, TILL, SHOP];

/** Alice demands a code. */
async function demanding(world: World) {
  const alice = await aliceAt(world);
  await set(world, alice);
  return alice;
}

const shape = ({ status, body }: AskedBySite) => [status, body["error"] ?? Object.keys(body).sort()];

describe("section 4: registration and discovery", () => {
  test("discovery says that codes are taken", async () => {
    await using world = await createWorld();
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata.backchannel_user_code_parameter_supported).toBe(true);
  });
});

describe("section 7.1: a request with user_code", () => {
  test("of a person who demands one is on the phone with the right one, however it is written, and not without", async () => {
    await using world = await createWorld({ clients });
    const { phone } = await demanding(world);
    expect(shape(await askOnPhone(world, {}, CODED))).toEqual([400, "missing_user_code"]);
    expect((await phone.requests()).requests).toEqual([]);
    for (const user_code of [CODE, "BLUE42", "b-l-u-e 42"])
      expect((await askOnPhone(world, { user_code }, CODED)).status).toBe(200);
    expect((await phone.requests()).requests).toMatchObject([{ client: { id: "coded" } }]);
  });

  test("that is wrong is refused, recorded for the person, and asks nobody", async () => {
    await using world = await createWorld({ clients });
    const { phone, visitor } = await demanding(world);
    expect(shape(await askOnPhone(world, { user_code: "blue 43" }, CODED))).toEqual([400, "invalid_user_code"]);
    expect((await phone.requests()).requests).toEqual([]);
    expect(await eventsOf(world, "till-code.refused")).toEqual([{ clientId: "coded" }]);
    expect((await visitor.open("/account/history")).text).toContain("A site asked with a wrong code");
  });

  test("of a person who has none is as any other without it, and refused with one", async () => {
    await using world = await createWorld({ clients });
    expect((await askOnPhone(world, {}, CODED)).status).toBe(200);
    expect(shape(await askOnPhone(world, { user_code: CODE }, CODED))).toEqual([400, "invalid_user_code"]);
  });

  test("that is no code is refused, never a fault of ours", async () => {
    await using world = await createWorld({ clients });
    await demanding(world);
    for (const user_code of [" ", "-", "\0", "\u{1F600}", "x".repeat(3000)])
      expect(shape(await askOnPhone(world, { user_code }, CODED))).toEqual([400, "invalid_user_code"]);
    expect(shape(await askOnPhone(world, { user_code: "" }, CODED))).toEqual([400, "missing_user_code"]);
  });

  test("by a client that is not registered for it is invalid_request", async () => {
    await using world = await createWorld({ clients });
    expect(shape(await askOnPhone(world, { user_code: CODE }))).toEqual([400, "invalid_request"]);
  });

  test("is not kept: neither code nor its digits are in what is stored or logged", async () => {
    await using world = await createWorld({ clients });
    await demanding(world);
    await askOnPhone(world, { user_code: "BLUE42" }, CODED);
    const rows = await world.database.rows<{ id: string; payload_sealed: string }>(
      "SELECT id, payload_sealed FROM oidc WHERE model = 'BackchannelAuthenticationRequest'",
    );
    const kept = rows.map(({ id, payload_sealed: sealed }) =>
      world.sealer.open(sealed, placeOfRecord("BackchannelAuthenticationRequest", id)).toString(),
    );
    expect(kept).toHaveLength(1);
    expect([...kept, ...world.log].join("\n")).not.toMatch(/blue ?42|user_code/i);
  });

  test("five wrong ones an hour of one site are judged for a person, and the right one then waits; another site's is taken", async () => {
    await using world = await createWorld({ clients });
    await demanding(world);
    for (let wrong = 0; wrong < 5; wrong += 1)
      expect(shape(await askOnPhone(world, { user_code: "nope 99" }, CODED))).toEqual([400, "invalid_user_code"]);
    const refused = await askOnPhone(world, { user_code: CODE }, CODED);
    expect(refused.body).toMatchObject({
      error: "access_denied",
      error_description: expect.stringContaining("five wrong"),
    });
    expect((await askOnPhone(world, { user_code: CODE }, OTHER)).status).toBe(200);
    world.pass(HOUR);
    expect((await askOnPhone(world, { user_code: CODE }, CODED)).status).toBe(200);
  });

  test("sixteen wrong ones at once are five that are judged", async () => {
    await using world = await createWorld({ clients });
    await demanding(world);
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => askOnPhone(world, { user_code: "nope 99" }, CODED)),
    );
    expect(answers.filter(({ body }) => body["error"] === "invalid_user_code")).toHaveLength(5);
    expect(await eventsOf(world, "till-code.refused")).toHaveLength(5);
  });
});

describe("a site that can send no code", () => {
  test("is answered as where nobody is, and takes up none of the person's ten requests an hour", async () => {
    await using world = await createWorld({ clients });
    const { phone } = await demanding(world);
    for (let times = 0; times < 10; times += 1) expect((await askOnPhone(world)).status).toBe(200);
    expect((await phone.requests()).requests).toEqual([]);
    expect((await askOnPhone(world, { user_code: CODE }, CODED)).status).toBe(200);
    expect((await phone.requests()).requests).toHaveLength(1);
  });

  test("is told so where it knows the person by an ID token of its own", async () => {
    const both: ClientEntry = {
      ...TILL,
      client_id: "both",
      grant_types: [...TILL.grant_types, "authorization_code"],
      response_types: ["code"],
      redirect_uris: ["http://localhost:9/both/callback"],
    };
    await using world = await createWorld({ clients: [both, ...clients] });
    await demanding(world);
    const { tokens } = await signIn(world, { client: both });
    const { id_token: hint = "" } = await tokens();
    const asked = await post(world, "/bc-authorize", { scope: "openid", id_token_hint: hint }, both);
    expect(shape(asked)).toEqual([400, "missing_user_code"]);
  });
});

describe("section 13: no answer proves that somebody is there", () => {
  /** Nobody's e-mail for each of both answers to a request without a code. */
  async function nobodies(world: World) {
    const found = new Map<number, string>();
    // One in sixteen demands a code: without luck in 400 is one in 10^11.
    for (let count = 0; count < 400 && found.size < 2; count += 1) {
      const hint = `nobody-${count}@example.com`;
      found.set((await askOnPhone(world, { login_hint: hint }, OTHER)).status, hint);
    }
    return { free: found.get(200) ?? "", demanding: found.get(400) ?? "" };
  }

  test("of those who are nobody some demand a code, each always, and no code fits any", async () => {
    await using world = await createWorld({ clients });
    const { free, demanding: strict } = await nobodies(world);
    for (let times = 0; times < 2; times += 1) {
      expect(shape(await askOnPhone(world, { login_hint: strict.toUpperCase() }, CODED))).toEqual([
        400,
        "missing_user_code",
      ]);
      expect((await askOnPhone(world, { login_hint: free }, CODED)).status).toBe(200);
    }
    for (const login_hint of [free, strict])
      expect(shape(await askOnPhone(world, { login_hint, user_code: CODE }, CODED))).toEqual([
        400,
        "invalid_user_code",
      ]);
    // To a site that can send no code they are as everybody.
    expect((await askOnPhone(world, { login_hint: strict })).status).toBe(200);
  });

  /** Without a code, with wrong ones until it is too much; and by the site that can send none. */
  async function course(world: World, login_hint: string) {
    const answers = [await askOnPhone(world, { login_hint }, CODED), await askOnPhone(world, { login_hint })];
    for (let count = 0; count < 6; count += 1)
      answers.push(await askOnPhone(world, { login_hint, user_code: "nope 99" }, CODED));
    return answers.map(({ status, body }) => [
      status,
      Object.entries(body).map(([name, value]) => [name, /^(auth_req_id|enum_challenge)$/.test(name) ? "" : value]),
    ]);
  }

  test.each(["demanding", "free"] as const)(
    "somebody who is %s costs the same statements and bytes as nobody who is",
    async (kind) => {
      const fresh = await freshDatabase(inject("engine"), { holds: "people" });
      const { database, sent } = listening(fresh.database);
      await using world = await createWorld({ clients, database: { ...fresh, database } });
      if (kind === "demanding") await demanding(world);
      const nobody = (await nobodies(world))[kind];
      await database.rows("DELETE FROM throttle");
      const courses = [];
      for (const hint of [ALICE, nobody]) {
        sent.length = 0;
        courses.push({ answers: await course(world, hint), statements: [...sent] });
      }
      expect(courses[1]).toEqual(courses[0]);
    },
  );
});
