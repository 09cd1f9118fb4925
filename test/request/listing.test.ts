import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/clock.ts";
import { verifyStatement } from "../../src/e-num/statement-token.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { order, PAYMENT, STORE } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, LIBRARY } from "../support/world.ts";
import { asked, requestIn } from "./asked.ts";

describe("what is open, as the phone sees it", () => {
  test("a sign-in: who asks, when, from where, and whether that browser has signed in before", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const visitor = createVisitor(world.issuer, { "user-agent": "Firefox/140" });
    const page = await asked(world, visitor);
    const { requests } = await phone.requests();
    expect(requests).toEqual([
      {
        id: requestIn(page),
        kind: "login",
        client: { id: "shop", name: "Book shop", address: "localhost:9" },
        created_at: expect.stringMatching(/Z$/),
        expires_at: expect.stringMatching(/Z$/),
        origin: { ip: "127.0.0.1", user_agent: "Firefox/140", known: false },
      },
    ]);
    const [{ created_at: from, expires_at: until } = { created_at: "", expires_at: "" }] = requests;
    expect(Date.parse(until) - Date.parse(from)).toBe(5 * MINUTE);
  });

  test("a browser that has signed this account in is known, until it is forgotten", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world);
    await asked(world, visitor);
    expect((await phone.requests()).requests.map(({ origin }) => origin.known)).toEqual([true]);
    // As its first lock does.
    await world.database.rows("DELETE FROM known_browser");
    expect((await phone.requests()).requests.map(({ origin }) => origin.known)).toEqual([false]);
  });

  test("an operation comes with its signed statement, without the check number", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const { requests } = await phone.requests();
    const [request] = requests;
    expect(request).toMatchObject({ kind: "operation", client: { id: "shop" }, origin: { known: true } });
    const state = await phone.call("GET", "/device/v1");
    const keys = JSON.parse(state.text).statement_keys;
    const expected = { keys, issuer: world.issuer, now: Math.floor(world.now() / 1000) };
    const verified = await verifyStatement(request?.statement ?? "", expected);
    expect(verified).toMatchObject({
      ok: true,
      value: {
        statement: { mode: "operation", client: { id: "shop", name: "Book shop" }, operation: PAYMENT },
        time: "fits",
      },
    });
    expect(page.challenge).toMatch(/^\d{8}$/);
    const [, claims = ""] = (await inflate(request?.statement ?? "")).split("\n");
    expect(Object.keys(JSON.parse(claims)).sort()).toEqual(["exp", "iat", "iss", "statement"]);
  });

  test("nothing that is sent holds the check number or a digest of it", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world, { client: STORE });
    const numbers = [
      (await order(world, visitor)).page.challenge,
      (await asked(world, createVisitor(world.issuer))).challenge,
    ];
    const { requests, cursor, text } = await phone.requests();
    expect(requests).toHaveLength(2);
    const rows = await world.database.rows<Record<string, unknown>>("SELECT * FROM challenge");
    const inflated = await Promise.all(
      requests.flatMap(({ statement }) => (statement === undefined ? [] : [inflate(statement)])),
    );
    const sent = [text, cursor, ...inflated].join("\n");
    for (const number of numbers) {
      for (const form of formsOf(number)) expect(sent).not.toContain(form);
      for (const id of requests.map(({ id }) => id))
        for (const form of formsOf(`${id} ${number}`)) expect(sent).not.toContain(form);
    }
    expect(rows.length).toBeGreaterThan(1);
  });

  test("newest first, and what is answered, replaced, declined or run out is gone", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const one = createVisitor(world.issuer);
    const two = createVisitor(world.issuer);
    const first = await asked(world, one);
    world.pass(MINUTE);
    const second = await asked(world, two, ALICE, LIBRARY);
    expect((await phone.requests()).requests.map(({ id }) => id)).toEqual([requestIn(second), requestIn(first)]);
    const again = await asked(world, createVisitor(world.issuer));
    await two.submit(second, "decline");
    expect((await phone.requests()).requests.map(({ id }) => id)).toEqual([requestIn(again), requestIn(first)]);
    await one.submit(first, "next", { response: world.answer(ALICE, first.challenge) });
    world.pass(5 * MINUTE);
    expect((await phone.requests()).requests).toEqual([]);
  });

  test("another account's requests, and those of nobody, are on nobody else's phone", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await asked(world, createVisitor(world.issuer), "bob@example.com");
    await asked(world, createVisitor(world.issuer), "nobody@example.com");
    expect((await phone.requests()).requests).toEqual([]);
  });

  test("of browsers that never signed in at most three are listed, the newest; those that did are all there", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world);
    const own = await asked(world, visitor);
    const strange: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      world.pass(1000);
      strange.unshift(requestIn(await asked(world, createVisitor(world.issuer))));
    }
    expect((await phone.requests()).requests.map(({ id }) => id)).toEqual([...strange.slice(0, 3), requestIn(own)]);
  });

  test("a browser's name is short, and cannot command a terminal; what a header says of a country is two letters or nothing", async () => {
    await using world = await createWorld({ config: { countryHeader: "CF-IPCountry" } });
    const phone = await onlinePhone(world);
    await asked(
      world,
      createVisitor(world.issuer, { "user-agent": `\u009b2J${"x".repeat(400)}`, "cf-ipcountry": "kz" }),
    );
    const [{ origin } = { origin: undefined }] = (await phone.requests()).requests;
    expect(origin?.user_agent).toMatch(/^\?+2Jx+$/);
    expect(origin?.user_agent).toHaveLength(200);
    expect(origin?.country).toBe("KZ");
    for (const country of ["XX", "T1", "<b>", ""]) {
      world.pass(1000);
      await asked(world, createVisitor(world.issuer, { "cf-ipcountry": country }));
      expect((await phone.requests()).requests[0]?.origin).not.toHaveProperty("country");
    }
  });

  test("without the operator's word no header names a country", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await asked(world, createVisitor(world.issuer, { "cf-ipcountry": "KZ" }));
    expect((await phone.requests()).requests[0]?.origin).not.toHaveProperty("country");
  });

  test("where the browser is is forgotten with the request", async () => {
    await using world = await createWorld();
    await asked(world, createVisitor(world.issuer));
    expect(await world.database.rows("SELECT id FROM challenge WHERE origin IS NOT NULL")).toHaveLength(1);
    world.pass(2 * HOUR);
    await world.sweep();
    expect(await world.database.rows("SELECT id FROM challenge")).toEqual([]);
  });
});

