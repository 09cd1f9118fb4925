import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { pressSignIn, register } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { PHONE, webPhone } from "../support/web-phone.ts";
import { createWorld } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const DORA = { email: "dora@example.com", phone: "+447700900321" };

describe("the web client", () => {
  test.each([
    ["en", "Make this device your E-num", "Русский", "Пусть это устройство станет вашим E-num"],
    ["ru", "Пусть это устройство станет вашим E-num", "English", "Make this device your E-num"],
  ] as const)(
    "speaks the browser's language, %s, and another when asked, for good",
    async (locale, own, name, other) => {
      await using world = await createWorld();
      await using person = await walk(browser, { locale, context: PHONE });
      await person.page.goto(`${world.issuer}/phone`);
      await person.at(own);
      await person.button(name).click();
      await person.at(other);
      await person.page.reload();
      await person.at(other);
    },
  );

  test("starts without a network once it was there", async () => {
    await using world = await createWorld();
    await using person = await walk(browser, { context: PHONE });
    const { page } = person;
    await page.goto(`${world.issuer}/phone`);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.context().setOffline(true);
    await page.goto(`${world.issuer}/phone`);
    await person.at("Make this device your E-num");
    // What it keeps is itself alone.
    expect(
      await page.evaluate(() =>
        fetch("/device/v1").then(
          () => "answered",
          () => "no network",
        ),
      ),
    ).toBe("no network");
  });
});

describe("a new account", () => {
  test("is connected with a typed code, answers for the first time, and signs in", async () => {
    await using journey = await createJourney();
    await using dora = await walk(browser);
    await using phone = await webPhone(browser);
    const { m, at, field, button, shown, hands } = dora;
    await pressSignIn(dora, journey.shop);
    await hands.press(button(m.login.identifier.register));
    await register(dora, journey, DORA);

    await phone.open(`${journey.world.issuer}/phone`);
    await phone.connect({ email: DORA.email, code: await shown("activation") });
    await at(m.enrolment.firstResponse.heading);
    const first = await phone.respond("activate", await shown("challenge"));
    await hands.type(first, field(m.login.challenge.response));
    await hands.press(button(m.enrolment.firstResponse.submit));
    await at(m.enrolment.done.heading);
    await phone.at(phone.w.answer.active);
    await phone.done();

    await hands.press(button(m.enrolment.done.nextTo("Book shop")));
    await at(m.login.challenge.heading);
    const response = await phone.respond("login", await shown("challenge"));
    await hands.type(response, field(m.login.challenge.response));
    await hands.press(button(m.login.challenge.submit));
    await at(journey.shop.look.heading);
    await dora.page.getByText(DORA.email).waitFor();
  });
});
