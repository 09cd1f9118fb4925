import { describe, expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import type { PolicyFile } from "../../src/policy/policy.ts";
import { worldInOneDay } from "../policy/one-day.ts";
import { policyFile } from "../policy/support.ts";
import { OPERATION_TYPES, statementOf } from "../support/operations.ts";
import { order, PAYMENT, STORE } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const LIMITED: PolicyFile = policyFile({
  rules: [
    {
      name: "shop payments",
      clients: ["shop"],
      types: ["payment"],
      limits: [
        { currency: "WMZ", each: "50", day: "100", above: "operation" },
        { currency: "WMZ", each: "1000", month: "2000", above: "refuse" },
      ],
    },
  ],
});
const TYPES = OPERATION_TYPES.types;

let turn = 0;

function payment(value: string) {
  turn += 1;
  return { ...PAYMENT, operation_id: `inv-${turn}`, amount: { value, currency: "WMZ" } };
}

const typed = (amount: string) => statementOf({ mode: "payment", amount, recipient: "Z123456789012" });
const scanned = (operation: object) =>
  statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation });

/** By somebody who is signed in, typed. */
async function pay(world: World, visitor: Visitor, value: string) {
  const { page } = await order(world, visitor, payment(value));
  return visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, typed(value)) });
}

const confirmed = (world: World) => world.database.rows("SELECT id FROM confirmation");

describe("above a limit that demands the scanned statement", () => {
  test("who is signed in is told why, and the typed response confirms nothing", async () => {
    await using world = await worldInOneDay({ clients: [STORE], policy: LIMITED });
    const { visitor } = await signIn(world, { client: STORE });
    const operation = payment("50.01");
    const { page, finish } = await order(world, visitor, operation);
    expect(page.text).toMatch(/It is more than 50\sWMZ, the limit for one operation\./);
    const wrong = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, typed("50.01")) });
    expect(wrong.status).toBe(422);
    const back = await visitor.submit(wrong, "next", {
      response: world.answer(ALICE, page.challenge, scanned(operation)),
    });
    expect((await finish(back)).authorization_details).toMatchObject([{ confirmation: { binding: "operation" } }]);
  });

  test("what was confirmed in the day counts, and no longer on the next", async () => {
    await using world = await worldInOneDay({ clients: [STORE], policy: LIMITED });
    const { visitor } = await signIn(world, { client: STORE });
    expect((await pay(world, visitor, "50")).url).toContain("code=");
    expect((await pay(world, visitor, "49.5")).url).toContain("code=");
    const over = await order(world, visitor, payment("0.50000001"));
    expect(over.page.text).toMatch(/With it the day would come to more than 100\sWMZ\./);
    expect((await order(world, visitor, payment("0.5"))).page.text).not.toContain("With it the day");
    world.pass(DAY);
    const { visitor: later } = await signIn(world, { client: STORE });
    expect((await pay(world, later, "50")).url).toContain("code=");
  });

  test("a stranger sees the page of everybody, and learns it from a right response, which costs no try", async () => {
    await using world = await worldInOneDay({ clients: [STORE], policy: LIMITED });
    const { visitor: alice } = await signIn(world, { client: STORE });
    await pay(world, alice, "50");
    await pay(world, alice, "50");
    const visitor = createVisitor(world.issuer);
    const operation = payment("10");
    const { page, finish } = await order(world, visitor, operation);
    const number = await visitor.submit(page, "next", { identifier: ALICE });
    expect(number.text).not.toContain("With it the day");
    const told = await visitor.submit(number, "next", {
      response: world.answer(ALICE, number.challenge, typed("10")),
    });
    expect(told.status).toBe(422);
    expect(told.text).toContain("this is confirmed by scanning alone");
    expect(told.text).toMatch(/With it the day would come to more than 100\sWMZ\./);
    expect(await world.database.rows("SELECT tries FROM challenge WHERE digits = ?", [number.challenge])).toEqual([
      { tries: 0 },
    ]);
    const back = await visitor.submit(told, "next", {
      response: world.answer(ALICE, number.challenge, scanned(operation)),
    });
    expect((await finish(back)).authorization_details).toHaveLength(1);
  });
});

