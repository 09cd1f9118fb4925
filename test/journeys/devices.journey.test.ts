import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { commandLinePhone, connectedPhone } from "../support/journey-phone.ts";
import { answer, codeIn, confirm, scan } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { OWN_WAYS } from "../support/journey-ways.ts";

const ALICE = "alice@example.com";
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test.each(OWN_WAYS)(
  "$how: alice connects a second phone, names it, and removes the first, then the last",
  async (way) => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using old = await connectedPhone(journey.world, ALICE);
    await using next = await commandLinePhone();
    const { page, hands, m, at, field, button, shown } = alice;
    const { account, device, enrolment } = m;
    const { issuer } = journey.world;
    const { words } = way;
    const line = (name: string) =>
      page.locator(".devices li").filter({ has: page.getByRole("heading", { name, exact: true }) });
    const manage = (name: string) => hands.press(line(name).getByRole("link"));
    const told = (words: { title: string }) => page.getByRole("status").getByText(words.title).waitFor();

    await page.goto(`${issuer}/account`);
    await at(m.login.identifier.headingTo("E-num account"));
    await hands.type(ALICE, field(m.login.identifier.label));
    await hands.press(button(m.login.identifier.next));
    await answer(alice, old);
    await at(account.heading);
    await hands.press(page.locator(".sections").getByRole("link", { name: device.heading }));
    await at(device.heading);
    await line("Command line").getByText(device.here).waitFor();

    // By the phone that she has, for the one that she has not.
    await hands.press(button(device.add));
    const said = await scan(alice, old, words.change(device.adding.setting), words.submit);
    for (const detail of ["E-num account (account)", device.adding.setting, device.adding.to])
      expect(said).toContain(detail);
    await at(enrolment.activate.heading);
    await next.run("activate", ALICE, await shown("activation"), "--issuer", issuer, "--name", "Laptop");
    if (!way.scripted) await hands.press(button(enrolment.activate.answered));
    await at(enrolment.firstResponse.heading);
    await hands.type(await next.respond("first", await shown("challenge")), field(m.login.challenge.response));
    await hands.press(button(enrolment.firstResponse.submit));
    await at(enrolment.done.heading);
    await hands.press(button(enrolment.done.next));
    await at(device.heading);

    await manage("Laptop");
    await at(device.headingOf("Laptop"));
    await hands.type(" ", field(device.name));
    await hands.press(button(device.rename));
    await page.getByRole("alert").waitFor();
    await at(device.headingOf("Laptop"));
    await hands.type("My laptop", field(device.name));
    await hands.press(button(device.rename));
    await at(device.heading);
    await told(account.told.renamed);
    await line("My laptop").waitFor();

    // The old one is lost: the new one confirms that it goes.
    await manage("Command line");
    await at(device.headingOf("Command line"));
    await hands.press(page.getByRole("link", { name: device.remove }));
    await at(device.removal.heading("Command line"));
    await hands.press(button(device.removal.ways.confirm.button));
    await scan(alice, next, words.change(device.removing.setting("Command line")), words.submit);
    await at(device.heading);
    await told(account.told.removed);
    await page.locator(".closed").getByText("Command line").waitFor();
    expect(await old.refusal("requests")).toMatch(/removed|no longer/i);

    // Alice's seeded phone is there as well: with it gone, the laptop is the last, and a code from a mail removes it.
    await manage("alice's phone");
    await hands.press(page.getByRole("link", { name: device.remove }));
    await hands.press(button(device.removal.ways.confirm.button));
    const operation = words.change(device.removing.setting("alice's phone"));
    await at(operation);
    await confirm(alice, await next.respond("scan", await shown("qr")), words.submit);
    await at(device.heading);
    await manage("My laptop");
    await hands.press(page.getByRole("link", { name: device.remove }));
    await at(device.removal.heading("My laptop"));
    await page.getByText(device.removal.last.title).waitFor();
    await hands.press(button(device.removal.lastWays.email.button));
    await at(device.emailCode.heading);
    await hands.type(codeIn((await journey.world.message(ALICE)).text), field(device.emailCode.label));
    await hands.press(button(device.emailCode.next));
    await at(device.heading);
    await told(account.told["removed-last"]);
    await page.getByText(device.noPhone.title, { exact: true }).waitFor();
    expect(await button(device.add).count()).toBe(0);
  },
);
