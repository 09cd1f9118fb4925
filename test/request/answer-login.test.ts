import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/clock.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { ALICE, errorOf } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { asked, askedBy, knownAsked, requestIn } from "./asked.ts";

const other = (digits: string) => (digits.startsWith("9") ? `1${digits.slice(1)}` : `9${digits.slice(1)}`);

describe("a sign-in that the phone answers", () => {
  test("the page goes on by itself, and the site gets what a typed response gives", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor, finish } = await knownAsked(world);
    const answered = await phone.answer(requestIn(page), page.challenge);
    expect([answered.status, answered.body]).toEqual([200, { status: "accepted" }]);
    const status = await visitor.open(page.url.replace("/challenge", "/status"));
    expect(JSON.parse(status.html.text)).toEqual({ state: "moved" });
    const back = await visitor.submit(page, "answered");
    expect((await finish(back.url)).claims()).toMatchObject({ acr: "urn:e-num:acr:login", amr: ["otp", "mfa"] });
    expect((await phone.requests()).requests).toEqual([]);
  });

  test("an answer that the device has signed is said to be so", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor, finish } = await knownAsked(world);
    const signature = await phone.sign(requestIn(page), page.challenge);
    expect((await phone.answer(requestIn(page), page.challenge, { signature })).status).toBe(200);
    const back = await visitor.submit(page, "answered");
    expect((await finish(back.url)).claims()?.["amr"]).toEqual(["otp", "mfa", "swk"]);
  });

  test("the number may be written as the page shows it", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const shown = `${page.challenge.slice(0, 4)} ${page.challenge.slice(4)}`;
    expect((await phone.answer(requestIn(page), shown)).status).toBe(200);
  });

  test("the same answer from the same device is accepted again, another's is not", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const id = requestIn(page);
    for (let count = 0; count < 3; count += 1) expect((await phone.answer(id, page.challenge)).status).toBe(200);
    const wrong = await phone.answer(id, page.challenge, { response: "1234567" });
    expect(problemOf(wrong)).toEqual([409, "already-used"]);
    expect(await world.database.rows("SELECT id FROM event WHERE type = 'login.accepted'")).toHaveLength(2);
  });

  test("other answers to an answered number are counted, so that nobody tries PINs on it for ever", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const id = requestIn(page);
    await phone.answer(id, page.challenge);
    const replies = [];
    for (let count = 0; count < 6; count += 1)
      replies.push(await phone.answer(id, page.challenge, { response: String(1_000_000 + count) }));
    expect(replies.map((reply) => problemOf(reply)[1])).toEqual([...Array(4).fill("already-used"), "locked", "locked"]);
    expect(problemOf(await phone.answer(id, page.challenge))).toEqual([429, "locked"]);
  });

  test("the owner is offered to open for others, as after a typed response", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor } = await knownAsked(world);
    await world.database.rows("UPDATE counter SET total = 100 WHERE id LIKE 'unknown:%'");
    await phone.answer(requestIn(page), page.challenge);
    const admission = await visitor.submit(page, "answered");
    expect(admission.url).toMatch(/\/admission$/);
    expect(errorOf(await visitor.submit(admission, "next"))).toBeNull();
  });

  test("where the site has asked for somebody else, it is told so", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { visitor } = await knownAsked(world);
    const claims = JSON.stringify({ id_token: { sub: { value: "somebody-else" } } });
    const { page } = await askedBy(world, visitor, { parameters: { claims } });
    expect((await phone.answer(requestIn(page), page.challenge)).status).toBe(200);
    expect(errorOf(await visitor.submit(page, "answered"))).toBe("login_required");
  });
});

