import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXCHANGE } from "../../examples/credit-exchange/pages.ts";
import { DEBTS } from "../../examples/debt-service/pages.ts";
import type { Locale } from "../../src/locale/locale.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, confirm, fill, sayWho, scan, signIn } from "../support/journey-steps.ts";
import { type Walk, type Way, walk } from "../support/journey-walk.ts";
import { OPERATION_TYPES } from "../support/operations.ts";

const ALICE = "alice@example.com";
const CAROL = "carol@example.com";

const NARROW = { width: 360, height: 740 };
const WAYS: readonly (Way & { how: string })[] = [
  { how: "on a phone of 360 pixels", context: { viewport: NARROW, hasTouch: true, isMobile: true } },
  { how: "with JavaScript off", context: { javaScriptEnabled: false } },
  { how: "in Russian", locale: "ru" },
  { how: "by the keyboard alone", keyboard: true },
];

const CREDIT = { amount: { value: "1500.5", currency: "WMC" }, term_days: 30, daily_rate: "0.25", repayment: "end" };
const REQUEST = { type: "credit_request", operation_id: "x", purse: "C123456789012", ...CREDIT };
const ISSUE = {
  type: "credit_issue",
  operation_id: "x",
  borrower_wmid: "301234567890",
  source_purse: "Z123456789012",
  amount: { value: "1500.5", currency: "WMZ" },
  term_days: 30,
  daily_rate: "0.25",
};
const LIMIT = {
  type: "trust_limit",
  operation_id: "x",
  trusted_wmid: "302345678901",
  purse: "Z123456789012",
  limit: { value: "500", currency: "WMZ" },
};

/** What the provider's page asks of an operation, and the words on its button. */
function wordsOf(element: object, locale: Locale = "en"): { heading: string; submit: string } {
  const parsed = OPERATION_TYPES.parse(element);
  if (!parsed.ok) throw new Error(`${parsed.member}: ${parsed.reason}`);
  return OPERATION_TYPES.describe(parsed.operation, locale);
}

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function factsOf({ page }: Walk): Promise<Record<string, string>> {
  const texts = async (selector: string) => page.locator(selector).allInnerTexts();
  const [labels, values] = [await texts("dt"), await texts("dd")];
  return Object.fromEntries(labels.map((label, place) => [label, values[place] ?? ""]));
}

describe.each(WAYS)("$how", (way) => {
  test("alice asks for credit in one visit that signs her in, and carol gives it", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { exchange } = journey;
    await alice.page.goto(exchange.address);
    await alice.at(EXCHANGE.heading);
    await alice.hands.press(alice.page.getByRole("link", { name: "Ask for credit" }));
    await alice.at("Ask for credit");
    await fill(alice, { "How much, in WMC": "1,500", "Your credit purse": "C1" });
    await alice.hands.press(alice.button("Go on to E-num"));
    await alice.page.getByRole("alert").waitFor();
    await alice.at("Ask for credit");
    expect(await alice.page.title()).toMatch(/^Error: /);
    await fill(alice, {
      "How much, in WMC": "1500,50",
      "For how many days": "30",
      "Interest a day, in per cent": "0.25",
      "Your credit purse": "c1234 5678 9012",
      "What it is for": "A printing press",
    });
    await alice.hands.press(alice.button("Go on to E-num"));
    await sayWho(alice, exchange, ALICE);
    await answer(alice, phone);
    const asked = wordsOf(REQUEST, way.locale);
    const said = await scan(alice, phone, asked.heading, asked.submit);
    for (const detail of ["Credit exchange asks you to confirm:", "1 500.50 WMC", "0.25 % per day", "A printing press"])
      expect(said).toContain(detail);
    await alice.at("Your request is on the list");
    expect(await factsOf(alice)).toMatchObject({
      Credit: "1500.50 WMC",
      Term: "30 days",
      "Signed by": journey.world.issuer,
    });
    await alice.hands.press(alice.page.getByRole("link", { name: "Back to the requests" }));
    await alice.at(EXCHANGE.heading);
    await alice.page.getByText("This is your request.").waitFor();

    await using carol = await walk(browser, way);
    await using other = await connectedPhone(journey.world, CAROL);
    await carol.page.goto(exchange.address);
    await carol.at(EXCHANGE.heading);
    await carol.hands.press(carol.page.getByRole("link", { name: "Give credit: 1500.50 WMC" }));
    await carol.at("Give 1500.50 WMC of credit?");
    await fill(carol, { "From your purse": "Z123456789012" });
    await carol.hands.press(carol.button("Go on to E-num"));
    await sayWho(carol, exchange, CAROL);
    await answer(carol, other);
    const given = wordsOf(ISSUE, way.locale);
    await scan(carol, other, given.heading, given.submit);
    await carol.at("You have given 1500.50 WMZ");
    await alice.page.reload();
    await alice.page.getByText("Credit has been given.").waitFor();
  });

  test("alice signs in at the debt service and sets a trust limit, which only her account can confirm", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { page, hands, at, button } = alice;
    await signIn(alice, journey.debts, ALICE, phone);
    await at(DEBTS.heading);
    await hands.press(page.getByRole("link", { name: "Set a trust limit" }));
    await at("Set a trust limit");
    await fill(alice, {
      "Whom you trust, by WMID": "3023 4567 8901",
      "Your purse": "Z123456789012",
      "Limit in all": "500",
      "At most a day": "600",
      "At most a week": "150",
      "At most a month": "300",
      "For how many days": "30",
    });
    await hands.press(button("Go on to E-num"));
    await page.getByRole("alert").getByText("It is more than what is allowed in a week").waitFor();
    await at("Set a trust limit");
    await fill(alice, { "At most a day": "50" });
    await hands.press(button("Go on to E-num"));
    const { heading, submit } = wordsOf(LIMIT, way.locale);
    await at(heading);
    // A response to the number alone binds no caps, and is not enough.
    await confirm(alice, await phone.respond("login", await alice.shown("challenge")), submit);
    await page.getByRole("alert").waitFor();
    const said = await scan(alice, phone, heading, submit);
    for (const detail of ["limit 500 WMZ", "per day 50 WMZ", "per week 150 WMZ", "per month 300 WMZ", "30 days"])
      expect(said).toContain(detail);
    await at("Your trust limit is in force");
    expect(await factsOf(alice)).toMatchObject({
      "Trusted WMID": "3023 4567 8901",
      "At most a day": "50 WMZ",
      How: expect.stringContaining("showed every detail"),
    });
    await page.getByText("What the token said, word for word").click();
    await page.getByText('"txn":').first().waitFor();
    await at("Your trust limit is in force");
    await hands.press(page.getByRole("link", { name: "Back to your trust limits" }));
    await at(DEBTS.heading);
    await page.getByText("In force since").waitFor();
  });
});
