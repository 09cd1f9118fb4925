import { readFileSync } from "node:fs";
import { generateKeyPair, importJWK, type JWTPayload, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { loadKeys } from "../../src/keys/keys.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { createSiteBrowser, type SiteBrowser } from "../support/site-browser.ts";
import { createVisitor } from "../support/visitor.ts";

test("the sign-in is under 120 lines, so that a site's developer reads it at one go", () => {
  const source = readFileSync(new URL("../../examples/site/sign-in.ts", import.meta.url), "utf8");
  expect(source.trimEnd().split("\n").length).toBeLessThan(120);
});

/** As far as the address by which alice comes back to the shop. */
async function comeBack({ world }: Journey, browser: SiteBrowser): Promise<URL> {
  const { location } = await browser.post("sign-in");
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open(location), "next", { identifier: "alice@example.com" });
  const response = world.answer("alice@example.com", number.challenge);
  return new URL((await visitor.submit(number, "next", { response })).url);
}

async function signIn(journey: Journey, browser: SiteBrowser): Promise<void> {
  const back = await comeBack(journey, browser);
  expect(await browser.get(back.href)).toMatchObject({ status: 303, location: journey.shop.address });
  expect((await browser.get("/")).text).toContain("alice@example.com");
}

describe("the way back from the provider", () => {
  test.each([
    ["another state", (back: URL) => back.searchParams.set("state", "somebody-else-s")],
    ["no state", (back: URL) => back.searchParams.delete("state")],
    ["another issuer", (back: URL) => back.searchParams.set("iss", "https://id.example.org")],
    ["no issuer", (back: URL) => back.searchParams.delete("iss")],
    ["another code", (back: URL) => back.searchParams.set("code", "guessed")],
  ])("with %s signs nobody in", async (_, change) => {
    await using journey = await createJourney();
    const browser = createSiteBrowser(journey.shop);
    const back = await comeBack(journey, browser);
    change(back);
    const answer = await browser.get(back.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("The sign-in did not work");
    expect((await browser.get("/")).text).not.toContain("alice@example.com");
  });

  test("works once, and in the browser alone that began", async () => {
    await using journey = await createJourney();
    const browser = createSiteBrowser(journey.shop);
    const back = await comeBack(journey, browser);
    expect((await createSiteBrowser(journey.shop).get(back.href)).text).toContain("not begun in this browser");
    expect((await browser.get(back.href)).status).toBe(303);
    expect((await browser.get(back.href)).text).toContain("not begun in this browser");
    expect((await browser.get("/")).text).toContain("alice@example.com");
  });

  test("with an error of the provider's says it, as text", async () => {
    await using journey = await createJourney();
    const browser = createSiteBrowser(journey.shop);
    const { searchParams } = new URL((await browser.post("sign-in")).location);
    const about = { state: searchParams.get("state") ?? "", iss: journey.world.issuer };
    const error = { error: "temporarily_unavailable", error_description: "<b>later</b>" };
    const answer = await browser.get(`/callback?${new URLSearchParams({ ...about, ...error })}`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("temporarily_unavailable &#60;b&#62;later&#60;/b&#62;");
  });
});

describe("a logout token", () => {
  const EVENTS = { "http://schemas.openid.net/event/backchannel-logout": {} };

  /** Whether the shop, where alice is signed in, takes the token. */
  async function takes(change: (right: { claims: JWTPayload; typ: string }) => void, forged = false): Promise<boolean> {
    await using journey = await createJourney();
    const { world, shop } = journey;
    const browser = createSiteBrowser(journey.shop);
    await signIn(journey, browser);
    const [account] = await world.database.rows<{ id: string }>(
      "SELECT id FROM account WHERE email = 'alice@example.com'",
    );
    const about = { iss: world.issuer, aud: "shop", sub: account?.id ?? "" };
    const now = Math.floor(Date.now() / 1000);
    const right = { typ: "logout+jwt", claims: { ...about, iat: now, exp: now + 120, jti: "1", events: EVENTS } };
    change(right);
    const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
    const [jwk] = (await loadKeys({ ...world, clock: world.now, random })).token;
    if (jwk === undefined) throw new Error("the provider has no key");
    const key = forged ? (await generateKeyPair("ES256")).privateKey : await importJWK(jwk, "ES256");
    const token = await new SignJWT(right.claims)
      .setProtectedHeader({ alg: "ES256", kid: jwk.kid ?? "", typ: right.typ })
      .sign(key);
    const send = () =>
      fetch(`${shop.address}backchannel-logout`, {
        method: "POST",
        body: new URLSearchParams({ logout_token: token }),
      });
    const { status } = await send();
    const signedIn = (await browser.get("/")).text.includes("alice@example.com");
    expect([status, signedIn]).toEqual(status === 200 ? [200, false] : [400, true]);
    // Used or refused, it does nothing any more.
    expect((await send()).status).toBe(400);
    return status === 200;
  }

  test("of the provider's ends the person's session, once", async () => {
    expect(await takes(() => undefined)).toBe(true);
  });

  test("that the provider did not sign is refused", async () => {
    expect(await takes(() => undefined, true)).toBe(false);
  });

  test.each<[string, (right: { claims: JWTPayload; typ: string }) => void]>([
    ["of another issuer", ({ claims }) => Object.assign(claims, { iss: "https://id.example.org" })],
    ["for another site", ({ claims }) => Object.assign(claims, { aud: "library" })],
    ["that is an ID token", (right) => Object.assign(right, { typ: "JWT" })],
    ["with a nonce, as only an ID token has", ({ claims }) => Object.assign(claims, { nonce: "n" })],
    ["without its event", ({ claims }) => Object.assign(claims, { events: {} })],
    ["without an id", ({ claims }) => delete claims.jti],
    ["that is old", ({ claims }) => Object.assign(claims, { iat: (claims.iat ?? 0) - 600 })],
  ])("%s is refused", async (_, change) => {
    expect(await takes(change)).toBe(false);
  });
});
