import { pbkdf2Sync, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { openPad, parsePin, type SealedPad, sealPad } from "../../src/phone/pad.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { asked } from "../request/asked.ts";
import { type OnlinePhone, onlinePhone, problemOf, type Reply } from "../support/online-phone.ts";
import { order, STORE } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { responseOf } from "./independent.ts";
import { target } from "./thousand.ts";

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
    const pin = "008192";
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

describe("a stranger who knows an e-mail, and asks a thousand times from a thousand addresses (PROTOCOL 11)", () => {
  const PROMPTS = 1000;

  test("in a day: thirty get a number, five wake the phone, and it never lists more than three", async () => {
    await using alice = await target();
    const shown: string[] = [];
    let most = 0;
    for (let time = 0; time < PROMPTS; time += 1) {
      shown.push(await alice.strange());
      if (shown.at(-1) === "asked") most = Math.max(most, (await alice.listed()).length);
      alice.pass(DAY / PROMPTS);
    }
    expect(
      Object.fromEntries([...Map.groupBy(shown, (kind) => kind)].map(([kind, all]) => [kind, all.length])),
    ).toEqual({
      asked: 30,
      "email-code": alice.mails(),
      "too-many": PROMPTS - 30 - alice.mails(),
    });
    // Five an hour, of a mailbox that is not to be filled either.
    expect(alice.mails()).toBeLessThanOrEqual(5 * 25);
    expect([most, alice.pushed.length]).toEqual([3, 5]);
    // The owner's own browser asks as ever: its request is listed, and wakes the phone.
    expect(await alice.own()).toBe("asked");
    expect((await alice.listed()).map(({ known }) => known)).toEqual([true]);
    expect(alice.pushed).toHaveLength(6);
  });

  test("and reads the account's mail: five an hour and twenty a day wake the phone, and it never lists more than three", async () => {
    await using alice = await target({ proven: true });
    const lengths = new Set<number>();
    for (let time = 0; time < PROMPTS; time += 1) {
      expect(await alice.strange()).toBe("asked");
      if (time % 10 === 9) lengths.add((await alice.listed()).length);
      alice.pass(DAY / PROMPTS);
    }
    expect(Math.max(...lengths)).toBe(3);
    expect(alice.pushed).toHaveLength(20);
    const busiest = alice.pushed.map((from) => alice.pushed.filter((at) => at >= from && at < from + HOUR).length);
    expect(Math.max(...busiest)).toBe(5);
    // After "It was not me" nothing of theirs is seen or heard, and the owner's own is.
    await alice.notMe();
    alice.pass(DAY - MINUTE);
    for (let time = 0; time < 10; time += 1) await alice.strange();
    expect([await alice.listed(), alice.pushed.length]).toEqual([[], 20]);
    await alice.own();
    expect([(await alice.listed()).length, alice.pushed.length]).toEqual([1, 21]);
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
