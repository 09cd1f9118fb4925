import { refreshTokenGrant } from "openid-client";
import { describe, expect, test } from "vitest";
import { prove } from "../support/newcomer.ts";
import { leave, order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { activate } from "../support/phone.ts";
import { requestOf } from "../support/pushed.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const ALICE = "alice@example.com";
const AT_ONCE = 16;

function atOnce<T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: AT_ONCE }, work));
}

describe("sixteen at once, one winner", () => {
  test("the right response is accepted once", async () => {
    await using world = await createWorld();
    const shop = await createRelyingParty(world.issuer, SHOP);
    const visitor = createVisitor(world.issuer);
    const page = await visitor.submit(await visitor.open((await shop.begin()).address), "next", { identifier: ALICE });
    const body = `action=next&response=${world.answer(ALICE, page.challenge)}`;
    const answers = await atOnce(() => visitor.post(new URL(page.url).pathname, body));
    for (const answer of answers) expect(answer).toMatchObject({ status: "fulfilled" });
    for (const answer of answers) if (answer.status === "fulfilled") expect(answer.value.status).toBeLessThan(500);
    expect(await events(world, "login.accepted")).toBe(1);
  });

  test("sixteen wrong responses at once cost no more than three tries and never get a fourth", async () => {
    await using world = await createWorld();
    const shop = await createRelyingParty(world.issuer, SHOP);
    const visitor = createVisitor(world.issuer);
    const page = await visitor.submit(await visitor.open((await shop.begin()).address), "next", { identifier: ALICE });
    let response = 1_000_000;
    await atOnce(() => visitor.post(new URL(page.url).pathname, `action=next&response=${response++}`));
    const rows = await world.database.rows<{ tries: number; status: string }>("SELECT tries, status FROM challenge");
    expect(rows).toEqual([{ tries: 3, status: "exhausted" }]);
    expect(await events(world, "login.refused")).toBe(3);
  });

  test("one code gives tokens once, and all that it gave are dead afterwards", async () => {
    await using world = await createWorld();
    const { finish, returned } = await signedIn(world);
    const answers = await atOnce(() => finish(returned));
    const winners = answers.filter((answer) => answer.status === "fulfilled");
    expect(winners.length).toBeLessThanOrEqual(1);
    await expect.poll(() => events(world, "token.reused")).toBeGreaterThanOrEqual(1);
    for (const { value } of winners) {
      const headers = { authorization: `Bearer ${value.access_token}` };
      expect((await fetch(`${world.issuer}/userinfo`, { headers })).status).toBe(401);
    }
  });

  test("one refresh token is exchanged once, and its whole family is dead afterwards", async () => {
    await using world = await createWorld();
    const { shop, finish, returned } = await signedIn(world, { scope: "openid offline_access", prompt: "consent" });
    const tokens = await finish(returned);
    const answers = await atOnce(() => refreshTokenGrant(shop.config, tokens.refresh_token ?? ""));
    const winners = answers.filter((answer) => answer.status === "fulfilled");
    expect(winners.length).toBeLessThanOrEqual(1);
    for (const { value } of winners)
      await expect(refreshTokenGrant(shop.config, value.refresh_token ?? "")).rejects.toThrow();
  });

  test("one activation code adds one device", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const person = { email: "dora@example.com", phone: "+15555550199" };
    const { activation } = await prove(world, visitor, person);
    // Ten calls an hour from one address are let through at all.
    const answers = await atOnce(() => activate(world.issuer, person.email, activation));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await world.database.rows("SELECT id FROM device WHERE status = 'pending'")).toHaveLength(1);
  });

  test("one registration makes one account", async () => {
    await using world = await createWorld();
    const person = { email: "dora@example.com", phone: "+15555550199" };
    await Promise.allSettled([1, 2, 3].map(() => prove(world, createVisitor(world.issuer), person)));
    expect(await world.database.rows("SELECT id FROM account WHERE email = ?", [person.email])).toHaveLength(1);
  });
});

