import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Locale } from "../../src/locale/locale.ts";
import { launchBrowser } from "../support/browser.ts";
import { samples } from "./list.ts";
import { clipped, dead, hardWired, small } from "./probes.ts";
import type { Sample } from "./sample.ts";
import { type PageServer, servePages } from "./server.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const LOOKS = {
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  dark: { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  narrow: { viewport: { width: 320, height: 640 }, colorScheme: "light" },
  scriptless: { viewport: { width: 360, height: 740 }, colorScheme: "light", javaScriptEnabled: false },
} as const satisfies { [look: string]: BrowserContextOptions };

let browser: Browser;
let server: PageServer;
const open = new Map<keyof typeof LOOKS, Page>();

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePages()]);
  for (const [look, options] of [
    ["phone", LOOKS.phone],
    ["desktop", LOOKS.desktop],
    ["dark", LOOKS.dark],
    ["narrow", LOOKS.narrow],
    ["scriptless", LOOKS.scriptless],
  ] as const) {
    const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
    open.set(look, await context.newPage());
  }
});

afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

async function goTo(look: keyof typeof LOOKS, sample: Sample, locale: Locale): Promise<Page> {
  const page = open.get(look);
  if (page === undefined) throw new Error(`no page is open for ${look}`);
  await page.goto(server.url(sample, locale), { waitUntil: "domcontentloaded" });
  return page;
}

/** Every rule that is broken, with where; nothing is excepted. */
async function broken(page: Page): Promise<string[]> {
  // By the debugging protocol: the page's own policy would let no other script in.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (tags) => window.axe.run({ runOnly: tags, resultTypes: ["violations"] }),
    TAGS,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}

describe("the probes", () => {
  it("find what is wrong with a page, so that their silence means something", async () => {
    const [sample] = samples;
    if (sample === undefined) throw new Error("there are no samples");
    const page = await goTo("narrow", sample, "qps");
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
    expect(await broken(page)).toEqual([expect.stringContaining("label: ")]);
  });
});

describe.each(samples)("$name", (sample) => {
  it("breaks no rule of WCAG 2.2 AA on a phone, on a desktop and in the dark", async () => {
    const looks = ["phone", "desktop", "dark"] as const;
    const found = await Promise.all(looks.map(async (look) => broken(await goTo(look, sample, "en"))));
    expect(found).toEqual([[], [], []]);
  });

  it("does all of its work without JavaScript, in every language", async () => {
    const found: { [what: string]: string[] } = {};
    for (const locale of ["en", "ru"] as const) {
      const page = await goTo("scriptless", sample, locale);
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
      const page = await goTo("narrow", sample, locale);
      found[locale] = await page.evaluate(clipped);
      if (locale === "en") found["small"] = await page.evaluate(small);
      if (locale === "qps") found["hard-wired"] = await page.evaluate(hardWired);
    }
    expect(found).toEqual({ en: [], ru: [], qps: [], small: [], "hard-wired": [] });
  });
});
