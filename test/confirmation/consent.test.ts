import { describe, expect, test } from "vitest";
import { order, PAYMENT, TYPED } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld, client as entry, LIBRARY, type World } from "../support/world.ts";

const SITE = { ...LIBRARY, authorization_details_types: ["payment"] };
const WISH = { scope: "openid email" };

const confirmations = (world: World) => world.database.rows("SELECT id FROM confirmation");
const asksConsent = (page: Page) => page.html.querySelector('button[value="allow"]') !== null;

describe("a site of somebody else's that asks for scopes beside the operation", () => {
  test("gets both: the consent comes first and is remembered, the operation's response ends the request", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { visitor } = await signIn(world, { client: SITE });
    const { page, finish } = await order(world, visitor, PAYMENT, WISH, SITE);
    expect(asksConsent(page)).toBe(true);
    const operation = await visitor.submit(page, "allow");
    const back = await visitor.submit(operation, "next", { response: world.answer(ALICE, operation.challenge, TYPED) });
    const tokens = await finish(back);
    expect(tokens.claims()).toMatchObject({ email: ALICE, acr: "urn:e-num:acr:operation", txn: expect.any(String) });
    expect(tokens.authorization_details).toEqual([expect.objectContaining(PAYMENT)]);
    const next = await order(world, visitor, { ...PAYMENT, operation_id: "next" }, WISH, SITE);
    expect(next.page.url).toMatch(/\/operation$/);
  });

  test("whoever declines the consent has confirmed nothing", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { visitor } = await signIn(world, { client: SITE });
    const { page } = await order(world, visitor, PAYMENT, WISH, SITE);
    const back = await visitor.submit(page, "decline");
    expect(errorOf(back)).toBe("access_denied");
    expect(await confirmations(world)).toEqual([]);
    expect((await order(world, visitor, PAYMENT, WISH, SITE)).page.status).toBe(200);
  });

  test("with nobody signed in: a sign-in, the consent, the operation", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const visitor = createVisitor(world.issuer);
    const { page, finish } = await order(world, visitor, PAYMENT, WISH, SITE);
    const login = await visitor.submit(page, "next", { identifier: ALICE });
    const consent = await visitor.submit(login, "next", { response: world.answer(ALICE, login.challenge) });
    const operation = await visitor.submit(consent, "allow");
    expect(await confirmations(world)).toEqual([]);
    const back = await visitor.submit(operation, "next", { response: world.answer(ALICE, operation.challenge, TYPED) });
    expect((await finish(back)).claims()?.["acr"]).toBe("urn:e-num:acr:operation");
  });

  test("prompt=consent asks again, and then for the response", async () => {
    await using world = await createWorld({ clients: [SITE] });
    const { visitor } = await signIn(world, { client: SITE, parameters: WISH });
    const { page, finish } = await order(world, visitor, PAYMENT, { ...WISH, prompt: "consent" }, SITE);
    expect(asksConsent(page)).toBe(true);
    const operation = await visitor.submit(page, "allow");
    const back = await visitor.submit(operation, "next", { response: world.answer(ALICE, operation.challenge, TYPED) });
    expect((await finish(back)).authorization_details).toHaveLength(1);
  });
});

describe("a native app", () => {
  const APP = entry({
    client_id: "app",
    client_name: "App",
    first_party: true,
    application_type: "native",
    redirect_uris: ["com.example.app:/callback"],
    post_logout_redirect_uris: [],
    authorization_details_types: ["payment"],
  });

  test.each([
    ["with openid", { scope: "openid" }],
    ["without it", {}],
  ])("%s is let through by the operation's response alone: it is the person's doing", async (_how, wish) => {
    await using world = await createWorld({ clients: [APP] });
    const { visitor } = await signIn(world, { client: APP });
    const { page, finish } = await order(world, visitor, PAYMENT, wish, APP);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    expect((await finish(back)).authorization_details).toHaveLength(1);
  });
});
