import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { describe, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { statementOf } from "../support/operations.ts";
import { createSiteBrowser, type SiteBrowser } from "../support/site-browser.ts";
import { createVisitor } from "../support/visitor.ts";

const ALICE = "alice@example.com";
const TYPED = statementOf({ mode: "payment", amount: "10.5", recipient: BOOK_SHOP.purse });

const buy = (browser: SiteBrowser, book: string) => browser.post("buy", { book });

/** As far as the address by which alice comes back to the shop. */
async function confirmed({ world }: Journey, browser: SiteBrowser): Promise<URL> {
  const { location } = await buy(browser, "The House by the Lake");
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open(location), "next", { identifier: ALICE });
  const response = world.answer(ALICE, number.challenge, TYPED);
  return new URL((await visitor.submit(number, "next", { response })).url);
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
    const browser = createSiteBrowser(journey.shop);
    const back = await confirmed(journey, browser);
    change(back);
    const answer = await browser.get(back.href);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("The payment did not work");
    expect(answer.text).toContain("Nothing was paid");
  });

  test("with the code of another order pays neither, for PKCE ties each to its own", async () => {
    await using journey = await createJourney();
    const browser = createSiteBrowser(journey.shop);
    const [one, other] = [await confirmed(journey, browser), await confirmed(journey, browser)];
    one.searchParams.set("code", other.searchParams.get("code") ?? "");
    expect((await browser.get(one.href)).text).toContain("invalid_grant");
  });

  test("of two orders in two tabs pays both, each as its own", async () => {
    await using journey = await createJourney();
    const browser = createSiteBrowser(journey.shop);
    const [one, other] = [await confirmed(journey, browser), await confirmed(journey, browser)];
    const [otherPage, onePage] = [await browser.get(other.href), await browser.get(one.href)];
    expect([onePage.status, otherPage.status]).toEqual([200, 200]);
    expect(onePage.text).not.toBe(otherPage.text);
  });
});

test("a book that is not sold is no order", async () => {
  await using journey = await createJourney();
  const answer = await buy(createSiteBrowser(journey.shop), "The House by the Sea");
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("That is not sold here.");
});

describe("an order", () => {
  test("that was paid is paid once: asked for again, the shop shows the payment that there is", async () => {
    await using journey = await createJourney();
    const browser = createSiteBrowser(journey.shop);
    const back = await confirmed(journey, browser);
    const paid = await browser.get(back.href);
    const number = /order-[0-9a-f]{10}/.exec(paid.text)?.[0] ?? "";
    const again = await browser.post("order", { number });
    expect(again.status).toBe(200);
    expect(again.text).toBe(paid.text);
  });

  test("of another browser's is none", async () => {
    await using journey = await createJourney();
    const browser = createSiteBrowser(journey.shop);
    const paid = await browser.get((await confirmed(journey, browser)).href);
    const number = /order-[0-9a-f]{10}/.exec(paid.text)?.[0] ?? "";
    const answer = await createSiteBrowser(journey.shop).post("order", { number });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("not begun in this browser");
  });
});

test("the shelf names the purse that is paid, as people compare it", async () => {
  await using journey = await createJourney();
  expect((await createSiteBrowser(journey.shop).get("/")).text).toContain("Z 1234 5678 9012");
});

test("an address that is none, and a form that is too long, are answered with a page", async () => {
  await using journey = await createJourney();
  const browser = createSiteBrowser(journey.shop);
  for (const path of ["nowhere", "buy"]) {
    const answer = await browser.get(path);
    expect([answer.status, answer.text.includes("There is no such page.")]).toEqual([404, true]);
  }
  const { port } = new URL(journey.shop.address);
  const nonsense = request({ port, path: "//" }).end();
  const [answer]: IncomingMessage[] = await once(nonsense, "response");
  expect(answer?.statusCode).toBe(400);
  expect((await browser.post("buy", { book: "x".repeat(30_000) })).status).toBe(400);
});
