import { describe, expect, test } from "vitest";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { order, STORE, TYPED } from "../support/payment.ts";
import { signIn } from "../support/sign-in.ts";
import { createWorld, type World } from "../support/world.ts";
import { knownAsked, requestIn } from "./asked.ts";

const AT_ONCE = 16;
const atOnce = <T>(work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(index)));
const events = async (world: World, type: string) =>
  (await world.database.rows("SELECT id FROM event WHERE type = ?", [type])).length;

describe("sixteen at once, one winner", () => {
  test("a right answer is accepted once, and all who sent it are told so", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const before = await events(world, "login.accepted");
    const replies = await atOnce(() => phone.answer(requestIn(page), page.challenge));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await events(world, "login.accepted")).toBe(before + 1);
  });

  test("an operation's answer, from the phone and typed, leaves one confirmation", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const phone = await onlinePhone(world);
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const path = new URL(page.url).pathname;
    await atOnce(async (index) =>
      index % 2 === 0
        ? phone.answer(requestIn(page), page.challenge, { statement: TYPED })
        : visitor.post(path, `action=next&response=${phone.respond(page.challenge, TYPED)}`),
    );
    expect(await world.database.rows("SELECT id FROM confirmation")).toHaveLength(1);
    expect(await events(world, "operation.confirmed")).toBe(1);
  });

  test("wrong answers cost no more than three tries, from the phone and typed together", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page, visitor } = await knownAsked(world);
    const path = new URL(page.url).pathname;
    await atOnce(async (index) => {
      const response = String(1_000_000 + index);
      return index % 2 === 0
        ? phone.answer(requestIn(page), page.challenge, { response })
        : visitor.post(path, `action=next&response=${response}`);
    });
    expect(await world.database.rows("SELECT tries, status FROM challenge WHERE id = ?", [requestIn(page)])).toEqual([
      { tries: 3, status: "exhausted" },
    ]);
  });

  test("an answer and a decline: one of them is so, and never both", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const before = await events(world, "login.accepted");
    const replies = await atOnce((index) =>
      index % 2 === 0 ? phone.answer(requestIn(page), page.challenge) : phone.decline(requestIn(page), "changed_mind"),
    );
    const accepted = (await events(world, "login.accepted")) - before;
    expect(accepted + (await events(world, "login.declined"))).toBe(1);
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(1 - accepted);
    for (const reply of replies) expect(reply.status).toBeLessThan(500);
  });

  test("one proof is good for one call", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { page } = await knownAsked(world);
    const path = `/device/v1/requests/${requestIn(page)}/answer`;
    const body = { challenge: page.challenge, response: "1234567" };
    const claims = { jti: "one-and-the-same-jti-for-all" };
    const replies = await atOnce(() => phone.call("POST", path, body, { claims }));
    const first = replies.filter((reply) => problemOf(reply)[1] !== "invalid-proof");
    expect(first.map(problemOf)).toEqual([[422, "wrong-response"]]);
  });
});
