import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { walk } from "../support/journey-walk.ts";
import { createWorld } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

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
