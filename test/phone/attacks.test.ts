import { pbkdf2Sync, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { openPad, parsePin, type SealedPad, sealPad } from "../../src/phone/pad.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { asked, askedBy, requestIn } from "../request/asked.ts";
import { type OnlinePhone, onlinePhone, problemOf, type Reply } from "../support/online-phone.ts";
import { order, STORE } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP } from "../support/world.ts";
import { responseOf } from "./independent.ts";

const LOGIN = { mode: "login" };

/** What lies on a stolen phone, with few rounds: that there are many makes each PIN dear, and none more or less likely. */
async function imageOf(pad: Uint8Array, pin: string): Promise<SealedPad> {
  const { salt, masked } = await sealPad(pad, parsedValue(parsePin(pin)));
  const from = Buffer.from(salt, "base64url");
  const [many, one] = [600_000, 1].map((rounds) => pbkdf2Sync(pin, from, rounds, 32, "sha256"));
  if (many === undefined || one === undefined) throw new Error("no mask");
  const opened = Buffer.from(xor(Buffer.from(masked, "base64url"), many), "base64url");
  return { salt, masked: xor(opened, one), rounds: 1 };
}

function padBy(pin: string, { salt, masked }: { salt: string; masked: string }): Uint8Array {
  const mask = pbkdf2Sync(pin, Buffer.from(salt, "base64url"), 1, 32, "sha256");
  return Buffer.from(masked, "base64url").map((byte, at) => byte ^ (mask[at] ?? 0));
}

describe("a thief with the phone's image", () => {
  test("who has seen no check number with its response learns nothing: every PIN opens a pad, each as good as another", async () => {
    const stolen = await imageOf(randomBytes(32), "483920");
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[0-9]{6,12}$/), async (pin) => {
        const pad = await openPad(stolen, parsedValue(parsePin(pin)));
        expect(pad).toHaveLength(32);
        expect(responseOf(pad, "48219370", LOGIN)).toMatch(/^[0-9]{7}$/);
        // For whatever pad it may have been, this image could have come of this PIN.
        const again = { ...stolen, masked: xor(pad, padBy(pin, { ...stolen, masked: "A".repeat(43) })) };
        expect(again).toEqual(stolen);
      }),
    );
  });

  test("who has seen one pair finds the PIN: of twenty thousand the right one alone is left", async () => {
    const pad = Buffer.alloc(32, 7);
    const pin = "008392";
    const mask = pbkdf2Sync(pin, Buffer.alloc(16, 1), 1, 32, "sha256");
    const stolen = { salt: Buffer.alloc(16, 1).toString("base64url"), masked: xor(pad, mask), rounds: 1 };
    const seen = responseOf(pad, "48219370", LOGIN);
    const left: string[] = [];
    for (let number = 0; number < 20_000; number += 1) {
      const tried = String(number).padStart(6, "0");
      if (responseOf(padBy(tried, stolen), "48219370", LOGIN) === seen) left.push(tried);
    }
    // As many wrong ones hit a response of seven digits once in 500 times; SECURITY.md says what follows for a million.
    expect(left).toEqual([pin]);
  });
});

function xor(one: Uint8Array, other: Uint8Array): string {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0))).toString("base64url");
}

describe("a stranger who knows an e-mail", () => {
  test("asks a hundred times: after thirty the account's e-mail comes first, and the phone lists three at most", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { visitor: owner } = await signIn(world);
    const party = await createRelyingParty(world.issuer, SHOP);
    const stranger = createVisitor(world.issuer);
    const shown: string[] = [];
    for (let time = 0; time < 100; time += 1) {
      // As fast as one address may say identifiers.
      world.pass(MINUTE / 20);
      const { address } = await party.begin({ prompt: "login" });
      const page = await stranger.submit(await stranger.open(address), "next", { identifier: ALICE });
      shown.push(page.challenge === "" ? "e-mail" : "number");
      if (time % 25 === 24) expect((await phone.requests()).requests.length).toBeLessThanOrEqual(3);
    }
    expect(shown.filter((what) => what === "number")).toHaveLength(30);
    // The owner's own browser asks as ever, and its request is there.
    world.pass(5 * MINUTE);
    const { page } = await askedBy(world, owner);
    const { requests } = await phone.requests();
    expect(requests.map(({ id, origin }) => [id, origin.known])).toEqual([[requestIn(page), true]]);
  });
});

describe("what the device API sends", () => {
  test("holds in no byte the check number that it must not know, whatever is called and whatever goes wrong", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const replies: Reply[] = [];
    const phone = recording(await onlinePhone(world), replies);
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const numbers = [page.challenge, (await asked(world, createVisitor(world.issuer), ALICE, STORE)).challenge];
    const listed = await phone.requests();
    const [first, second] = listed.requests.map(({ id }) => id);
    if (first === undefined || second === undefined) throw new Error("two requests are open");
    await phone.call("GET", `/device/v1/requests?after=${listed.cursor}&wait=0`);
    for (const id of [first, second]) await phone.answer(id, "12345678");
    await phone.answer("other", "12345678");
    await phone.decline(second, "wrong_details");
    await phone.decline(second, "changed_mind");
    await phone.call("GET", "/device/v1");
    await phone.call("POST", "/device/v1/admissions");
    await phone.call("DELETE", "/device/v1");
    expect(replies.map(problemOf).map(([status]) => status)).toEqual([
      200, 200, 403, 422, 404, 204, 410, 200, 201, 204,
    ]);
    for (const { text, headers } of replies) {
      const sent = `${text}\n${[...headers].flat().join("\n")}`;
      for (const number of numbers) expect(sent).not.toContain(number);
    }
  });
});

/** Every answer, as it came. */
function recording(phone: OnlinePhone, replies: Reply[]): OnlinePhone {
  const call: OnlinePhone["call"] = async (...asked) => {
    const reply = await phone.call(...asked);
    replies.push(reply);
    return reply;
  };
  return {
    ...phone,
    call,
    async requests(query = "") {
      const { body, text } = await call("GET", `/device/v1/requests${query}`);
      return { ...JSON.parse(JSON.stringify(body)), text };
    },
    answer: (id, challenge) =>
      call("POST", `/device/v1/requests/${id}/answer`, { challenge, response: phone.respond(challenge) }),
    decline: (id, reason) => call("POST", `/device/v1/requests/${id}/decline`, { reason }),
  };
}
