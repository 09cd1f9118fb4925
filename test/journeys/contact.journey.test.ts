import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, codeIn, scan } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { OWN_WAYS } from "../support/journey-ways.ts";

const ALICE = "alice@example.com";
const NEXT = "next-alice@example.com";
const NUMBER = "+15555550177";
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test.each(OWN_WAYS)(
  "$how: alice changes her e-mail with her phone, and stops a change of her number by a link",
  async (way) => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, ALICE);
    const { page, hands, m, at, field, button } = alice;
    const { account, contact } = m;
    const { world } = journey;
    const told = (words: { title: string }) => page.getByRole("status").getByText(words.title).waitFor();
    const change = (kind: "email" | "phone") => hands.press(page.getByRole("link", { name: contact.change[kind] }));

    await page.goto(`${world.issuer}/account`);
    await at(m.login.identifier.headingTo("E-num account"));
    await hands.type(ALICE, field(m.login.identifier.label));
    await hands.press(button(m.login.identifier.next));
    await answer(alice, phone);
    await at(account.heading);
    await hands.press(page.getByRole("link", { name: account.sections.contact.name }));
    await at(contact.heading);
    await change("email");
    await at(contact.fresh.email.heading);
    await hands.type(ALICE, field(contact.fresh.email.label));
    await hands.press(button(contact.fresh.next));
    await page.getByRole("alert").waitFor();
    await at(contact.fresh.email.heading);
    await hands.type(NEXT, field(contact.fresh.email.label));
    await hands.press(button(contact.fresh.next));
    await at(contact.code.email.heading);
    await hands.type(codeIn((await world.message(NEXT)).text), field(contact.code.email.label));
    await hands.press(button(contact.code.next));
    await at(contact.confirm.heading.email);
    await hands.press(button(contact.confirm.byPhone.button));
    const said = await scan(alice, phone, way.words.change(contact.operation.email), way.words.submit);
    expect(said).toContain(NEXT);
    await at(contact.heading);
    await told(contact.told.changed);
    await page.getByText(NEXT).first().waitFor();

    await change("phone");
    await at(contact.fresh.phone.heading);
    await hands.type(NUMBER, field(contact.fresh.phone.label));
    await hands.press(button(contact.fresh.next));
    await at(contact.code.phone.heading);
    const [, code = ""] = /#(\d{6})$/.exec((await world.message(NUMBER)).text) ?? [];
    await hands.type(code, field(contact.code.phone.label));
    await hands.press(button(contact.code.next));
    await at(contact.confirm.heading.phone);
    await hands.press(button(contact.confirm.later.button));
    await at(contact.heading);
    await told(contact.told.waiting);
    const [link = ""] = /https?:\/\/\S+\/stop\/\S+/.exec((await world.message(NEXT)).text) ?? [];

    await using stranger = await walk(browser, way);
    await stranger.page.goto(link);
    await stranger.at(m.stop.change.heading);
    await stranger.hands.press(stranger.button(m.stop.change.button));
    await stranger.at(m.stop.stopped.heading);
    world.pass(48 * HOUR);
    await world.drain();
    expect(await world.database.first("SELECT phone FROM account WHERE email = ?", [NEXT])).toEqual({
      phone: "+15555550101",
    });
  },
);
