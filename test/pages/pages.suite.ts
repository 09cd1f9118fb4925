import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Locale } from "../../src/locale/locale.ts";
import { brokenByColours, brokenByWidth, brokenRules } from "../support/axe.ts";
import { launchBrowser, UNSEEN } from "../support/browser.ts";
import { clipped, counted, dead, hardWired, seen, show, small, untouched } from "./probes.ts";
import type { Sample } from "./sample.ts";
import { html, type PageServer, servePages } from "./server.ts";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
/** The narrowest phone that is about. */
const NARROW = { width: 320, height: 640 };

/** Looks at those of the samples that are given; two files have a half each, for two workers. */
export function lookAt(some: readonly Sample[]): void {
  let browser: Browser;
  let server: PageServer;
  let page: Page;
  let narrow: Page;
  let scriptless: Page;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser({ ...UNSEEN, compiled: "well" }), servePages()]);
    page = await browser.newPage({ colorScheme: "light", reducedMotion: "reduce" });
    narrow = await browser.newPage({ viewport: NARROW, reducedMotion: "reduce" });
    scriptless = await browser.newPage({ viewport: NARROW, javaScriptEnabled: false });
    // Every page has the headers of this one, which the browser keeps to in what is written over it.
    const [first] = some;
    if (first === undefined) throw new Error("there are no samples");
    for (const one of [page, narrow, scriptless]) await one.goto(server.url(first, "en"));
  });

  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  /** Puts a page over the one that is there: to go to it costs three times as much, and axe would have to be brought anew. */
  async function showOn(page: Page, sample: Sample, locale: Locale): Promise<void> {
    const sent = html(sample, locale);
    if (page === scriptless) await page.setContent(sent, { waitUntil: "domcontentloaded" });
    else await page.evaluate(show, sent);
  }
  /** What is wrong with a page that has no scripts; `dead` unfolds what can be unfolded. */
  async function idle(page: Page): Promise<string[]> {
    return [...(await page.evaluate(dead)), ...(await page.evaluate(clipped)), ...(await page.evaluate(counted))];
  }

  describe.each(some)("$name", (sample) => {
    /** Languages in which the page was looked at already as it is without scripts, since they change nothing of it. */
    const same = new Set<Locale>();

    it("breaks no rule of WCAG 2.2 AA on a phone, on a desktop and in the dark, and is wholly seen at 320 pixels", async () => {
      await showOn(page, sample, "en");
      const found: { [where: string]: string[] } = {};
      await page.setViewportSize(PHONE);
      found["phone"] = await brokenRules(page);
      const onPhone = await page.evaluate(seen);
      await page.emulateMedia({ colorScheme: "dark" });
      found["dark"] = await brokenByColours(page);
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize(DESKTOP);
      const alike = (await page.evaluate(seen)) === onPhone;
      found["desktop"] = alike ? await brokenByWidth(page) : await brokenRules(page);
      await page.setViewportSize(NARROW);
      found["narrow"] = [...(await page.evaluate(clipped)), ...(await page.evaluate(small))];
      if (await page.evaluate(untouched, html(sample, "en"))) {
        same.add("en");
        found["idle"] = await idle(page);
      }
      expect(found).toEqual({ phone: [], dark: [], desktop: [], narrow: [], ...(same.has("en") && { idle: [] }) });
    });

    it("is wholly seen at 320 pixels in Russian and in longer words, and each of its words is in the catalogue", async () => {
      await showOn(narrow, sample, "ru");
      const ru = await narrow.evaluate(clipped);
      if (await narrow.evaluate(untouched, html(sample, "ru"))) {
        same.add("ru");
        ru.push(...(await idle(narrow)));
      }
      await showOn(narrow, sample, "qps");
      const qps = await narrow.evaluate(clipped);
      expect({ ru, qps, "hard-wired": await narrow.evaluate(hardWired) }).toEqual({
        ru: [],
        qps: [],
        "hard-wired": [],
      });
    });

    it("does all of its work without JavaScript at 320 pixels, in every language", async () => {
      const found: string[] = [];
      for (const locale of ["en", "ru"] as const) {
        if (same.has(locale)) continue;
        await showOn(scriptless, sample, locale);
        found.push(...(await idle(scriptless)));
      }
      expect(found).toEqual([]);
    });
  });
}
