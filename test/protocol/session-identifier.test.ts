import { expect, test } from "vitest";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

/** Signs in, and says by which cookies the session is known from then on. */
async function cookieOf(world: World, visitor: Visitor, parameters: Record<string, string>): Promise<string> {
  const { address } = await (await createRelyingParty(world.issuer, SHOP)).begin(parameters);
  const page = await visitor.submit(await visitor.open(address), "next", { identifier: ALICE });
  const response = encodeURIComponent(world.answer(ALICE, page.challenge));
  const { url } = await visitor.once(new URL(page.url).pathname, `action=next&response=${response}`);
  const { headers } = await visitor.once(url);
  return [...String(headers["set-cookie"]).matchAll(/enum-session(?:\.sig)?=[^;,]+/g)].join("; ");
}

/** OWASP ASVS 7.2.4. */
test("each sign-in gives the session another identifier, and the former opens nothing", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const signedIn = async (cookie: string) => {
    const silent = await (await createRelyingParty(world.issuer, SHOP)).begin({ prompt: "none" });
    const answer = await fetch(silent.address, { headers: { cookie }, redirect: "manual" });
    return new URL(answer.headers.get("location") ?? "").searchParams.has("code");
  };
  const first = await cookieOf(world, visitor, {});
  expect(first).toMatch(/^enum-session=\S+; enum-session\.sig=\S+$/);
  const second = await cookieOf(world, visitor, { prompt: "login" });
  expect(second).not.toBe(first);
  expect(await signedIn(first)).toBe(false);
  expect(await signedIn(second)).toBe(true);
});
