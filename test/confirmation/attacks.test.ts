import * as client from "openid-client";
import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { statementOf } from "../support/operations.ts";
import { leave, order, PAY, PAYMENT, paid, STORE, TYPED } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, client as entry, type World } from "../support/world.ts";

const OTHER = entry({
  client_id: "other",
  client_name: "Other",
  first_party: true,
  authorization_details_types: ["payment"],
});

const confirmed = (world: World) =>
  world.database.rows<{ operation_id: string; operation: string }>("SELECT operation_id, operation FROM confirmation");

/** A page of alice's, who is signed in, that asks to confirm this. */
async function asked(world: World, visitor = createVisitor(world.issuer), element: object = PAYMENT) {
  await signIn(world, { client: STORE, visitor });
  return { visitor, ...(await order(world, visitor, element)) };
}

describe("another client", () => {
  test("cannot redeem the code, and its own client still can", async () => {
    await using world = await createWorld({ clients: [STORE, OTHER] });
    const { visitor, page, finish } = await asked(world);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    const answer = await fetch(`${world.issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`other:${OTHER.client_secret}`).toString("base64")}` },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: new URL(back.url).searchParams.get("code") ?? "",
        redirect_uri: STORE.redirect_uris[0] ?? "",
        code_verifier: "x".repeat(43),
      }),
    });
    expect([answer.status, (await answer.json()).error]).toEqual([400, "invalid_grant"]);
    expect((await finish(back)).authorization_details).toHaveLength(1);
  });

  test("cannot revoke the token", async () => {
    await using world = await createWorld({ clients: [STORE, OTHER] });
    const { tokens } = await paid(world, createVisitor(world.issuer));
    const other = await createRelyingParty(world.issuer, OTHER);
    await client.tokenRevocation(other.config, tokens.access_token).catch(() => undefined);
    const own = await createRelyingParty(world.issuer, STORE);
    expect((await client.tokenIntrospection(own.config, tokens.access_token)).active).toBe(true);
  });
});

describe("details", () => {
  test("cannot be swapped on the page: what a form sends beside the response is not looked at", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor, page } = await asked(world);
    const dearer = { ...PAYMENT, amount: { value: "9999", currency: "WMZ" } };
    const fields = { authorization_details: JSON.stringify([dearer]), amount: "9999", operation_id: "another" };
    const statement = statementOf({ ...PAY, amount: "9999" });
    const wrong = await visitor.submit(page, "next", {
      ...fields,
      response: world.answer(ALICE, page.challenge, statement),
    });
    expect(wrong.status).toBe(422);
    await visitor.submit(wrong, "next", { ...fields, response: world.answer(ALICE, page.challenge, TYPED) });
    expect((await confirmed(world)).map(({ operation }) => JSON.parse(operation))).toEqual([PAYMENT]);
  });

  test("of one page are not confirmed by the response for another, though both are open in one browser", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor, page } = await asked(world);
    const other = await order(world, visitor, { ...PAYMENT, operation_id: "other" });
    const crossed = await visitor.submit(other.page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    expect(crossed.status).toBe(422);
    expect(await confirmed(world)).toEqual([]);
  });

  test("and the page itself are for the browser that the site sent: its address is of no use to another", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { page } = await asked(world);
    const stranger = createVisitor(world.issuer);
    const stolen = await stranger.open(page.url);
    expect(stolen.status).toBe(410);
    expect(stolen.text).not.toContain("10.50");
    const response = world.answer(ALICE, page.challenge, TYPED);
    expect((await stranger.post(new URL(page.url).pathname, `action=next&response=${response}`)).status).toBe(410);
    expect(await confirmed(world)).toEqual([]);
  });

  test("are not confirmed by a form on another site", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor, page } = await asked(world);
    const response = world.answer(ALICE, page.challenge, TYPED);
    const body = `action=next&response=${response}`;
    const forged = await visitor.post(new URL(page.url).pathname, body, { origin: "https://evil.example" });
    expect(forged.status).toBe(403);
    expect(await confirmed(world)).toEqual([]);
  });
});

