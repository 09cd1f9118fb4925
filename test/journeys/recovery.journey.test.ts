import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { operatorOf, WORD } from "../recovery/deciding.ts";
import { atWait, smsCode, statuses, stopLink } from "../recovery/support.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { commandLinePhone, connectedPhone } from "../support/journey-phone.ts";
import { answer, codeIn, scan } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { OWN_WAYS, type OwnWay } from "../support/journey-ways.ts";

const ALICE = "alice@example.com";
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** From the activation code to the first response of a new phone. */
async function connect(
  { at, shown, hands, button, field, m }: Awaited<ReturnType<typeof walk>>,
  { scripted }: OwnWay,
  phone: Awaited<ReturnType<typeof commandLinePhone>>,
  issuer: string,
): Promise<void> {
  const { enrolment } = m;
  await at(enrolment.activate.heading);
  await phone.run("activate", ALICE, await shown("activation"), "--issuer", issuer, "--name", "New phone");
  if (!scripted) await hands.press(button(enrolment.activate.answered));
  await at(enrolment.firstResponse.heading);
  await hands.type(await phone.respond("first", await shown("challenge")), field(m.login.challenge.response));
  await hands.press(button(enrolment.firstResponse.submit));
  await at(enrolment.done.heading);
}

test.each(OWN_WAYS)("$how: alice writes down her codes, loses her phone, and comes back with one", async (way) => {
  await using journey = await createJourney();
  await using alice = await walk(browser, way);
  await using old = await connectedPhone(journey.world, ALICE);
  const { page, hands, m, at, field, button } = alice;
  const { account, recovery, recoveryCodes } = m;
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
  await connect(later, way, next, world.issuer);
  expect(await old.refusal("requests")).toMatch(/removed|no longer/i);
});

test.each(OWN_WAYS)(
  "$how: alice has neither phone nor codes: she begins, stops what she did not begin, and comes back after 48 hours",
  async (way) => {
    await using journey = await createJourney();
    await using owner = await walk(browser, way);
    await using old = await connectedPhone(journey.world, ALICE);
    const { world } = journey;

    /** As far as what both proofs lead to. */
    const proven = async ({ page, hands, m, at, field, button }: typeof owner) => {
      const { recovery } = m;
      // What is due is told before, so that the newest message is the code.
      await world.drain();
      await page.goto(`${world.issuer}/recovery`);
      await at(recovery.heading);
      await hands.press(page.getByRole("link", { name: recovery.ladder.phone.button }));
      await at(recovery.start.heading);
      await hands.type(ALICE, field(m.login.identifier.label));
      await hands.press(button(recovery.start.next));
      await at(recovery.emailCode.heading);
      await hands.type(codeIn((await world.message(ALICE)).text), field(recovery.emailCode.label));
      await hands.press(button(recovery.emailCode.next));
      await at(recovery.phone.heading);
      await hands.press(button(recovery.phone.send));
      await at(recovery.phoneCode.heading);
      await hands.type(await smsCode(world), field(recovery.phoneCode.label));
      await hands.press(button(recovery.phoneCode.next));
    };

    // A stranger who reads her mail and her SMS, seen by nobody, and alice at her account page.
    await atWait(world);
    await owner.page.goto(`${world.issuer}/account`);
    await owner.at(owner.m.login.identifier.headingTo("E-num account"));
    await owner.hands.type(ALICE, owner.field(owner.m.login.identifier.label));
    await owner.hands.press(owner.button(owner.m.login.identifier.next));
    await answer(owner, old);
    await owner.at(owner.m.account.heading);
    await owner.page.getByText(owner.m.recovery.banner.title).waitFor();
    await owner.hands.press(owner.button(owner.m.recovery.banner.stop));
    await owner.at(owner.m.stop.stopped.heading);

    // Her own: begun, and taken up in another browser.
    await using first = await walk(browser, way);
    await proven(first);
    await first.at(first.m.recovery.wait.waiting.heading);
    world.pass(48 * HOUR);
    await world.drain();
    await using later = await walk(browser, way);
    await proven(later);
    await later.at(later.m.recovery.wait.ready.heading);
    await later.hands.press(later.button(later.m.recovery.wait.ready.button));
    await using next = await commandLinePhone();
    await connect(later, way, next, world.issuer);
    expect(await old.refusal("requests")).toMatch(/removed|no longer/i);
    expect(await statuses(world)).toEqual(["stopped", "done"]);
  },
);

test.each(OWN_WAYS.slice(1, 2))("$how: the link of a message stops a recovery, in any browser", async (way) => {
  await using journey = await createJourney();
  const { world } = journey;
  await atWait(world);
  await using stranger = await walk(browser, way);
  await stranger.page.goto(await stopLink(world, ALICE));
  await stranger.at(stranger.m.stop.recovery.heading);
  await stranger.hands.press(stranger.button(stranger.m.stop.recovery.button));
  await stranger.at(stranger.m.stop.stopped.heading);
  expect(await statuses(world)).toEqual(["stopped"]);
});

test.each(OWN_WAYS.slice(0, 2))(
  "$how: alice has lost everything, and comes back by a case that we allow",
  async (way) => {
    await using journey = await createJourney();
    const { world } = journey;
    await using alice = await walk(browser, way);
    await using next = await commandLinePhone();
    const { page, hands, m, at, field, button } = alice;
    const { recovery } = m;
    await page.goto(`${world.issuer}/recovery`);
    await at(recovery.heading);
    await hands.press(page.getByRole("link", { name: recovery.ladder.operator.open }));
    await at(recovery.caseStart.heading);
    await hands.type(ALICE, field(m.login.identifier.label));
    await hands.press(button(recovery.caseStart.next));
    await at(recovery.caseOpened.heading);
    const [reference = "", code = ""] = await page.locator("dd").allInnerTexts();
    const look = async () => {
      await page.goto(`${world.issuer}/recovery/case`);
      await at(recovery.case.heading);
      await hands.type(reference, field(recovery.case.reference.label));
      await hands.type(code, field(recovery.case.code.label));
      await hands.press(button(recovery.case.next));
    };
    await look();
    await at(recovery.caseState.open.heading);
    await (await operatorOf(world)).allow(reference, WORD);
    await look();
    await at(recovery.caseState.waiting.heading);
    world.pass(48 * HOUR);
    await look();
    await connect(alice, way, next, world.issuer);
    expect(await statuses(world)).toEqual(["done"]);
  },
);
