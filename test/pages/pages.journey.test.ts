import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Locale } from "../../src/locale/locale.ts";
import { bringAxe, brokenRules } from "../support/axe.ts";
import { launchBrowser } from "../support/browser.ts";
import { samples } from "./list.ts";
import { clipped, dead, hardWired, small } from "./probes.ts";
import type { Sample } from "./sample.ts";
import { type PageServer, servePages } from "./server.ts";

/** What a person's window is: the page is opened once, and seen in each. */
const WINDOWS = [
  { size: { width: 390, height: 844 }, colorScheme: "light" },
  { size: { width: 390, height: 844 }, colorScheme: "dark" },
  { size: { width: 1280, height: 800 }, colorScheme: "light" },
] as const;
const NARROW = { viewport: { width: 320, height: 640 } };
const SCRIPTLESS = { viewport: { width: 360, height: 740 }, javaScriptEnabled: false };

let browser: Browser;
let server: PageServer;
let scripted: Page;
let narrow: Page;
let scriptless: Page;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePages()]);
  const opened = async (options: BrowserContextOptions) => {
    const context = await browser.newContext({ ...options, colorScheme: "light", reducedMotion: "reduce" });
    return context.newPage();
  };
  [scripted, narrow, scriptless] = await Promise.all([opened({}), opened(NARROW), opened(SCRIPTLESS)]);
  await bringAxe(scripted.context());
});

afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

async function goTo(page: Page, sample: Sample, locale: Locale): Promise<Page> {
  await page.goto(server.url(sample, locale), { waitUntil: "domcontentloaded" });
  return page;
}

describe("the probes", () => {
  it("find what is wrong with a page, so that their silence means something", async () => {
    const [sample] = samples;
    if (sample === undefined) throw new Error("there are no samples");
    const page = await goTo(scripted, sample, "qps");
    await page.setViewportSize(NARROW.viewport);
    await page.evaluate(() => {
      const faults = document.createElement("div");
      faults.innerHTML = `<p>hard</p><input><a href="/">x</a><p>⟦${"clipped".repeat(30)}⟧</p>`;
      faults.insertAdjacentHTML("beforeend", '<a href="#gone">⟦gone, on and on⟧</a><form><button>⟦go⟧</button></form>');
      for (const one of faults.querySelectorAll("p")) one.setAttribute("class", "number");
      document.querySelector("main")?.append(faults);
    });
    expect(await page.evaluate(clipped)).not.toEqual([]);
    expect(await page.evaluate(small)).toEqual([expect.stringContaining("x: "), expect.stringContaining("gone")]);
    expect(await page.evaluate(hardWired)).toEqual(["P: hard", "A: x"]);
    expect(await page.evaluate(dead)).toEqual([
      "a link to #gone: ⟦gone, on and on⟧",
      "a form whose first button is not seen",
    ]);
    expect(await brokenRules(page)).toEqual([expect.stringContaining("label: ")]);
  });
});

describe.each(samples)("$name", (sample) => {
  it("breaks no rule of WCAG 2.2 AA on a phone, on a desktop and in the dark", async () => {
    const page = await goTo(scripted, sample, "en");
    const found: string[][] = [];
    for (const { size, colorScheme } of WINDOWS) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      found.push(await brokenRules(page));
    }
    expect(found).toEqual([[], [], []]);
  });

  it("does all of its work without JavaScript, in every language", async () => {
    const found: { [what: string]: string[] } = {};
    for (const locale of ["en", "ru"] as const) {
      const page = await goTo(scriptless, sample, locale);
      found[locale] = [...(await page.evaluate(dead)), ...(await page.evaluate(clipped))];
      const counted = await page.locator("[data-countdown]").allInnerTexts();
      found[`${locale}: time that moves`] = counted.filter((text) => !/^(Good for|Действует) /.test(text));
    }
    const none = { en: [], ru: [], "en: time that moves": [], "ru: time that moves": [] };
    expect(found).toEqual(none);
  });

  it("is wholly seen at 320 pixels in every language, and each of its words is in the catalogue", async () => {
    const found: { [what: string]: string[] } = {};
    for (const locale of ["en", "ru", "qps"] as const) {
      const page = await goTo(narrow, sample, locale);
      found[locale] = await page.evaluate(clipped);
      if (locale === "en") found["small"] = await page.evaluate(small);
      if (locale === "qps") found["hard-wired"] = await page.evaluate(hardWired);
    }
    expect(found).toEqual({ en: [], ru: [], qps: [], small: [], "hard-wired": [] });
  });
});
