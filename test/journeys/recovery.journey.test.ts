import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { commandLinePhone, connectedPhone } from "../support/journey-phone.ts";
import { answer, codeIn, scan } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { OWN_WAYS } from "../support/journey-ways.ts";

const ALICE = "alice@example.com";
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test.each(OWN_WAYS)("$how: alice writes down her codes, loses her phone, and comes back with one", async (way) => {
  await using journey = await createJourney();
  await using alice = await walk(browser, way);
  await using old = await connectedPhone(journey.world, ALICE);
  const { page, hands, m, at, field, button } = alice;
  const { account, recovery, recoveryCodes, enrolment } = m;
  const { world } = journey;

  await page.goto(`${world.issuer}/account`);
  await at(m.login.identifier.headingTo("E-num account"));
  await hands.type(ALICE, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await answer(alice, old);
  await at(account.heading);
  await hands.press(page.getByRole("link", { name: account.sections["recovery-codes"].name }));
  await at(recoveryCodes.heading);
  await hands.press(button(recoveryCodes.make));
  await scan(alice, old, way.words.change(recoveryCodes.operation.setting), way.words.submit);
  await at(recoveryCodes.ready.heading);
  await hands.press(button(recoveryCodes.ready.button));
  await at(recoveryCodes.list.heading);
  const [code = ""] = await page.locator(".papers li").allInnerTexts();

  // Another browser, and no phone.
  await using later = await walk(browser, way);
  await using next = await commandLinePhone();
  await later.page.goto(`${world.issuer}/account`);
  await later.at(m.login.identifier.headingTo("E-num account"));
  await later.hands.press(later.page.getByRole("link", { name: m.login.identifier.recover }));
  await later.at(recovery.heading);
  await later.hands.press(later.page.getByRole("link", { name: recovery.ladder.code.button }));
  await later.at(recovery.start.heading);
  await later.hands.type(ALICE, later.field(m.login.identifier.label));
  await later.hands.press(later.button(recovery.start.next));
  await later.at(recovery.emailCode.heading);
  await later.hands.type(codeIn((await world.message(ALICE)).text), later.field(recovery.emailCode.label));
  await later.hands.press(later.button(recovery.emailCode.next));
  await later.at(recovery.code.heading);
  await later.hands.type("7K2M-QX4T-9WBA-3FZC", later.field(recovery.code.label));
  await later.hands.press(later.button(recovery.code.next));
  await later.page.getByRole("alert").waitFor();
  await later.at(recovery.code.heading);
  await later.hands.type(code, later.field(recovery.code.label));
  await later.hands.press(later.button(recovery.code.next));
  await later.at(enrolment.activate.heading);
  await next.run("activate", ALICE, await later.shown("activation"), "--issuer", world.issuer, "--name", "New phone");
  if (!way.scripted) await later.hands.press(later.button(enrolment.activate.answered));
  await later.at(enrolment.firstResponse.heading);
  const response = await next.respond("first", await later.shown("challenge"));
  await later.hands.type(response, later.field(m.login.challenge.response));
  await later.hands.press(later.button(enrolment.firstResponse.submit));
  await later.at(enrolment.done.heading);
  expect(await old.refusal("requests")).toMatch(/removed|no longer/i);
});