describe("what does not fit", () => {
  test("a wrong number and a wrong response each cost a try, and the third ends the number", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor } = await knownAsked(world);
    const id = requestIn(page);
    const number = await phone.answer(id, other(page.challenge));
    expect([problemOf(number), number.body["tries_left"]]).toEqual([[422, "wrong-challenge"], 2]);
    const response = await phone.answer(id, page.challenge, { response: "1234567" });
    expect([problemOf(response), response.body["tries_left"]]).toEqual([[422, "wrong-response"], 1]);
    expect(problemOf(await phone.answer(id, page.challenge, { response: "1234568" }))).toEqual([410, "exhausted"]);
    expect(problemOf(await phone.answer(id, page.challenge))).toEqual([410, "exhausted"]);
    expect((await visitor.open(page.url)).text).toContain("used up");
  });

  test("the same wrong answer once more is a retry and costs nothing", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    for (let count = 0; count < 5; count += 1) {
      const again = await phone.answer(requestIn(page), page.challenge, { response: "1234567" });
      expect([problemOf(again), again.body["tries_left"]]).toEqual([[422, "wrong-response"], 2]);
    }
    expect((await phone.answer(requestIn(page), page.challenge)).status).toBe(200);
  });

  test("a response for another number, another screen or by another phone's pad is wrong", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const id = requestIn(page);
    const confirm = await phone.answer(id, page.challenge, { statement: { mode: "confirm" } });
    expect(problemOf(confirm)).toEqual([422, "wrong-response"]);
    // Another active device of the same account: its response is right where it is typed, and not in this device's name.
    const { deviceId, pad } = world.phone("bob@example.com");
    const sealed = world.sealer.seal(pad, {
      table: "device",
      column: "pad",
      row: `${await accountOf(world)}:${deviceId}`,
    });
    await world.database.rows("UPDATE device SET account_id = ?, status = 'active', pad_sealed = ? WHERE id = ?", [
      await accountOf(world),
      sealed,
      deviceId,
    ]);
    const response = world.answer("bob@example.com", page.challenge);
    expect(problemOf(await phone.answer(id, page.challenge, { response }))).toEqual([422, "wrong-response"]);
  });

  test("in a browser that never signed in the response is typed, and nothing is judged", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    for (const response of [undefined, "1234567"]) {
      const reply = await phone.answer(requestIn(page), page.challenge, response === undefined ? {} : { response });
      expect(problemOf(reply)).toEqual([403, "typed-only"]);
    }
    expect(await world.database.rows("SELECT tries, status FROM challenge")).toEqual([{ tries: 0, status: "open" }]);
    expect(errorOf(await visitor.submit(page, "next", { response: phone.respond(page.challenge) }))).toBeNull();
  });

  test("a number that ran out, was replaced or declined, and one of somebody else", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor } = await knownAsked(world);
    const newer = await visitor.open(page.url);
    world.pass(6 * MINUTE);
    expect(problemOf(await phone.answer(requestIn(page), page.challenge))).toEqual([410, "expired"]);
    const fresh = await visitor.submit(await visitor.open(newer.url), "new-challenge");
    expect(problemOf(await phone.answer(requestIn(page), page.challenge))).toEqual([410, "expired"]);
    await visitor.submit(fresh, "decline");
    expect(problemOf(await phone.answer(requestIn(fresh), fresh.challenge))).toEqual([410, "declined"]);
    const strangers = await asked(world, createVisitor(world.issuer), "bob@example.com");
    expect(problemOf(await phone.answer(requestIn(strangers), strangers.challenge))).toEqual([404, "not-found"]);
    expect(problemOf(await phone.answer("no~request", page.challenge))).toEqual([404, "not-found"]);
  });

  test.each([
    ["no check number", { challenge: "123", response: "1234567" }],
    ["a response of eight digits", { challenge: "12345678", response: "12345678" }],
    ["a member too many", { challenge: "12345678", response: "1234567", force: true }],
    ["nothing", {}],
    ["a list", []],
    ["a signature that is none", { challenge: "12345678", response: "1234567", signature: "abc" }],
  ])("%s is invalid-request, and costs no try", async (_name, body) => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const reply = await phone.call("POST", `/device/v1/requests/${requestIn(page)}/answer`, body);
    expect(problemOf(reply)).toEqual([400, "invalid-request"]);
    expect(reply.body["detail"]).toBeTruthy();
    expect(await world.database.rows("SELECT id FROM challenge WHERE tries > 0 AND status = 'open'")).toEqual([]);
  });

  test.each([
    ["another audience", { claims: { aud: "https://other.example" } }],
    ["another request", { claims: { request: "other" } }],
    ["another number", { claims: { challenge: "12345678" } }],
    ["another statement", { claims: { statement_sha256: "A".repeat(43) } }],
    ["a time before the request", { claims: { iat: 1_000_000 } }],
    ["a time to come", { claims: { iat: 9_000_000_000 } }],
    ["one claim more", { claims: { extra: 1 } }],
    ["another typ", { header: { typ: "JWT" } }],
    ["no key", { header: { jwk: undefined } }],
    ["another key", { header: { jwk: { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) } } }],
  ])("a signature with %s is refused before anything is judged", async (_name, change) => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const signature = await phone.sign(requestIn(page), page.challenge, { mode: "login" }, change);
    const reply = await phone.answer(requestIn(page), page.challenge, { signature });
    expect(problemOf(reply)).toEqual([400, "invalid-request"]);
    expect(await world.database.rows("SELECT id FROM challenge WHERE tries > 0 AND status = 'open'")).toEqual([]);
  });

  test("a proof is good once, for its own method, address and body, and for a minute", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const path = `/device/v1/requests/${requestIn(page)}/answer`;
    const body = { challenge: page.challenge, response: "1234567" };
    const first = await phone.call("POST", path, body);
    expect(first.status).toBe(422);
    const replay = await phone.call("POST", path, body, { proof: first.proof });
    expect([problemOf(replay), replay.body["now"]]).toEqual([[401, "invalid-proof"], expect.any(String)]);
    const changed = JSON.stringify({ ...body, response: phone.respond(page.challenge) });
    expect(problemOf(await phone.call("POST", path, body, { body: changed }))).toEqual([401, "invalid-proof"]);
    for (const claims of [{ htm: "GET" }, { htu: `${world.issuer}/device/v1/requests/x/answer` }, { iat: 1, exp: 60 }])
      expect(problemOf(await phone.call("POST", path, body, { claims }))).toEqual([401, "invalid-proof"]);
  });
});