describe("above a limit that refuses", () => {
  test("one operation's sum is refused before anybody is sent anywhere, and the log says how it was decided", async () => {
    await using world = await worldInOneDay({ clients: [STORE], policy: LIMITED });
    await expect(order(world, createVisitor(world.issuer), payment("1000.5"))).rejects.toMatchObject({
      error: "invalid_authorization_details",
      error_description: "refused by policy: more than 1000 WMZ in one operation",
    });
    const line = world.log.map((text) => JSON.parse(text)).find(({ why }) => why !== undefined);
    expect(line).toMatchObject({ reference: expect.any(String), path: "/par", status: 400 });
    expect(line.why).toContain("One operation: 1000.5 of at most 1000 WMZ, which is above.");
    expect(JSON.stringify(line)).not.toContain("123456789012");
  });

  test("a month's sum is refused with a page that says so, and the site is told", async () => {
    await using world = await worldInOneDay({ clients: [STORE], policy: LIMITED });
    const { visitor } = await signIn(world, { client: STORE });
    for (const value of ["1000", "999"]) {
      const operation = payment(value);
      const { page } = await order(world, visitor, operation);
      await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, scanned(operation)) });
    }
    const { page } = await order(world, visitor, payment("1.5"));
    expect(page.text).toContain("This cannot be confirmed now");
    expect(page.text).toMatch(/With it the month would come to more than 2\s000\sWMZ\./);
    const back = await visitor.open(page.html.querySelector("a.button")?.getAttribute("href") ?? "");
    expect(errorOf(back)).toBe("access_denied");
    expect(new URL(back.url).searchParams.get("error_description")).toBe(
      "refused by policy: more than 2000 WMZ a month",
    );
    expect(world.log.some((text) => text.includes("The month: 1.5 and 1999 before, of at most 2000 WMZ"))).toBe(true);
  });

  test("sixteen at once cannot pass it together", async () => {
    await using world = await worldInOneDay({
      clients: [STORE],
      policy: policyFile({
        rules: [{ name: "three", types: ["payment"], limits: [{ currency: "WMZ", day: "30", above: "refuse" }] }],
      }),
    });
    const { visitor } = await signIn(world, { client: STORE });
    const pages = await Promise.all(
      Array.from({ length: 16 }, async () => (await order(world, visitor, payment("10"))).page),
    );
    await Promise.all(
      pages.map((page) => visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, typed("10")) })),
    );
    expect(await confirmed(world)).toHaveLength(3);
    expect(await world.database.rows("SELECT whole, fraction FROM policy_spent")).toEqual([{ whole: 30, fraction: 0 }]);
  });
});

describe("what the operator relaxes", () => {
  const limit = {
    type: "trust_limit",
    operation_id: "tl-1",
    trusted_wmid: "301234567890",
    purse: "Z123456789012",
    limit: { value: "500", currency: "WMZ" },
  };
  const SITE = { ...STORE, authorization_details_types: [...TYPES] };
  const RELAXED = policyFile({
    rules: [{ name: "trusted", clients: ["shop"], types: ["trust_limit"], demands: "payment" }],
  });

  test.each([
    ["is typed", RELAXED, true],
    ["is not, without the rule", policyFile({}), false],
  ])("a trust limit %s", async (_title, policy, accepted) => {
    await using world = await createWorld({ clients: [SITE], policy });
    const { visitor } = await signIn(world, { client: SITE });
    const { page } = await order(world, visitor, limit, {}, SITE);
    const statement = statementOf({ mode: "payment", amount: "500", recipient: "301234567890", currency: "WMZ" });
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, statement) });
    expect(back.url.includes("code=")).toBe(accepted);
    expect(await confirmed(world)).toHaveLength(accepted ? 1 : 0);
  });
});
