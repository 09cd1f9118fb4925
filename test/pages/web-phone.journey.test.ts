import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { faultsOf } from "../support/journey-checks.ts";
import { small } from "./probes.ts";
import { serveWebPhone, visit, visits, type WebPhoneServer } from "./web-phone.ts";

let browser: Browser;
let server: WebPhoneServer;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await serveWebPhone();
});
afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

/** At the width of a phone that is not so small the journeys look. */
const WAYS: readonly { how: string; locale: "en" | "ru"; context: BrowserContextOptions }[] = [
  {
    how: "on a desktop in the dark",
    locale: "en",
    context: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  },
  {
    how: "at 320 pixels",
    locale: "ru",
    context: { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true },
  },
];

describe.each(WAYS)("$how, in $locale", ({ locale, context: how }) => {
  const errors: string[] = [];
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    const tag = locale === "ru" ? "ru-RU" : "en-GB";
    context = await browser.newContext({ ...how, locale: tag, reducedMotion: "reduce" });
    // A worker would answer from what it keeps, and a page that it serves asks past the answers that are given here.
    await context.addInitScript(() => {
      if (!("ServiceWorkerContainer" in globalThis)) return;
      ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error("no workers here"));
    });
    page = await context.newPage();
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (line) => {
      if (line.type() === "error" && /Content Security Policy/.test(line.text())) errors.push(line.text());
    });
  });
  afterAll(() => context.close());

  test.each(visits)(
    "$name breaks no rule of WCAG 2.2 AA, is wholly seen, also with large text, and can be touched",
    async (one) => {
      errors.length = 0;
      await visit(page, server, one, locale);
      expect([...(await faultsOf(page)), ...(await page.evaluate(small)), ...errors]).toEqual([]);
      const language = await page.evaluate(() => document.documentElement.lang);
      expect(language).toBe(locale);
      expect(await page.evaluate(beyond)).toEqual([]);
    },
  );
});

/** What stands beyond the window's edge with text that is twice as large (WCAG 2.2, 1.4.4); runs in the page. */
function beyond(): string[] {
  const large = new CSSStyleSheet();
  large.replaceSync("html { font-size: 200% }");
  document.adoptedStyleSheets = [large];
  const { clientWidth } = document.documentElement;
  const found = [...document.querySelectorAll("main *")]
    .filter(
      (element) => element.closest(".heard") === null && element.getBoundingClientRect().right > clientWidth + 0.5,
    )
    .map((element) => `${element.tagName} "${element.textContent?.trim().slice(0, 40)}"`);
  document.adoptedStyleSheets = [];
  return found;
}
