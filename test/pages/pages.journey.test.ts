import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Locale } from "../../src/locale/locale.ts";
import { bringAxe, brokenByColours, brokenRules } from "../support/axe.ts";
import { launchBrowser, UNSEEN } from "../support/browser.ts";
import { samples } from "./list.ts";
import { clipped, hardWired, small } from "./probes.ts";
import type { Sample } from "./sample.ts";
import { type PageServer, servePages } from "./server.ts";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
/** The narrowest phone that is about. */
const NARROW = { width: 320, height: 640 };

let browser: Browser;
let server: PageServer;
let page: Page;
let narrow: Page;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(UNSEEN), servePages()]);
  const context = await browser.newContext({ colorScheme: "light", reducedMotion: "reduce" });
  await bringAxe(context);
  page = await context.newPage();
  // Without axe, which every page would have to be given anew.
  narrow = await browser.newPage({ viewport: NARROW, reducedMotion: "reduce" });
});

afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

async function goTo(page: Page, sample: Sample, locale: Locale): Promise<void> {
  await page.goto(server.url(sample, locale), { waitUntil: "domcontentloaded" });
}

describe("the probes", () => {
  it("find what is wrong with a page, so that their silence means something", async () => {
    const [sample] = samples;
    if (sample === undefined) throw new Error("there are no samples");
    await goTo(page, sample, "qps");
    await page.setViewportSize(NARROW);
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
    expect(await brokenRules(page)).toEqual([expect.stringContaining("label: ")]);
    expect(await brokenByColours(page)).toEqual([]);
    await page.evaluate(() => {
      for (const one of document.querySelectorAll<HTMLElement>("p.number")) one.style.color = "#ddd";
    });
    expect(await brokenByColours(page)).toContainEqual(expect.stringContaining("color-contrast: "));
  });
});

describe.each(samples)("$name", (sample) => {
  it("breaks no rule of WCAG 2.2 AA on a phone, on a desktop and in the dark, and is wholly seen at 320 pixels", async () => {
    await goTo(page, sample, "en");
    const found: { [where: string]: string[] } = {};
    await page.setViewportSize(PHONE);
    found["phone"] = await brokenRules(page);
    await page.emulateMedia({ colorScheme: "dark" });
    found["dark"] = await brokenByColours(page);
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(DESKTOP);
    found["desktop"] = await brokenRules(page);
    await page.setViewportSize(NARROW);
    found["narrow"] = [...(await page.evaluate(clipped)), ...(await page.evaluate(small))];
    expect(found).toEqual({ phone: [], dark: [], desktop: [], narrow: [] });
  });

  it("is wholly seen at 320 pixels in Russian and in longer words, and each of its words is in the catalogue", async () => {
    const found: { [locale: string]: string[] } = {};
    for (const locale of ["ru", "qps"] as const) {
      await goTo(narrow, sample, locale);
      found[locale] = await narrow.evaluate(clipped);
    }
    expect({ ...found, "hard-wired": await narrow.evaluate(hardWired) }).toEqual({ ru: [], qps: [], "hard-wired": [] });
  });
});
