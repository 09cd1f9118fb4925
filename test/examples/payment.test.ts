import { readFileSync } from "node:fs";
import { decodeJwt, generateKeyPair, importJWK, SignJWT } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { statementOf } from "../support/operations.ts";
import { createVisitor } from "../support/visitor.ts";

const ALICE = "alice@example.com";
const TYPED = statementOf({ mode: "payment", amount: "10.5", recipient: BOOK_SHOP.purse });

afterEach(() => vi.restoreAllMocks());

test("the payment is under 120 lines, so that a site's developer reads it at one go", () => {
  const source = readFileSync(new URL("../../examples/shop/payment.ts", import.meta.url), "utf8");
  expect(source.trimEnd().split("\n").length).toBeLessThan(120);
});

/** One person's browser as the shop sees it, with a cookie for each order. */
function createBrowser({ shop: { address } }: Journey) {
  const cookies: string[] = [];
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = { cookie: cookies.join("; ") };
    const answer = await fetch(new URL(path, address), { redirect: "manual", ...init, headers });
    cookies.push(...answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? ""));
    return { status: answer.status, location: answer.headers.get("location") ?? "", text: await answer.text() };
  };
  return {
    get: (path: string) => send(path),
    buy: (book: string) => send("/buy", { method: "POST", body: new URLSearchParams({ book }) }),
  };
}

type ShopBrowser = ReturnType<typeof createBrowser>;

/** As far as the address by which alice comes back to the shop. */
async function confirmed({ world }: Journey, browser: ShopBrowser): Promise<URL> {
  const { location } = await browser.buy("The House by the Lake");
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open(location), "next", { identifier: ALICE });
  const response = world.answer(ALICE, number.challenge, TYPED);
  return new URL((await visitor.submit(number, "next", { response })).url);
}

/** Between shop and provider sits somebody who changes what comes from one address. */
function tamper(path: RegExp, change: (body: string) => string | Promise<string>): void {
  const honest = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const answer = await honest(input, init);
    const url = input instanceof Request ? input.url : String(input);
    if (!path.test(url)) return answer;
    const { status, headers } = answer;
    return new Response(await change(await answer.text()), { status, headers });
  });
}

