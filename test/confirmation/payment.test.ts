import * as client from "openid-client";
import { describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "../../src/clock.ts";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { OPERATION_TYPES, statementOf } from "../support/operations.ts";
import { leave, order, PAY, PAYMENT, paid, STORE, TYPED } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

describe("a payment, with nobody signed in", () => {
  test("needs the identifier and one response, gives a token that says what was confirmed, and leaves no session", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const visitor = createVisitor(world.issuer);
    const { page, finish, party } = await order(world, visitor);
    expect(page.text).toContain("10.50");
    const number = await visitor.submit(page, "next", { identifier: ALICE });
    expect(number.text).toMatch(/Z\s1234\s5678\s9012/);
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
    const tokens = await finish(back);
    expect(tokens.id_token).toBeUndefined();
    expect(tokens.refresh_token).toBeUndefined();
    const [confirmed] = tokens.authorization_details ?? [];
    expect(confirmed).toEqual({
      ...PAYMENT,
      confirmation: { id: expect.any(String), confirmed_at: expect.any(String), binding: "payment" },
    });
    expect(await client.tokenIntrospection(party.config, tokens.access_token)).toMatchObject({
      active: true,
      aud: `${world.issuer}/operations`,
      acr: "urn:e-num:acr:operation",
      amr: ["otp", "mfa", "user"],
      authorization_details: [confirmed],
    });
    expect(errorOf((await signIn(world, { client: STORE, visitor, parameters: { prompt: "none" } })).back)).toBe(
      "login_required",
    );
  });
});

describe("a type that gives its people two minutes", () => {
  const quick = { ...OPERATION_TYPES, lifetime: () => 120 };

  test.each(["en", "ru"])("has a check number of two minutes, and no page says five (%s)", async (lang) => {
    await using world = await createWorld({ clients: [STORE], operationTypes: quick });
    const visitor = createVisitor(world.issuer);
    const { page } = await order(world, visitor, PAYMENT, { ui_locales: lang });
    const number = await visitor.submit(page, "next", { identifier: ALICE });
    const response = world.answer(ALICE, number.challenge, TYPED);
    world.pass(121 * SECOND);
    const late = await visitor.submit(number, "next", { response });
    expect(late.text).toMatch(lang === "en" ? /This number has run out/ : /Время этого числа вышло/);
    expect(number.text + late.text).not.toMatch(/five minutes|пять минут/);
  });
});

