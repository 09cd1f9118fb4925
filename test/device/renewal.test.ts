import { type CryptoKey, compactDecrypt, exportJWK, generateKeyPair } from "jose";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/clock.ts";
import { askedBy, requestIn } from "../request/asked.ts";
import { type OnlinePhone, onlinePhone, problemOf, type Reply } from "../support/online-phone.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import type { Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const RENEW = { mode: "renew" } as const;
const AT_ONCE = 16;

interface Begun {
  number: string;
  privateKey: CryptoKey;
  send(change?: object): Promise<Reply>;
}

/** As far as the call that brings the new pad. */
async function begin(phone: OnlinePhone): Promise<Begun> {
  const asked = await phone.call("POST", "/device/v1/pad/challenge");
  expect(asked.status).toBe(201);
  const number = String(asked.body["challenge"]);
  const pair = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
  const { kty, crv, x, y } = await exportJWK(pair.publicKey);
  const agreement = { kty, crv, x, y };
  return {
    number,
    privateKey: pair.privateKey,
    send: (change = {}) =>
      phone.call("POST", "/device/v1/pad", {
        challenge: number,
        response: phone.respond(number, RENEW),
        agreement_key: agreement,
        ...change,
      }),
  };
}

async function padIn(reply: Reply, key: CryptoKey): Promise<{ pad: Uint8Array; version: number }> {
  expect([reply.status, Object.keys(reply.body)]).toEqual([200, ["pad"]]);
  const { plaintext } = await compactDecrypt(String(reply.body["pad"]), key);
  const { k, version, suite } = JSON.parse(new TextDecoder().decode(plaintext));
  expect(suite).toBe("OCRA-1:HOTP-SHA256-7:QN08-S032");
  return { pad: new Uint8Array(Buffer.from(k, "base64url")), version };
}

async function renewed(phone: OnlinePhone): Promise<{ pad: Uint8Array; version: number }> {
  const { send, privateKey } = await begin(phone);
  return padIn(await send(), privateKey);
}

/** Whether a response of this phone, typed into a browser, signs alice in. */
async function fits(world: World, visitor: Visitor, phone: OnlinePhone): Promise<boolean> {
  const { page } = await askedBy(world, visitor);
  const back = await visitor.submit(page, "next", { response: phone.respond(page.challenge) });
  return back.status !== 422 && errorOf(back) === null;
}

