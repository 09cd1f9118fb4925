import { type Locale, languageTag, messagesFor } from "../locale/locale.ts";
import type { Icons } from "./icons.ts";
import { SCREENSHOT_SIZES, type TakenScreenshot } from "./screenshots.ts";

/** Colours of views/static/css/1-colours.css: a manifest knows no dark ones. */
const GROUND = "#ffffff";
const ACCENT = "#0b5a73";

/**
 * What a system installs (W3C Web Application Manifest), in the language of the page that links to it. It is one and the same application in
 * every language, by its `id`.
 */
export function manifest(
  { small, large, maskable, svg }: Icons,
  pictures: readonly TakenScreenshot[],
  locale: Locale,
): string {
  const { installed } = messagesFor(locale).phone;
  return JSON.stringify({
    id: "/phone",
    lang: languageTag(locale),
    dir: "ltr",
    name: "E-num ID",
    short_name: "E-num",
    description: installed.description,
    start_url: "/phone",
    scope: "/phone",
    display: "standalone",
    background_color: GROUND,
    theme_color: ACCENT,
    categories: ["security", "utilities"],
    // No shop has another client of ours.
    prefer_related_applications: false,
    icons: [
      { src: small.path, sizes: "192x192", type: small.type },
      { src: large.path, sizes: "512x512", type: large.type },
      { src: maskable.path, sizes: "512x512", type: maskable.type, purpose: "maskable" },
      { src: svg.path, sizes: "any", type: svg.type },
    ],
    screenshots: pictures.map(({ screen, form, file }) => ({
      src: file.path,
      sizes: `${SCREENSHOT_SIZES[form].width}x${SCREENSHOT_SIZES[form].height}`,
      type: file.type,
      form_factor: form,
      label: installed.screenshots[screen],
    })),
    // The fragment is what `src/phone/web/address.ts` reads.
    shortcuts: [
      { name: installed.scan, url: "/phone#scan", icons: [{ src: small.path, sizes: "192x192", type: small.type }] },
    ],
  });
}