describe("a response", () => {
  test("that was accepted confirms nothing else, here or in another request, in this browser or another", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor, page } = await asked(world);
    const response = world.answer(ALICE, page.challenge, TYPED);
    await visitor.submit(page, "next", { response });
    expect((await visitor.submit(page, "next", { response })).status).toBe(410);
    const next = await order(world, visitor, { ...PAYMENT, operation_id: "next" });
    expect((await visitor.submit(next.page, "next", { response })).status).toBe(422);
    const stranger = createVisitor(world.issuer);
    const first = (await order(world, stranger, { ...PAYMENT, operation_id: "stranger" })).page;
    const number = await stranger.submit(first, "next", { identifier: ALICE });
    expect((await stranger.submit(number, "next", { response })).status).toBe(422);
    expect(await confirmed(world)).toHaveLength(1);
  });

  test("to an old number, or of an old QR code, is refused in words, and a new number comes on the same page", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor, page, finish } = await asked(world);
    const scanned = statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation: PAYMENT });
    world.pass(5 * MINUTE + 1000);
    for (const statement of [TYPED, scanned]) {
      const late = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, statement) });
      expect(late.url).toMatch(/\/operation$/);
      expect(late.qr).toBe("");
      expect(late.text).toMatch(/run out|expired|new number/i);
    }
    const renewed = await visitor.submit(await visitor.open(page.url), "new-challenge");
    expect(renewed.challenge).not.toBe(page.challenge);
    expect(renewed.qr).not.toBe(page.qr);
    const old = await visitor.submit(renewed, "next", { response: world.answer(ALICE, page.challenge, scanned) });
    expect([old.status, await confirmed(world)]).toEqual([422, []]);
    const back = await visitor.submit(old, "next", { response: world.answer(ALICE, renewed.challenge, scanned) });
    expect((await finish(back)).authorization_details).toMatchObject([PAYMENT]);
  });

  test("of another account's phone is refused, typed or scanned", async () => {
    await using world = await createWorld({ clients: [STORE] });
    await world.database.rows("UPDATE device SET status = 'active'");
    const { visitor, page } = await asked(world);
    const scanned = statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation: PAYMENT });
    for (const statement of [TYPED, scanned]) {
      const response = world.answer("bob@example.com", page.challenge, statement);
      const wrong = await visitor.submit(page, "next", { response });
      expect([wrong.status, wrong.alert]).toEqual([422, expect.stringMatching(/left/)]);
    }
    expect(await confirmed(world)).toEqual([]);
  });

  test.each([
    ["the client's name", { id: "shop", name: "Book shop." }, PAYMENT],
    ["the client's id", { id: "shop2", name: "Book shop" }, PAYMENT],
    ["the order's number", { id: "shop", name: "Book shop" }, { ...PAYMENT, operation_id: "inv-1043" }],
    [
      "the payee's name",
      { id: "shop", name: "Book shop" },
      { ...PAYMENT, payee: { ...PAYMENT.payee, name: "Book  shop" } },
    ],
    ["the description", { id: "shop", name: "Book shop" }, { ...PAYMENT, description: "Two books." }],
  ])("for a scanned code with another value of %s does not fit", async (_name, site, operation) => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor, page } = await asked(world);
    const statement = statementOf({ mode: "operation", client: site, operation });
    const wrong = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, statement) });
    expect([wrong.status, await confirmed(world)]).toEqual([422, []]);
  });
});

describe("an operation's token", () => {
  test("is not for userinfo, ends after ten minutes and opens no receipt then; the client's own credentials still do", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    expect(tokens.expires_in).toBe(600);
    const authorization = `Bearer ${tokens.access_token}`;
    const userinfo = await fetch(`${world.issuer}/userinfo`, { headers: { authorization } });
    expect([userinfo.status, (await userinfo.json()).error]).toEqual([403, "insufficient_scope"]);
    const receipt = `${world.issuer}/confirmations/${id}/receipt`;
    expect((await fetch(receipt, { headers: { authorization } })).status).toBe(200);
    world.pass(10 * MINUTE + 16_000);
    const { config } = await createRelyingParty(world.issuer, STORE);
    expect(await client.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
    const late = await fetch(receipt, { headers: { authorization } });
    expect([late.status, late.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining("invalid_token"),
    ]);
    const basic = `Basic ${Buffer.from(`shop:${STORE.client_secret}`).toString("base64")}`;
    const body = new URLSearchParams({ confirmation_id: id });
    const asked = await fetch(`${world.issuer}/confirmations/receipt`, {
      method: "POST",
      headers: { authorization: basic },
      body,
    });
    expect(asked.status).toBe(200);
  });

  test("of a sign-in, or revoked, opens none either", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const signedIn = await signIn(world, { client: STORE });
    const status = async (token: string) =>
      (await fetch(`${world.issuer}/confirmations/${id}/receipt`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await status((await signedIn.tokens()).access_token)).toBe(401);
    await client.tokenRevocation(signedIn.party.config, tokens.access_token);
    expect(await status(tokens.access_token)).toBe(401);
  });
});

describe("a WMID that must be the account's own", () => {
  const KEYS = { type: "keys", operation_id: "k-1", wmid: "301234567890", action: "back_up" };
  const site = { ...STORE, authorization_details_types: ["keys"] };

  test("lets its owner confirm, and tells the site access_denied of another's, before a number is shown", async () => {
    await using world = await createWorld({ clients: [site] });
    const { visitor } = await signIn(world, { client: site });
    const foreign = await order(world, visitor, { ...KEYS, wmid: "302345678901" }, {}, site);
    const told = await leave(visitor, foreign.page);
    expect(new URL(told.url).searchParams.get("error")).toBe("access_denied");
    const { page, finish } = await order(world, visitor, KEYS, {}, site);
    const statement = statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation: KEYS });
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, statement) });
    expect((await finish(back)).authorization_details).toMatchObject([KEYS]);
  });
});
