import * as client from "openid-client";
import { describe, expect, test } from "vitest";
import { LOGIN, OPERATION, SMS } from "../../src/provider/assurance.ts";
import { order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { push, requestOf } from "../support/pushed.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const essential = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, ...acr } } }) });

describe("OpenID Connect unmet_authentication_requirements 1.0, with an operation", () => {
  test.each([
    ["only unknown acr_values", { acr_values: "urn:other urn:another" }],
    ["an essential acr of an unknown value", essential({ value: "urn:other" })],
    ["an essential acr of unknown values", essential({ values: ["urn:other", "urn:another"] })],
    [
      "an essential acr before acr_values that could be met",
      { ...essential({ value: "urn:other" }), acr_values: OPERATION },
    ],
  ])("%s: it fails at once, before anybody is asked for a response, signed in or not", async (_name, wish) => {
    await using world = await createWorld({ clients: [STORE] });
    const visitor = createVisitor(world.issuer);
    const asked = { scope: "openid", ...wish };
    expect(errorOf((await order(world, visitor, PAYMENT, asked)).page)).toBe("unmet_authentication_requirements");
    await signIn(world, { client: STORE, visitor });
    expect(errorOf((await order(world, visitor, PAYMENT, asked)).page)).toBe("unmet_authentication_requirements");
    expect(await world.database.rows("SELECT id FROM challenge WHERE purpose = 'operation'")).toEqual([]);
  });

  // What a type demands counts as asked for, so that a site cannot ask for less (PROTOCOL 8).
  test.each([
    ["nothing", {}],
    ["operation", { acr_values: OPERATION }],
    ["login, which the sign-in before it meets", { acr_values: LOGIN }],
    ["sms, which the type does not let", { acr_values: SMS }],
    ["an unknown value beside a known one", { acr_values: `urn:other ${OPERATION}` }],
    ["an essential operation", essential({ value: OPERATION })],
    ["an essential login", essential({ values: [LOGIN] })],
  ])("asked for %s, every token says operation, with the time of the response", async (_name, wish) => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor, party } = await signIn(world, { client: STORE });
    world.pass(60_000);
    const { page, finish } = await order(world, visitor, PAYMENT, { scope: "openid", ...wish });
    const tokens = await finish(
      await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) }),
    );
    const [{ confirmed_at: at } = { confirmed_at: 0 }] = await world.database.rows<{ confirmed_at: number }>(
      "SELECT confirmed_at FROM confirmation",
    );
    const said = { acr: OPERATION, amr: ["otp", "mfa", "user"], auth_time: Math.floor(Number(at) / 1000) };
    expect(tokens.claims()).toMatchObject(said);
    expect(await client.tokenIntrospection(party.config, tokens.access_token)).toMatchObject(said);
    const after = await signIn(world, { client: STORE, visitor, parameters: { prompt: "none" } });
    expect((await after.tokens()).claims()?.["acr"]).toBe(LOGIN);
  });

  test("without openid neither acr_values nor the claims parameter has a meaning, and the site is told", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const details = { ...requestOf(), authorization_details: JSON.stringify([PAYMENT]) };
    for (const wish of [{ acr_values: OPERATION }, essential({ value: OPERATION })])
      expect(await push(world, { ...details, ...wish })).toMatchObject({
        status: 400,
        body: { error: "invalid_request" },
      });
  });
});
