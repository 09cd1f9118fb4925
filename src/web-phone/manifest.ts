import type { Icons } from "./icons.ts";

/** Colours of views/static/css/1-colours.css: a manifest knows no dark ones. */
const GROUND = "#ffffff";
const ACCENT = "#0b5a73";

/** What a system installs (W3C Web Application Manifest). */
export function manifest({ small, large, maskable, svg }: Icons): string {
  return JSON.stringify({
    id: "/phone",
    name: "E-num ID",
    short_name: "E-num",
    start_url: "/phone",
    scope: "/phone",
    display: "standalone",
    background_color: GROUND,
    theme_color: ACCENT,
    icons: [
      { src: small.path, sizes: "192x192", type: small.type },
      { src: large.path, sizes: "512x512", type: large.type },
      { src: maskable.path, sizes: "512x512", type: maskable.type, purpose: "maskable" },
      { src: svg.path, sizes: "any", type: svg.type },
    ],
  });
}