describe("a payment, by somebody who is signed in", () => {
  test("needs one response, and gives an ID token with txn; the session stays at login", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page, finish } = await order(world, visitor, PAYMENT, {
      scope: "openid email",
      acr_values: "urn:e-num:acr:operation",
    });
    expect(page.text).toContain(ALICE);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    const tokens = await finish(back);
    const claims = tokens.claims();
    expect(claims).toMatchObject({ acr: "urn:e-num:acr:operation", amr: ["otp", "mfa", "user"], email: ALICE });
    const [confirmed] = tokens.authorization_details ?? [];
    expect(claims?.["txn"]).toBe(JSON.parse(JSON.stringify(confirmed)).confirmation.id);
    const after = await signIn(world, { client: STORE, visitor, parameters: { prompt: "none" } });
    expect((await after.tokens()).claims()?.["acr"]).toBe("urn:e-num:acr:login");
  });

  test("with openid and nobody signed in, the login comes first and its response confirms nothing", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const visitor = createVisitor(world.issuer);
    const { page, finish } = await order(world, visitor, PAYMENT, { scope: "openid" });
    const login = await visitor.submit(page, "next", { identifier: ALICE });
    const operation = await visitor.submit(login, "next", { response: world.answer(ALICE, login.challenge) });
    expect(operation.url).toMatch(/\/operation$/);
    expect(operation.challenge).not.toBe(login.challenge);
    const wrong = await visitor.submit(operation, "next", { response: world.answer(ALICE, operation.challenge) });
    expect(wrong.alert).toMatch(/Log in|Payment/);
    const back = await visitor.submit(wrong, "next", { response: world.answer(ALICE, operation.challenge, TYPED) });
    expect((await finish(back)).claims()?.["acr"]).toBe("urn:e-num:acr:operation");
  });

  test("an older token stays active beside the payment's, and each carries its own details", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const first = await signIn(world, { client: STORE });
    const older = await first.tokens();
    const details: unknown[] = [];
    for (const id of ["inv-1", "inv-2"]) {
      const { page, finish } = await order(world, first.visitor, { ...PAYMENT, operation_id: id });
      const back = await first.visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
      details.push((await finish(back)).authorization_details);
    }
    expect(details).toEqual([
      [expect.objectContaining({ operation_id: "inv-1" })],
      [expect.objectContaining({ operation_id: "inv-2" })],
    ]);
    expect((await client.tokenIntrospection(first.party.config, older.access_token)).active).toBe(true);
  });

  test("prompt=login and max_age are answered by the operation's own response, and the session's time stays", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const first = await signIn(world, { client: STORE });
    const since = (await first.tokens()).claims()?.["auth_time"];
    world.pass(120_000);
    const { page, finish } = await order(world, first.visitor, PAYMENT, { scope: "openid", prompt: "login" });
    expect(page.url).toMatch(/\/operation$/);
    const back = await first.visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    expect(Number((await finish(back)).claims()?.["auth_time"])).toBeGreaterThan(Number(since) + 100);
    const after = await signIn(world, { client: STORE, visitor: first.visitor, parameters: { prompt: "none" } });
    expect((await after.tokens()).claims()?.["auth_time"]).toBe(since);
  });
});

describe("binding", () => {
  test.each([
    ["another amount", { ...PAY, amount: "10.51" }],
    ["another purse", { ...PAY, recipient: "Z123456789013" }],
    ["a confirmation without the payment", { mode: "confirm" }],
    ["a login", { mode: "login" }],
  ])("a response for %s does not fit", async (_name, statement) => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const response = world.answer(ALICE, page.challenge, statementOf(statement));
    const wrong = await visitor.submit(page, "next", { response });
    expect(wrong.status).toBe(422);
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
  });

  test("the scanned statement is signed, holds every detail, and its response is bound to all of it", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page, finish } = await order(world, visitor);
    expect(page.qr).toMatch(/^enum:o\?c=\d{8}&r=[\w-]{22}&t=/);
    expect(parseChallenge(page.challenge).ok).toBe(true);
    const statement = { mode: "operation", client: { id: "shop", name: "Book shop" }, operation: PAYMENT };
    const back = await visitor.submit(page, "next", {
      response: world.answer(ALICE, page.challenge, statementOf(statement)),
    });
    const [confirmed] = (await finish(back)).authorization_details ?? [];
    expect(confirmed).toMatchObject({ confirmation: { binding: "operation" } });
  });

  test("a type that demands the scanned statement takes no typed one", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const update = {
      type: "profile_update",
      operation_id: "p-1",
      changes: [{ field: "e-mail", from: "a@example.com", to: "b@example.com" }],
    };
    const { page, finish } = await order(world, visitor, update);
    const typed = await visitor.submit(page, "next", {
      response: world.answer(ALICE, page.challenge, { mode: "confirm" }),
    });
    expect(typed.status).toBe(422);
    const statement = statementOf({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation: update });
    const back = await visitor.submit(typed, "next", { response: world.answer(ALICE, page.challenge, statement) });
    expect((await finish(back)).authorization_details).toHaveLength(1);
  });
});

describe("once", () => {
  test("a confirmed operation_id is refused, naming its confirmation; a declined one may come again", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const declined = await order(world, visitor);
    await visitor.submit(declined.page, "decline", { reason: "changed_mind" });
    const { page, finish } = await order(world, visitor);
    await finish(await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) }));
    const [{ id } = { id: "" }] = await world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    await expect(order(world, visitor)).rejects.toMatchObject({
      error: "invalid_authorization_details",
      error_description: `already confirmed: ${id}`,
    });
  });
});

