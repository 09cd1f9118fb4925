import { expect, test } from "vitest";
import { createRelyingParty } from "../support/relying-party.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP } from "../support/world.ts";

test("a person who types e-mail and response is signed in at the site", async () => {
  await using world = await createWorld();
  const shop = await createRelyingParty(world.issuer, SHOP);
  const signIn = await shop.begin({ scope: "openid email wmid" });
  const visitor = createVisitor(world.issuer);

  const identifier = await visitor.open(signIn.address);
  expect(identifier.title).toContain("Book shop");
  const number = await visitor.submit(identifier, "next", { identifier: "Alice@Example.com" });
  expect(number.challenge).toMatch(/^[1-9]\d{7}$/);
  const back = await visitor.submit(number, "next", { response: world.answer("alice@example.com", number.challenge) });
  expect(back.url).toContain("http://localhost:9/shop/callback?code=");

  const tokens = await signIn.finish(back.url);
  expect(tokens.claims()).toMatchObject({ acr: "urn:e-num:acr:login", amr: ["otp", "mfa"], aud: "shop" });
});