async function stage() {
  const world = await createWorld();
  const phone = await onlinePhone(world);
  const { visitor } = await signIn(world);
  return { world, phone, visitor, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const versionOf = async (phone: OnlinePhone) => (await phone.call("GET", "/device/v1")).body["pad_version"];
const events = async (world: World, type: string) =>
  (await world.database.rows("SELECT id FROM event WHERE type = ?", [type])).length;

describe("a renewed pad", () => {
  test("leaves the old one at work until it has answered itself; then that is erased, and the owner told on all channels", async () => {
    await using on = await stage();
    const { world, phone, visitor } = on;
    const { pad, version } = await renewed(phone);
    expect(version).toBe(2);
    expect(await fits(world, visitor, phone)).toBe(true);
    expect(await versionOf(phone)).toBe(1);
    expect(await world.messages()).toEqual([]);

    const old = world.phone(ALICE).pad;
    phone.take(pad);
    expect(await fits(world, visitor, phone)).toBe(true);
    expect(await versionOf(phone)).toBe(2);
    const sent = await world.messages();
    expect(sent.map(({ channel }) => channel).sort()).toEqual(["mail", "sms"]);
    for (const { text } of sent) expect(text).toContain("alice's phone");
    phone.take(old);
    expect(await fits(world, visitor, phone)).toBe(false);
    phone.take(pad);
    expect(await fits(world, visitor, phone)).toBe(true);
    expect(await events(world, "device.renewed")).toBe(1);
  });

  test("counts as used by an answer over the device API as well", async () => {
    await using on = await stage();
    const { world, phone, visitor } = on;
    const { pad } = await renewed(phone);
    phone.take(pad);
    const { page } = await askedBy(world, visitor);
    expect((await phone.answer(requestIn(page), page.challenge)).status).toBe(200);
    expect(await versionOf(phone)).toBe(2);
  });

  test("that was not used is replaced by the next, and fits no more", async () => {
    await using on = await stage();
    const { world, phone, visitor } = on;
    const first = await renewed(phone);
    const second = await renewed(phone);
    expect([first.version, second.version]).toEqual([2, 2]);
    phone.take(first.pad);
    expect(await fits(world, visitor, phone)).toBe(false);
    phone.take(second.pad);
    expect(await fits(world, visitor, phone)).toBe(true);
    expect((await renewed(phone)).version).toBe(3);
  });

  test("goes with the device", async () => {
    await using on = await stage();
    const { world, phone } = on;
    await renewed(phone);
    expect((await phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(
      await world.database.rows("SELECT pad_sealed, next_pad_sealed FROM device WHERE id = ?", [phone.deviceId]),
    ).toEqual([{ pad_sealed: "", next_pad_sealed: null }]);
  });

  test("lies sealed in the table", async () => {
    await using on = await stage();
    const { pad } = await renewed(on.phone);
    const rows = JSON.stringify(await on.world.database.rows("SELECT * FROM device"));
    for (const form of ["base64", "base64url", "hex"] as const)
      expect(rows).not.toContain(Buffer.from(pad).toString(form));
  });
});

describe("a renewal that is refused", () => {
  test("wrong numbers and responses cost tries, on the device's own counter", async () => {
    await using on = await stage();
    const { world, phone } = on;
    const { send, number } = await begin(phone);
    const other = number.startsWith("9") ? `1${number.slice(1)}` : `9${number.slice(1)}`;
    const wrong = await send({ challenge: other });
    expect([problemOf(wrong), wrong.body["tries_left"]]).toEqual([[422, "wrong-challenge"], 2]);
    const login = await send({ response: phone.respond(number) });
    expect([problemOf(login), login.body["tries_left"]]).toEqual([[422, "wrong-response"], 1]);
    expect(problemOf(await send({ response: "1234567" }))).toEqual([410, "exhausted"]);
    expect(problemOf(await send())).toEqual([410, "exhausted"]);
    const again = await begin(phone);
    expect(problemOf(await again.send({ response: "1234567" }))).toEqual([422, "wrong-response"]);
    expect(problemOf(await again.send({ response: "1234568" }))).toEqual([429, "locked"]);
    expect(problemOf(await again.send())).toEqual([429, "locked"]);
    expect(await events(world, "device.renewal-refused")).toBe(4);
    expect(await events(world, "device.locked")).toBe(1);
    world.pass(16 * MINUTE);
    expect((await renewed(phone)).version).toBe(2);
  });

  test("a number is good once, for five minutes, until the next, and there are none without asking", async () => {
    await using on = await stage();
    const { world, phone } = on;
    const none = await phone.call("POST", "/device/v1/pad", {
      challenge: "48219370",
      response: "1234567",
      agreement_key: { kty: "EC", crv: "P-256", ...(await coordinates()) },
    });
    expect(problemOf(none)).toEqual([410, "expired"]);
    const first = await begin(phone);
    const second = await begin(phone);
    expect(problemOf(await first.send())).toEqual([422, "wrong-challenge"]);
    expect((await second.send()).status).toBe(200);
    expect(problemOf(await second.send())).toEqual([409, "already-used"]);
    const third = await begin(phone);
    world.pass(6 * MINUTE);
    expect(problemOf(await third.send())).toEqual([410, "expired"]);
  });

  test.each([
    ["no key", { agreement_key: undefined }],
    [
      "a point that is not on the curve",
      { agreement_key: { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) } },
    ],
    ["a key on another curve", { agreement_key: { kty: "EC", crv: "P-384", x: "A".repeat(43), y: "A".repeat(43) } }],
    ["a response of eight digits", { response: "12345678" }],
    ["a member too many", { pin: "123456" }],
  ])("%s is invalid-request, and uses nothing up", async (_name, change) => {
    await using on = await stage();
    const { send } = await begin(on.phone);
    const refused = await send(change);
    expect([problemOf(refused), typeof refused.body["detail"]]).toEqual([[400, "invalid-request"], "string"]);
    expect((await send()).status).toBe(200);
  });

  test("a device that is pending may not, and twenty an hour are enough", async () => {
    await using on = await stage();
    const { world, phone } = on;
    for (let count = 0; count < 20; count += 1) await begin(phone);
    expect(problemOf(await phone.call("POST", "/device/v1/pad/challenge"))).toEqual([429, "too-many"]);
    world.pass(HOUR);
    const { send } = await begin(phone);
    await world.database.rows("UPDATE device SET status = 'pending' WHERE id = ?", [phone.deviceId]);
    expect(problemOf(await phone.call("POST", "/device/v1/pad/challenge"))).toEqual([403, "device-pending"]);
    expect(problemOf(await send())).toEqual([403, "device-pending"]);
  });
});

describe("sixteen at once, one winner", () => {
  const atOnce = <T>(work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(index)));

  test("one response brings one pad", async () => {
    await using on = await stage();
    const { send } = await begin(on.phone);
    const replies = await atOnce(() => send());
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => problemOf(reply)[1] === "already-used")).toHaveLength(AT_ONCE - 1);
    expect(await events(on.world, "device.renewal-begun")).toBe(1);
  });

  test("the first responses of a new pad erase the old one once, and all of them fit", async () => {
    await using on = await stage();
    const { world, phone, visitor } = on;
    const { pad } = await renewed(phone);
    phone.take(pad);
    const pages = [];
    for (let count = 0; count < AT_ONCE; count += 1) pages.push((await askedBy(world, visitor)).page);
    const replies = await Promise.all(pages.map((page) => phone.answer(requestIn(page), page.challenge)));
    expect(replies.map(({ status }) => status)).toEqual(pages.map(() => 200));
    expect(await events(world, "device.renewed")).toBe(1);
    expect(await versionOf(phone)).toBe(2);
    expect(await world.messages()).toHaveLength(2);
  });

  test("a new pad that is used and replaced at the same time is one of both: what works is what the table says", async () => {
    await using on = await stage();
    const { world, phone, visitor } = on;
    const first = await renewed(phone);
    const next = await begin(phone);
    const old = world.phone(ALICE).pad;
    const { page } = await askedBy(world, visitor);
    const response = phone.respond(next.number, RENEW);
    phone.take(first.pad);
    const [used, replaced] = await Promise.all([
      phone.answer(requestIn(page), page.challenge),
      next.send({ response }),
    ]);
    const version = await versionOf(phone);
    expect([200, 422]).toContain(used.status);
    // Where the new pad was used first, the old one's response to the renewal fits no more.
    expect([200, 422]).toContain(replaced.status);
    expect(version).toBe(used.status === 200 ? 2 : 1);
    phone.take(old);
    expect(await fits(world, visitor, phone)).toBe(used.status !== 200);
  });
});

async function coordinates() {
  const { x, y } = await exportJWK((await generateKeyPair("ECDH-ES", { crv: "P-256" })).publicKey);
  return { x, y };
}
