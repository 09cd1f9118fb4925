import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { parseQrText } from "../../src/e-num/qr-text.ts";
import { signStatement, verifyStatement } from "../../src/e-num/statement-token.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { plain } from "../../src/locale/markup.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { confirm, pressBuy, sayWhoPays, signIn } from "../support/journey-steps.ts";
import { type Walk, type Way, walk } from "../support/journey-walk.ts";

const ALICE = "alice@example.com";
const PURSE = BOOK_SHOP.purse ?? "";
const PAID = "Paid: The House by the Lake";
/** What the payment's page asks, and the words on its button. */
const ENGLISH = { heading: "Pay 10.50 WMZ to Book shop?", submit: "Confirm payment" };
const RUSSIAN = { heading: "Оплатить 10,50 WMZ — «Book shop»?", submit: "Подтвердить платёж" };

const NARROW = { width: 360, height: 740 };
const WAYS: readonly (Way & { how: string; words?: typeof ENGLISH })[] = [
  { how: "on a phone of 360 pixels", context: { viewport: NARROW, hasTouch: true, isMobile: true } },
  { how: "with JavaScript off", context: { javaScriptEnabled: false } },
  { how: "in Russian", locale: "ru", words: RUSSIAN },
  { how: "by the keyboard alone", keyboard: true },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** What the shop's page says of the payment: `Amount` and all the others. */
async function factsOf({ page }: Walk): Promise<Record<string, string>> {
  const texts = async (selector: string) => page.locator(selector).allInnerTexts();
  const [labels, values] = [await texts("dt"), await texts("dd")];
  return Object.fromEntries(labels.map((label, place) => [label, values[place] ?? ""]));
}

describe("alice, who is signed in at the shop", () => {
  test("pays by typing check number, purse and amount into her phone, and reads the receipt at the shop", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { shop, world } = journey;
    await signIn(alice, shop, ALICE, phone);
    await alice.at(BOOK_SHOP.heading);
    await pressBuy(alice, shop);
    await alice.at(ENGLISH.heading);
    await confirm(alice, await phone.respond("pay", await alice.shown("challenge"), PURSE, "10.5"), ENGLISH.submit);
    await alice.at(PAID);
    const facts = await factsOf(alice);
    expect(facts).toMatchObject({
      Amount: "10.50 WMZ",
      To: "Book shop, Z 1234 5678 9012",
      How: "Typed on the phone. The response fits this amount and this purse only",
      "Confirmation number": expect.any(String),
      "Signed by": world.issuer,
      Assurance: "urn:e-num:acr:operation",
    });
    await alice.page.getByText("What the receipt says, word for word").click();
    await alice.page.getByText(`"recipient": "${PURSE}"`).waitFor();
    await alice.at(PAID);
    // Looking at it again is no second payment, and she is signed in as before.
    await alice.page.reload();
    await alice.at(PAID);
    expect(await factsOf(alice)).toEqual(facts);
    await alice.hands.press(alice.page.getByRole("link", { name: "Back to the books" }));
    await alice.page.getByText(ALICE).waitFor();
  });

  test.each([
    ["on a phone of 360 pixels", { context: { viewport: NARROW, hasTouch: true, isMobile: true } }, ENGLISH, "10.5"],
    ["in Russian, with a comma in the amount", { locale: "ru" }, RUSSIAN, "10,50"],
  ] as const)("pays by typing %s", async (_how, way, words, amount) => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { m, page, at, shown } = alice;
    await signIn(alice, journey.shop, ALICE, phone);
    await at(BOOK_SHOP.heading);
    await pressBuy(alice, journey.shop);
    await at(words.heading);
    await page.getByText(plain(m.confirmation.operation.instruction.payment)).waitFor();
    // The purse is read off the page and typed as it stands there, blanks and all.
    const purse = await page.locator(".account [translate=no]").innerText();
    expect(purse).toBe("Z 1234 5678 9012");
    await confirm(alice, await phone.respond("pay", await shown("challenge"), purse, amount), words.submit);
    await at(PAID);
    expect(await factsOf(alice)).toMatchObject({
      Amount: "10.50 WMZ",
      How: "Typed on the phone. The response fits this amount and this purse only",
    });
  });

  test("stays on the page after wrong responses, with the reason in words, and pays with the right one", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, ALICE);
    await signIn(alice, journey.shop, ALICE, phone);
    await alice.at(BOOK_SHOP.heading);
    await pressBuy(alice, journey.shop);
    await alice.at(ENGLISH.heading);
    const number = await alice.shown("challenge");
    const alert = alice.page.getByRole("alert");
    await confirm(alice, await phone.respond("pay", number, PURSE, "10.51"), ENGLISH.submit);
    await alert.getByText("2 tries left").waitFor();
    await alice.at(ENGLISH.heading);
    await confirm(alice, await phone.respond("login", number), ENGLISH.submit);
    await alert.getByText("Log in").first().waitFor();
    await alice.at(ENGLISH.heading);
    expect(await alice.shown("challenge")).toBe(number);
    await confirm(alice, await phone.respond("pay", number, PURSE, "10,50"), ENGLISH.submit);
    await alice.at(PAID);
  });

  test("declines for each reason, and the shop says so, sends nothing and asks whether she buys after all", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { m, page, hands, at, button } = alice;
    const { operation, declined } = m.confirmation;
    await signIn(alice, journey.shop, ALICE, phone);
    await at(BOOK_SHOP.heading);
    await pressBuy(alice, journey.shop);
    for (const [reason, words] of [
      ["wrong_details", "You said that the details are wrong."],
      ["changed_mind", "You changed your mind."],
      ["not_me", "You said that it was not you."],
    ] as const) {
      await at(ENGLISH.heading);
      await page.getByLabel(operation.reasons[reason]).check();
      await hands.press(button(operation.decline));
      await at(declined.heading);
      await hands.press(page.getByRole("link", { name: "Back to Book shop" }));
      await at("You did not pay");
      await page.getByText(words).waitFor();
      await hands.press(button("Buy “The House by the Lake” after all"));
    }
    await at(ENGLISH.heading);
  });
});

