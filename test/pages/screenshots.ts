/**
 * `npm run pages`: photographs the pages into docs/pages, in every state that looks different. `npm run pages -- login-` takes some,
 * `npm run pages -- installed` the web client's pictures of itself.
 */
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { type Locale, languages } from "../../src/locale/locale.ts";
import { SCREENSHOT_SIZES, SCREENSHOTS, screenshotPath } from "../../src/web-phone/screenshots.ts";
import { launchBrowser } from "../support/browser.ts";
import { samples } from "./list.ts";
import { withPalette } from "./png.ts";
import { servePages } from "./server.ts";
import { serveWebPhone, visit, visits } from "./web-phone.ts";

const FOLDER = fileURLToPath(new URL("../../docs/pages/", import.meta.url));
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

interface Shot {
  readonly size: keyof typeof SIZES;
  readonly colours: "light" | "dark";
  readonly locale: Locale;
}

/** English in light everywhere; the dark and the Russian on the phone, where room is scarce. */
const SHOTS: readonly Shot[] = [
  { size: "phone", colours: "light", locale: "en" },
  { size: "desktop", colours: "light", locale: "en" },
  { size: "phone", colours: "dark", locale: "en" },
  { size: "phone", colours: "light", locale: "ru" },
];

const wanted = process.argv[2] ?? "";
if (wanted === "") await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
// The client is served with the pictures of itself, also while one is taken for the first time.
for (const { locale } of languages) {
  for (const path of SCREENSHOTS.map((taken) => screenshotPath(taken, locale))) {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, "");
  }
}
await using pages = await servePages();
await using phone = await serveWebPhone();
const browser = await launchBrowser();
await Promise.all(SHOTS.map(photograph));
await Promise.all(languages.map(({ locale }) => photographInstalled(locale)));
await browser.close();

async function openPage({ size, colours, locale }: Shot, scale = 1): Promise<Page> {
  const context = await browser.newContext({
    viewport: SIZES[size],
    deviceScaleFactor: scale,
    colorScheme: colours,
    reducedMotion: "reduce",
    locale: locale === "ru" ? "ru-RU" : "en-GB",
    timezoneId: "UTC",
    hasTouch: size === "phone",
    isMobile: size === "phone",
  });
  const page = await context.newPage();
  // The countdown stands still, so that a picture changes only when the page does.
  await page.clock.install({ time: new Date("2026-11-23T14:19:00Z") });
  await page.clock.pauseAt(new Date("2026-11-23T14:20:00Z"));
  return page;
}

/** What a browser shows to who is about to install the client: as much as a screen shows, beside the client's own files. */
async function photographInstalled(locale: Locale): Promise<void> {
  for (const taken of SCREENSHOTS.filter(() => "installed".startsWith(wanted))) {
    const { screen, form } = taken;
    const size = form === "narrow" ? "phone" : "desktop";
    const page = await openPage({ size, colours: "light", locale }, SCREENSHOT_SIZES[form].width / SIZES[size].width);
    const one = visits.find(({ name }) => name === screen);
    if (one === undefined) throw new Error(`there is no screen "${screen}"`);
    await visit(page, phone, one, locale === "ru" ? "ru" : "en");
    await writeFile(screenshotPath(taken, locale), withPalette(await page.screenshot()));
    await page.context().close();
  }
}

async function photograph(shot: Shot): Promise<void> {
  const { size, colours, locale } = shot;
  const page = await openPage(shot);
  for (const sample of samples.filter(({ name, pictured }) => pictured && name.startsWith(wanted))) {
    await page.goto(pages.url(sample, locale));
    const path = `${FOLDER}${sample.name}-${size}-${colours}-${locale}.png`;
    await writeFile(path, withPalette(await page.screenshot({ fullPage: true })));
  }
  for (const one of visits.filter(({ name }) => `web-phone-${name}`.startsWith(wanted))) {
    await visit(page, phone, one, locale === "ru" ? "ru" : "en");
    const path = `${FOLDER}web-phone-${one.name}-${size}-${colours}-${locale}.png`;
    await writeFile(path, withPalette(await page.screenshot({ fullPage: true })));
  }
  await page.context().close();
}
