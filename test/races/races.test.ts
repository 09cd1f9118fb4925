import { refreshTokenGrant } from "openid-client";
import { describe, expect, test } from "vitest";
import { prove } from "../support/newcomer.ts";
import { activate } from "../support/phone.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { createVisitor } from "../support/visitor.ts";
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
    const winners = answers.filter(({ status }) => status === "fulfilled");
    expect(winners.length).toBeLessThanOrEqual(1);
    await expect.poll(() => events(world, "token.reused")).toBeGreaterThanOrEqual(1);
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