describe.each(WAYS)("$how", (way) => {
  test("somebody who is not signed in pays by scanning, sees every detail on the phone, and is not signed in after it", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { heading, submit } = way.words ?? ENGLISH;
    await pressBuy(alice, journey.shop);
    await sayWhoPays(alice, heading, ALICE);
    const text = await alice.shown("qr");
    const said = await phone.run("scan", text);
    const number = await alice.shown("challenge");
    for (const detail of [
      "Book shop asks you to confirm:",
      "Book shop (shop)",
      "10.50 WMZ",
      "Z 1234 5678 9012",
      "The House by the Lake",
      `${number.slice(0, 4)} ${number.slice(4)}`,
    ]) {
      expect(said.replace(/\s+/g, " ")).toContain(detail);
    }
    await confirm(alice, await phone.respond("scan", text), submit);
    await alice.at(PAID);
    const facts = await factsOf(alice);
    expect(facts).toMatchObject({ Amount: "10.50 WMZ", How: expect.stringContaining("which showed every detail") });
    // The one number has its two names beside it.
    const [order = "", name] = facts["Order number"]?.split("\n") ?? [];
    expect(said).toMatch(new RegExp(`operation id +${order}\n`));
    expect(name).toBe("At E-num it is the request number.");

    await alice.page.goto(journey.shop.address);
    await alice.hands.press(alice.button("Sign in with E-num"));
    await alice.at(alice.m.login.identifier.headingTo("Book shop"));
  });
});