describe("sixteen confirmations at once, one winner", () => {
  test("of sixteen requests for one operation one is confirmed; the others' sites are told by which confirmation", async () => {
    await using world = await createWorld({ clients: [STORE] });
    // Each in a browser of its own: the tabs of one would rename its session under one another's hands.
    const orders = [];
    for (let count = 0; count < AT_ONCE; count += 1) {
      const visitor = createVisitor(world.issuer);
      const { page: first, finish } = await order(world, visitor);
      orders.push({ visitor, finish, page: await visitor.submit(first, "next", { identifier: ALICE }) });
    }
    const backs = await Promise.all(
      orders.map(({ visitor, page }) =>
        visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) }),
      ),
    );
    const rows = await world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(rows).toHaveLength(1);
    expect(await events(world, "operation.confirmed")).toBe(1);
    const ends = await Promise.all(
      orders.map(({ visitor }, index) => {
        const back = backs[index];
        if (back === undefined) throw new Error("an order without an end");
        return back.url.startsWith(world.issuer) ? leave(visitor, back) : back;
      }),
    );
    const told = ends.map((end) => new URL(end.url).searchParams.get("error_description"));
    expect(told.filter((description) => description === null)).toHaveLength(1);
    expect(told.filter((description) => description === `already confirmed: ${rows[0]?.id}`)).toHaveLength(AT_ONCE - 1);
    const winner = ends.findIndex((end) => errorOf(end) === null);
    const back = ends[winner];
    const tokens = back === undefined ? undefined : await orders[winner]?.finish(back);
    expect(tokens?.authorization_details).toMatchObject([{ ...PAYMENT, confirmation: { id: rows[0]?.id } }]);
  });

  test("one response that is sent sixteen times confirms once and gives one code, with a pushed request or without", async () => {
    const old = { ...STORE, operations_by_query: true };
    await using world = await createWorld({ clients: [old] });
    const query = new URLSearchParams({ ...requestOf(old), authorization_details: JSON.stringify([PAYMENT]) });
    const pushed = async (visitor: Visitor) =>
      (await order(world, visitor, { ...PAYMENT, operation_id: "pushed" })).page;
    for (const begin of [(visitor: Visitor) => visitor.open(`/authorize?${query}`), pushed]) {
      const visitor = createVisitor(world.issuer);
      const page = await visitor.submit(await begin(visitor), "next", { identifier: ALICE });
      const response = world.answer(ALICE, page.challenge, TYPED);
      const backs = await Promise.all(
        Array.from({ length: AT_ONCE }, () => visitor.submit(page, "next", { response })),
      );
      for (const back of backs) expect(back.status).toBeLessThan(500);
      expect(backs.filter((back) => back.url.includes("code="))).toHaveLength(1);
    }
    expect(await world.database.rows("SELECT id FROM confirmation")).toHaveLength(2);
    expect(await events(world, "operation.confirmed")).toBe(2);
  });

  test("a response and a decline at once: one of them, and the site is told which", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    for (let count = 0; count < 4; count += 1) {
      const element = { ...PAYMENT, operation_id: `both-${count}` };
      const { page } = await order(world, visitor, element);
      if (page.challenge === "") throw new Error(`${page.url} ${page.text}`);
      const response = world.answer(ALICE, page.challenge, TYPED);
      const [answered, declined] = await Promise.all([
        visitor.submit(page, "next", { response }),
        visitor.submit(page, "decline", { reason: "changed_mind" }),
      ]);
      const isConfirmed = await world.database.rows("SELECT id FROM confirmation WHERE operation_id = ?", [
        element.operation_id,
      ]);
      const codes = [answered, declined].filter(({ url }) => url.includes("code="));
      expect(codes).toHaveLength(isConfirmed.length);
      expect(declined.title.includes("Nothing was confirmed")).toBe(isConfirmed.length === 0);
    }
  });
});

async function events(world: World, type: string): Promise<number> {
  return (await world.database.rows("SELECT id FROM event WHERE type = ?", [type])).length;
}

/** As far as the address that brings the code back to the shop. */
async function signedIn(world: World, parameters: Record<string, string> = {}) {
  const shop = await createRelyingParty(world.issuer, SHOP);
  const signIn = await shop.begin(parameters);
  const visitor = createVisitor(world.issuer);
  const page = await visitor.submit(await visitor.open(signIn.address), "next", { identifier: ALICE });
  const answered = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
  const asksConsent = answered.html.querySelector('button[value="allow"]') !== null;
  const back = asksConsent ? await visitor.submit(answered, "allow") : answered;
  return { shop, finish: signIn.finish, returned: back.url };
}
