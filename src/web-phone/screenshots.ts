import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Locale } from "../locale/locale.ts";
import { type Served, served } from "./served.ts";

const FOLDER = fileURLToPath(new URL("../../views/static/screenshots/", import.meta.url));

/**
 * What a browser shows to who is about to install the client (W3C Web App Manifest: Application Information, section 2.2). `npm run pages` takes
 * them. Chromium wants 320 to 3840 pixels, the longer side at most 2.3 times the shorter, and all of a form of one size.
 */
export const SCREENSHOTS = [
  { screen: "home-requests", form: "narrow" },
  { screen: "payment-agree", form: "narrow" },
  { screen: "answer", form: "narrow" },
  { screen: "answer", form: "wide" },
] as const;

/** In pixels of the picture; a phone has two for each of the page. */
export const SCREENSHOT_SIZES = {
  narrow: { width: 780, height: 1688 },
  wide: { width: 1280, height: 800 },
} as const;

export type Screenshot = (typeof SCREENSHOTS)[number];

/** Not kept by the service worker: only who installs looks at them, and has a network. */
export type TakenScreenshot = Screenshot & { readonly file: Served };

export function screenshotPath({ screen, form }: Screenshot, locale: Locale): string {
  return `${FOLDER}${screen}-${form}-${locale}.png`;
}

export function screenshots(locale: Locale): readonly TakenScreenshot[] {
  return SCREENSHOTS.map((one) => ({
    ...one,
    file: served(`${one.screen}-${one.form}`, "png", "image/png", readFileSync(screenshotPath(one, locale))),
  }));
}
