/** `npm run pages`: photographs the pages into docs/pages, in every state that looks different. `npm run pages -- login-` takes some. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Locale } from "../../src/locale/locale.ts";
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
await using pages = await servePages();
await using phone = await serveWebPhone();
const browser = await launchBrowser();
await Promise.all(SHOTS.map(photograph));
await browser.close();

async function photograph({ size, colours, locale }: Shot): Promise<void> {
  const context = await browser.newContext({
    viewport: SIZES[size],
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
  await context.close();
}
