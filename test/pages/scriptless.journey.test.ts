import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, UNSEEN } from "../support/browser.ts";
import { samples } from "./list.ts";
import { clipped, dead } from "./probes.ts";
import { type PageServer, servePages } from "./server.ts";

let browser: Browser;
let server: PageServer;
let page: Page;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(UNSEEN), servePages()]);
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
  page = await context.newPage();
});

afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

it("the probe finds what is dead, so that its silence means something", async () => {
  await page.setContent('<a href="#gone">gone</a><form><button hidden>go</button></form>');
  expect(await page.evaluate(dead)).toEqual(["a link to #gone: gone", "a form whose first button is not seen"]);
});

describe.each(samples)("$name", (sample) => {
  it("does all of its work without JavaScript at 320 pixels, in every language", async () => {
    const found: { [what: string]: string[] } = {};
    for (const locale of ["en", "ru"] as const) {
      await page.goto(server.url(sample, locale), { waitUntil: "domcontentloaded" });
      found[locale] = [...(await page.evaluate(dead)), ...(await page.evaluate(clipped))];
      const counted = await page.locator("[data-countdown]").allInnerTexts();
      found[`${locale}: time that moves`] = counted.filter((text) => !/^(Good for|Действует) /.test(text));
    }
    const none = { en: [], ru: [], "en: time that moves": [], "ru: time that moves": [] };
    expect(found).toEqual(none);
  });
});