describe("the device's own counter", () => {
  const fail = async (world: World, phone: Awaited<ReturnType<typeof onlinePhone>>, times: number) => {
    const replies = [];
    for (let count = 0; count < times; ) {
      const { page } = await knownAsked(world);
      for (let tries = 0; tries < 3 && count < times; tries += 1, count += 1) {
        const response = String(1_000_000 + count);
        replies.push(await phone.answer(requestIn(page), page.challenge, { response }));
      }
    }
    return replies;
  };

  test("five wrong in a row lock it for a quarter of an hour; its owner is told, and responses are still typed", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const replies = await fail(world, phone, 5);
    expect(replies.map(problemOf).at(-1)).toEqual([429, "locked"]);
    expect(Number(replies.at(-1)?.body["retry_after"])).toBeGreaterThan(14 * 60);
    expect((await phone.call("GET", "/device/v1")).body).toMatchObject({ device: { status: "locked" } });
    const { page, visitor } = await knownAsked(world);
    expect(problemOf(await phone.answer(requestIn(page), page.challenge))).toEqual([429, "locked"]);
    expect(await world.database.rows("SELECT tries FROM challenge WHERE id = ?", [requestIn(page)])).toEqual([
      { tries: 0 },
    ]);
    expect((await world.message(ALICE)).text).toContain("alice's phone");
    expect(errorOf(await visitor.submit(page, "next", { response: phone.respond(page.challenge) }))).toBeNull();
    world.pass(16 * MINUTE);
    expect((await phone.call("GET", "/device/v1")).body).toMatchObject({ device: { status: "active" } });
    const { page: later } = await knownAsked(world);
    expect((await phone.answer(requestIn(later), later.challenge)).status).toBe(200);
  });

  test("a right answer clears it, and the second lock lasts an hour", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await fail(world, phone, 4);
    const { page } = await knownAsked(world);
    expect((await phone.answer(requestIn(page), page.challenge)).status).toBe(200);
    expect((await fail(world, phone, 4)).map(problemOf).at(-1)).not.toEqual([429, "locked"]);
    await fail(world, phone, 1);
    world.pass(16 * MINUTE);
    const second = await fail(world, phone, 5);
    expect(Number(second.at(-1)?.body["retry_after"])).toBeGreaterThan(50 * 60);
    world.pass(HOUR);
    const mails = (await world.messages()).filter(({ text }) => text.includes("five wrong answers"));
    expect(mails).toHaveLength(1);
  });

  test("does not count what is typed, and what it counts locks no browser", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await fail(world, phone, 5);
    const { page, visitor } = await knownAsked(world);
    const wrong = await visitor.submit(page, "next", { response: "1234567" });
    expect(wrong.status).toBe(422);
    expect(await world.database.rows("SELECT id FROM counter WHERE id LIKE 'browser:%' AND locks > 0")).toEqual([]);
  });
});

async function accountOf(world: World): Promise<string> {
  const [row] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
  return row?.id ?? "";
}
