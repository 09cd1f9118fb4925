import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { MINUTE, SECOND } from "../../src/clock.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { commandLinePhone, connectedPhone } from "../support/journey-phone.ts";
import { answer, pressSignIn, register, sayWho } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe("a check number", () => {
  test("stays after a wrong response, with what was typed and the tries that are left", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { hands, m, at, button, field, shown, page } = alice;
    const { challenge } = m.login;
    await pressSignIn(alice, journey.shop);
    await sayWho(alice, journey.shop, "alice@example.com");
    await at(challenge.heading);
    const number = await shown("challenge");
    const right = await phone.respond("login", number);
    const wrong = right.startsWith("1") ? `2${right.slice(1)}` : `1${right.slice(1)}`;

    await hands.type(wrong, field(challenge.response));
    await hands.press(button(challenge.submit));
    const alert = page.getByRole("alert");
    await alert.getByText("2 tries left").waitFor();
    await at(challenge.heading);
    expect(await page.title()).toBe("Error: Enter this number on your phone · E-num ID");
    expect(await alert.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await shown("challenge")).toBe(number);
    expect((await field(challenge.response).inputValue()).replace(" ", "")).toBe(wrong);

    await hands.type(right, field(challenge.response));
    await hands.press(button(challenge.submit));
    await at(BOOK_SHOP.heading);
    await page.getByText("alice@example.com").waitFor();
  });

  test("counts down to its end and then offers a new one, with which the sign-in goes on", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { hands, m, at, button, field, shown, page } = alice;
    const { challenge } = m.login;
    await page.clock.install();
    await pressSignIn(alice, journey.shop);
    await sayWho(alice, journey.shop, "alice@example.com");
    await at(challenge.heading);
    const first = await shown("challenge");
    await page.clock.fastForward(4 * MINUTE + SECOND);
    await page.getByText(/^\d+ s left$/).waitFor();
    await page.clock.fastForward(MINUTE);
    await at(challenge.expired.heading);
    journey.world.pass(5 * MINUTE + SECOND);
    expect(await field(challenge.response).isVisible()).toBe(false);

    await hands.press(button(challenge.newNumber));
    await at(challenge.heading);
    expect(await shown("challenge")).not.toBe(first);
    await answer(alice, phone);
    await at(BOOK_SHOP.heading);
    await page.getByText("alice@example.com").waitFor();
  });
});

describe("an activation code", () => {
  test("makes the page go on by itself when the phone has used it, also for who came without a site", async () => {
    await using journey = await createJourney();
    await using dora = await walk(browser);
    await using phone = await commandLinePhone();
    const { hands, m, at, button, field, shown, page } = dora;
    await page.goto(journey.world.issuer);
    await at(m.home.heading);
    await hands.press(page.getByRole("link", { name: m.home.register, exact: true }));
    await register(dora, journey, { email: "dora@example.com", phone: "+15555550199" });
    const [, ...shownWords] = (await page.locator("pre").innerText()).split(" -- ");
    await phone.run(...shownWords.join(" ").split(" "));

    await at(m.enrolment.firstResponse.heading);
    expect(new URL(page.url()).pathname).toBe("/enrolment/first-response");
    await hands.type(await phone.respond("first", await shown("challenge")), field(m.login.challenge.response));
    await hands.press(button(m.enrolment.firstResponse.submit));
    await at(m.enrolment.done.heading);
    await hands.press(button(m.enrolment.done.next));
    await at(m.home.heading);
  });
});