describe("the way back from a payment", () => {
  test.each([
    ["another state", (back: URL) => back.searchParams.set("state", "somebody-else-s")],
    ["no state", (back: URL) => back.searchParams.delete("state")],
    ["another issuer", (back: URL) => back.searchParams.set("iss", "https://id.example.org")],
    ["no issuer", (back: URL) => back.searchParams.delete("iss")],
    ["another code", (back: URL) => back.searchParams.set("code", "guessed")],
  ])("with %s pays nothing", async (_, change) => {
    await using journey = await createJourney();
    const browser = createBrowser(journey);
    const back = await confirmed(journey, browser);
    change(back);
    const answer = await browser.get(back.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("The payment did not work");
    expect(answer.text).toContain("Nothing was paid");
  });

  test("with the code of another order pays neither, for PKCE ties each to its own", async () => {
    await using journey = await createJourney();
    const browser = createBrowser(journey);
    const [one, other] = [await confirmed(journey, browser), await confirmed(journey, browser)];
    one.searchParams.set("code", other.searchParams.get("code") ?? "");
    expect((await browser.get(one.href)).text).toContain("invalid_grant");
  });

  test("is for the browser that ordered, pays once, and shows the same page however often it is opened", async () => {
    await using journey = await createJourney();
    const browser = createBrowser(journey);
    const back = await confirmed(journey, browser);
    expect((await createBrowser(journey).get(back.href)).text).toContain("not begun in this browser");
    const [first, second] = await Promise.all([browser.get(back.href), browser.get(back.href)]);
    expect(first.text).toContain("Paid: The House by the Lake");
    expect(second).toEqual(first);
    expect(await browser.get(back.href)).toEqual(first);
  });

  test("of two orders in two tabs pays both, each as its own", async () => {
    await using journey = await createJourney();
    const browser = createBrowser(journey);
    const [one, other] = [await confirmed(journey, browser), await confirmed(journey, browser)];
    const [otherPage, onePage] = [await browser.get(other.href), await browser.get(one.href)];
    expect([onePage.status, otherPage.status]).toEqual([200, 200]);
    expect(onePage.text).not.toBe(otherPage.text);
  });
});

test("a book that is not sold is no order", async () => {
  await using journey = await createJourney();
  const answer = await createBrowser(journey).buy("The House by the Sea");
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("That is not sold here.");
});

describe("a token response", () => {
  type Details = { [member: string]: unknown };
  test.each<[string, (details: Details) => Details[]]>([
    ["with another amount", (details) => [{ ...details, amount: { value: "0.5", currency: "WMZ" } }]],
    ["with another payee", (details) => [{ ...details, payee: { purse: "Z999999999999", name: "Book shop" } }]],
    ["of another order", (details) => [{ ...details, operation_id: "another" }]],
    ["with a member more", (details) => [{ ...details, fee: "1" }]],
    ["with an element more", (details) => [details, details]],
    ["without its confirmation", ({ confirmation: _, ...details }) => [details]],
    ["without any details", () => []],
  ])("%s is no payment", async (_, change) => {
    await using journey = await createJourney();
    const browser = createBrowser(journey);
    const back = await confirmed(journey, browser);
    tamper(/\/token$/, (body) => {
      const { authorization_details: details, ...rest } = JSON.parse(body);
      return JSON.stringify({ ...rest, authorization_details: change(details[0]) });
    });
    const answer = await browser.get(back.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Something else was confirmed than what was ordered.");
  });
});

describe("a receipt", () => {
  /** What the shop says to a receipt that is changed and signed again, by default as the provider signs. */
  async function says(change: object, { typ = "enum-receipt+jwt", key = "" } = {}): Promise<string> {
    await using journey = await createJourney();
    const { world } = journey;
    const browser = createBrowser(journey);
    const back = await confirmed(journey, browser);
    const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
    const { confirmation, token } = await loadKeys({ ...world, clock: world.now, random });
    const [own] = confirmation;
    const [tokenKey] = token;
    if (own === undefined || tokenKey === undefined) throw new Error("the provider has no keys");
    const keys: Record<string, Parameters<SignJWT["sign"]>[0]> = {
      stranger: (await generateKeyPair("ES256")).privateKey,
      token: await importJWK(tokenKey, "ES256"),
    };
    const signer = keys[key] ?? (await importJWK(own.privateJwk, "ES256"));
    const kid = key === "token" ? (tokenKey.kid ?? "") : own.kid;
    tamper(/\/receipt$/, (body) =>
      new SignJWT({ ...decodeJwt(body), ...change }).setProtectedHeader({ alg: "ES256", typ, kid }).sign(signer),
    );
    return (await browser.get(back.href)).text;
  }

  test("that was signed again as the provider signs is a payment, so that the others fail for their own reason", async () => {
    expect(await says({})).toContain("Paid: The House by the Lake");
  });

  test.each<[string, object, { typ?: string; key?: string }]>([
    ["of another issuer", { iss: "https://id.example.org" }, {}],
    ["for another site", { aud: "library" }, {}],
    ["of another confirmation", { txn: "another" }, {}],
    ["of a weaker assurance", { acr: "urn:e-num:acr:sms" }, {}],
    ["of another operation", { authorization_details: [{ type: "payment", operation_id: "another" }] }, {}],
    ["that is another kind of document", {}, { typ: "enum-statement+jwt" }],
    ["that somebody else signed", {}, { key: "stranger" }],
    ["that a token's key signed", {}, { key: "token" }],
  ])("%s is no payment", async (_, change, signed) => {
    const said = await says(change, signed);
    expect(said).toContain("The payment did not work");
    expect(said).not.toContain("Paid:");
  });

  test("that does not come is no payment", async () => {
    await using journey = await createJourney();
    const browser = createBrowser(journey);
    const back = await confirmed(journey, browser);
    tamper(/\/receipt$/, () => "");
    expect((await browser.get(back.href)).text).toContain("The payment did not work");
  });
});