describe("again", () => {
  test("an operation whose number and visit have run out may be asked for once more, and is confirmed then", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const visitor = createVisitor(world.issuer);
    const late = await visitor.submit((await order(world, visitor)).page, "next", { identifier: ALICE });
    world.pass(31 * MINUTE);
    await world.sweep();
    await visitor.submit(late, "next", { response: world.answer(ALICE, late.challenge, TYPED) });
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
    expect((await paid(world, visitor)).tokens.authorization_details).toMatchObject([PAYMENT]);
  });
});

describe("who may confirm", () => {
  test("a site that pins another account gets login_required, and the operation stays open", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const visitor = createVisitor(world.issuer);
    const { page } = await order(world, visitor, PAYMENT, { login_hint: "somebody-else" });
    const number = await visitor.submit(page, "next", { identifier: ALICE });
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
    expect(back.title).toContain("another account");
    expect(errorOf(await leave(visitor, back))).toBe("login_required");
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
    const { visitor: own } = await signIn(world, { client: STORE });
    const { page: refused } = await order(world, own, PAYMENT, { login_hint: "somebody-else" });
    expect(errorOf(await leave(own, refused))).toBe("login_required");
  });

  test("a WMID that must be the account's own, and is not, is access_denied", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const transfer = {
      type: "trust_transfer",
      operation_id: "t-1",
      payee: { purse: "Z123456789012" },
      amount: { value: "10.5", currency: "WMZ" },
      owner_wmid: "399999999999",
      owner_purse: "Z210987654321",
    };
    const visitor = createVisitor(world.issuer);
    const { page } = await order(world, visitor, transfer);
    const number = await visitor.submit(page, "next", { identifier: ALICE });
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
    expect(back.title).toContain("another account");
    expect(errorOf(await leave(visitor, back))).toBe("access_denied");
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
  });
});

describe("declining", () => {
  test("the site is told who declined and why, and nothing is confirmed", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page } = await order(world, visitor);
    const farewell = await visitor.submit(page, "decline", { reason: "wrong_details" });
    const back = await leave(visitor, farewell);
    expect(new URL(back.url).searchParams.get("error")).toBe("access_denied");
    expect(new URL(back.url).searchParams.get("error_description")).toContain("wrong_details");
  });

  test.each(["decline", "new-challenge", "answered"])(
    "%s on a page whose response was accepted meanwhile changes nothing: the site gets the confirmation",
    async (action) => {
      await using world = await createWorld({ clients: [STORE] });
      const { visitor } = await signIn(world, { client: STORE });
      const { page, finish } = await order(world, visitor);
      await visitor.once(page.url, `action=next&response=${world.answer(ALICE, page.challenge, TYPED)}`);
      const back = await visitor.post(new URL(page.url).pathname, `action=${action}&reason=changed_mind`);
      expect((await finish(back)).authorization_details).toMatchObject([PAYMENT]);
      expect(await world.database.rows("SELECT id FROM event WHERE type = 'operation.declined'")).toEqual([]);
    },
  );

  test('"it was not me" ends every open request of the account and tells its owner on all channels', async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const stranger = createVisitor(world.issuer);
    const open = await stranger.submit(
      (await order(world, stranger, { ...PAYMENT, operation_id: "other" })).page,
      "next",
      { identifier: ALICE },
    );
    const { page } = await order(world, visitor);
    await visitor.submit(page, "decline", { reason: "not_me" });
    const late = await stranger.submit(open, "next", { response: world.answer(ALICE, open.challenge, TYPED) });
    expect(late.url).not.toContain("code=");
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
    expect((await world.messages()).filter(({ to }) => to === ALICE || to === "+15555550101")).toHaveLength(2);
  });
});
