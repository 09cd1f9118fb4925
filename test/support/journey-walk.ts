import { mkdir } from "node:fs/promises";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { type Locale, type Messages, messagesFor } from "../../src/locale/locale.ts";
import { plain } from "../../src/locale/markup.ts";
import { faultsOf } from "./journey-checks.ts";
import { type Hands, keyboard, mouse } from "./journey-hands.ts";

/** How a person goes: their browser, their language, their hands. */
export interface Way {
  context?: BrowserContextOptions;
  locale?: Locale;
  keyboard?: true;
}

/** One person's browser, from page to page. */
export interface Walk extends AsyncDisposable {
  page: Page;
  hands: Hands;
  m: Messages;
  /** Waits for the page with this heading, and looks whether anything is wrong with it. */
  at(heading: string): Promise<void>;
  button(name: string): Locator;
  field(label: string): Locator;
  /** The check number, the QR code's text or the activation code that the page shows. */
  shown(hook: "challenge" | "qr" | "activation"): Promise<string>;
}

/** Milliseconds; the slowest step is a phone that the page asks about every few seconds. */
const PATIENCE = 15_000;
/** A small window that still has the desk's pages (from 60rem on): a third less is drawn than at 1280, where `test/pages/` looks at each of them. */
const DESK = { width: 1024, height: 640 };
/** Where pictures of each page are wanted: `JOURNEY_PICTURES=/tmp/pictures`. */
const PICTURES = process.env["JOURNEY_PICTURES"];
let pictures = 0;

export async function walk(browser: Browser, way: Way = {}): Promise<Walk> {
  const locale = way.locale ?? "en";
  const tag = locale === "ru" ? "ru-RU" : "en-GB";
  const context = await browser.newContext({ locale: tag, viewport: DESK, reducedMotion: "reduce", ...way.context });
  context.setDefaultTimeout(PATIENCE);
  const scripted = way.context?.javaScriptEnabled !== false;
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  return {
    page,
    m: messagesFor(locale),
    hands: way.keyboard ? keyboard(page, faults) : mouse,
    async at(heading) {
      const wanted = page.getByRole("heading", { level: 1, name: plain(heading), exact: true });
      await wanted.waitFor().catch(async () => {
        throw new Error(
          `"${plain(heading)}" does not come; ${page.url()} says: ${await page.locator("body").innerText()}`,
        );
      });
      // Until the page's script has run: it chooses where the focus is.
      await page.waitForLoadState();
      if (PICTURES !== undefined) {
        await mkdir(PICTURES, { recursive: true });
        pictures += 1;
        const name = `${String(pictures).padStart(3, "0")}-${new URL(page.url()).pathname.replace(/\W+/g, "_").slice(0, 40)}`;
        await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
      }
      if (scripted) faults.push(...(await faultsOf(page)));
      expect(faults, `on "${plain(heading)}"`).toEqual([]);
    },
    button: (name) => page.getByRole("button", { name: plain(name), exact: true }),
    field: (label) => page.getByLabel(plain(label), { exact: true }),
    async shown(hook) {
      const text = await page.locator(`[data-enum-${hook}]`).getAttribute(`data-enum-${hook}`);
      if (text === null) throw new Error(`the page shows no ${hook}`);
      return text;
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
