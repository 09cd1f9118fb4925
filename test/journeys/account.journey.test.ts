import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, confirm, pressBuy } from "../support/journey-steps.ts";
import { type Way, walk } from "../support/journey-walk.ts";

const ALICE = "alice@example.com";
/** What the pages of the two operations ask, and the words on their buttons. */
const ENGLISH = {
  pay: "Pay 10.50 WMZ to Book shop?",
  submitPayment: "Confirm payment",
  change: (setting: string) => `Change the security setting “${setting}”?`,
  submitChange: "Confirm change",
};
const RUSSIAN = {
  pay: "Оплатить 10,50 WMZ — «Book shop»?",
  submitPayment: "Подтвердить платёж",
  change: (setting: string) => `Изменить настройку безопасности «${setting}»?`,
  submitChange: "Подтвердить изменение",
};

const NARROW = { width: 360, height: 740 };
const WAYS: readonly (Way & { how: string; words?: typeof ENGLISH })[] = [
  {
    how: "in Russian on a phone of 360 pixels",
    context: { viewport: NARROW, hasTouch: true, isMobile: true },
    locale: "ru",
    words: RUSSIAN,
  },
  { how: "with JavaScript off", context: { javaScriptEnabled: false } },
  { how: "by the keyboard alone", keyboard: true },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test.each(WAYS)("$how: alice has payments scanned, pays so, and switches it off with her phone", async (way) => {
  await using journey = await createJourney();
  await using alice = await walk(browser, way);
  await using phone = await connectedPhone(journey.world, ALICE);
  const { page, hands, m, at, field, button, shown } = alice;
  const words = way.words ?? ENGLISH;
  const { account } = m;
  const setting = account.settings.operation.name;
  const section = (name: string) => page.locator(".sections").getByRole("link", { name });

  await page.goto(`${journey.world.issuer}/account`);
  await at(m.login.identifier.headingTo("E-num account"));
  await hands.type(ALICE, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await answer(alice, phone);
  await at(account.heading);
  await page.getByText("+15•••••01").waitFor();
  await hands.press(section(account.care));
  await at(account.care);
  await hands.press(button(`${account.switchOn} ${setting}`));
  await at(account.care);
  await page.getByRole("status").getByText(account.told.on.title).waitFor();

  await pressBuy(alice, journey.shop);
  await at(words.pay);
  await page.getByText(m.confirmation.because.person).waitFor();
  await confirm(alice, await phone.respond("scan", await shown("qr")), words.submitPayment);
  await at("Paid: The House by the Lake");

  await page.goto(`${journey.world.issuer}/account`);
  await at(account.heading);
  await hands.press(section(account.care));
  await at(account.care);
  await hands.press(button(`${account.switchOff} ${setting}`));
  await at(words.change(setting));
  const code = await shown("qr");
  const said = (await phone.run("scan", code)).replace(/\s+/g, " ");
  for (const detail of ["E-num account (account)", setting, account.on, account.off]) expect(said).toContain(detail);
  await confirm(alice, await phone.respond("scan", code), words.submitChange);
  await at(account.care);
  await page.getByRole("status").getByText(account.told.off.title).waitFor();
  await button(`${account.switchOn} ${setting}`).waitFor();

  await pressBuy(alice, journey.shop);
  await at(words.pay);
  expect(await page.getByText(m.confirmation.because.person).count()).toBe(0);

  // All of that is in the history, the confirmation with its details and receipt.
  await page.goto(`${journey.world.issuer}/account`);
  await at(account.heading);
  await hands.press(section(account.sections.history.name));
  await at(account.sections.history.name);
  const told = page.locator(".history li").filter({ hasText: m.history.events["operation.confirmed"] });
  await hands.press(told.filter({ hasText: "WMZ" }).getByRole("link"));
  await at(m.history.events["operation.confirmed"]);
  await page.getByLabel(m.history.confirmation.receiptLabel).waitFor();
  await hands.press(page.getByRole("link", { name: m.history.back }));
  await at(account.sections.history.name);
  await hands.press(page.getByRole("link", { name: account.back }));

  // What the shop may is taken back, and this browser is the one that is signed in.
  await at(account.heading);
  await hands.press(section(account.sections.sites.name));
  await at(account.sections.sites.name);
  await hands.press(section("Book shop"));
  await at("Book shop");
  await hands.press(button(account.sitesPage.revoke));
  await at(account.sections.sites.name);
  await page.getByRole("status").getByText(account.told.withdrawn.title).waitFor();
  await hands.press(page.getByRole("link", { name: account.back }));
  await at(account.heading);
  await hands.press(section(account.sections.sessions.name));
  await at(account.sections.sessions.name);
  await page.locator(".switches").first().getByText(account.sessionsPage.here).waitFor();
});