describe("refused", () => {
  test.each([
    ["a wait that is no number", "?after=x&wait=long"],
    ["a cursor that comes twice", "?after=x&after=y&wait=1"],
  ])("%s is invalid-request", async (_name, query) => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    expect(problemOf(await phone.call("GET", `/device/v1/requests${query}`))).toEqual([400, "invalid-request"]);
  });

  test("a device that is pending, revoked, or proves another address, is told so", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const wrong = { claims: { htu: `${world.issuer}/device/v1` } };
    expect(problemOf(await phone.call("GET", "/device/v1/requests", undefined, wrong))).toEqual([401, "invalid-proof"]);
    await world.database.rows("UPDATE device SET status = 'pending' WHERE id = ?", [phone.deviceId]);
    expect(problemOf(await phone.call("GET", "/device/v1/requests"))).toEqual([403, "device-pending"]);
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [phone.deviceId]);
    expect(problemOf(await phone.call("GET", "/device/v1/requests"))).toEqual([401, "device-revoked"]);
  });

  test("no answer is kept by anybody on the way", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    expect((await phone.call("GET", "/device/v1/requests")).headers.get("cache-control")).toBe("no-store");
  });
});

async function inflate(jws: string): Promise<string> {
  const payload = Buffer.from(jws.split(".")[1] ?? "", "base64url");
  const stream = new Blob([payload]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return `${jws}\n${await new Response(stream).text()}`;
}

function formsOf(text: string): string[] {
  const digests = ["md5", "sha1", "sha256", "sha512"].flatMap((algorithm) => {
    const digest = createHash(algorithm).update(text).digest();
    return [digest.toString("hex"), digest.toString("base64"), digest.toString("base64url")];
  });
  return [text, `${text.slice(0, 4)} ${text.slice(4)}`, Buffer.from(text).toString("base64url"), ...digests];
}