describe("a receipt", () => {
  test("that is copied from the shop to the provider's page is explained there", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { m, page, hands, at, button, field } = alice;
    const { receipt } = m.confirmation;
    await pressBuy(alice, journey.shop);
    await sayWhoPays(alice, ENGLISH.heading, ALICE);
    await confirm(alice, await phone.respond("pay", await alice.shown("challenge"), PURSE, "10.5"), ENGLISH.submit);
    await at(PAID);
    await page.getByText("The receipt as it was signed").click();
    const signed = await page.locator("pre").last().innerText();
    await hands.press(page.getByRole("link", { name: "Check it at E-num" }));
    await at(receipt.heading);
    await hands.type(signed, field(receipt.label));
    await hands.press(button(receipt.submit));
    await at(receipt.genuine);
  });
});

/** The page's text, and the same signed or numbered by somebody else. */
async function forgeries({ world }: Journey, text: string) {
  const random = { bytes: (length: number) => randomBytes(length) };
  const { confirmation: own, confirmationSet } = await loadKeys({ ...world, clock: world.now, random });
  const parsed = parseQrText(text);
  if (!parsed.ok || parsed.value.kind !== "operation" || parsed.value.token === undefined)
    throw new Error(`the page shows no operation: ${text}`);
  const { token, challenge } = parsed.value;
  const { issuer } = world;
  const read = await verifyStatement(token, { keys: confirmationSet, issuer, challenge, now: world.now() / 1000 });
  if (!read.ok) throw new Error(`the page's own text is refused: ${read.reason}`);
  const stranger = await exportJWK((await generateKeyPair("ES256", { extractable: true })).privateKey);
  const signed = (jwk: object, kid: string, iss = issuer) =>
    signStatement({ ...read.value, issuer: iss, challenge }, jwk, kid);
  const replaced = (other: string) => text.replace(token, other);
  const number = challenge.startsWith("1") ? `2${challenge.slice(1)}` : `1${challenge.slice(1)}`;
  return {
    "another key by the provider's name": replaced(await signed(stranger, own.kid)),
    "another key by its own name": replaced(await signed(stranger, "stranger")),
    "another issuer": replaced(await signed(own.privateJwk, own.kid, "https://id.example.org")),
    "another check number": text.replace(`c=${challenge}`, `c=${number}`),
  };
}

describe("a forged code", () => {
  test("gets a warning and no response from the phone", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, ALICE);
    await pressBuy(alice, journey.shop);
    await sayWhoPays(alice, ENGLISH.heading, ALICE);
    const forged = await forgeries(journey, await alice.shown("qr"));
    const said: Record<string, string> = {};
    for (const [how, text] of Object.entries(forged)) said[how] = await phone.refusal("scan", text);
    expect(said).toEqual({
      "another key by the provider's name": expect.stringMatching(/^WARNING: the signature is wrong/),
      "another key by its own name": expect.stringMatching(/^WARNING: this phone does not know the key/),
      "another issuer": expect.stringMatching(/^WARNING: the code comes from another provider/),
      "another check number": expect.stringMatching(/^WARNING: the check number is not the one/),
    });
  });
});

describe("a no of somebody who is not signed in", () => {
  test("before the check number and after it brings them back to the shop, which says that nothing was paid", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser, { context: { viewport: NARROW } });
    const { m, page, hands, at, button } = alice;
    await pressBuy(alice, journey.shop);
    await at(ENGLISH.heading);
    await hands.press(button(m.confirmation.operation.decline));
    await at(m.confirmation.declined.heading);
    await hands.press(page.getByRole("link", { name: "Back to Book shop" }));
    await at("You did not pay");
    await hands.press(button("Buy “The House by the Lake” after all"));
    await sayWhoPays(alice, ENGLISH.heading, ALICE);
    await hands.press(button(m.confirmation.operation.decline));
    await at(m.confirmation.declined.heading);
    await hands.press(page.getByRole("link", { name: "Back to Book shop" }));
    await at("You did not pay");
    await page.getByText("Nothing was paid").waitFor();
  });
});
