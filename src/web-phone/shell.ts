import { escapeHtml, messageHtml } from "../http/html.ts";
import { type Locale, languageTag, messagesFor } from "../locale/locale.ts";
import type { PhoneWords } from "../operation/operation.ts";

interface Address {
  readonly path: string;
}

/** The page before its script has run, and all of it where no script runs. */
export function shell(ports: {
  locale: Locale;
  issuer: string;
  /** The client's page at another origin, which this one has been left for. */
  movedTo: string | undefined;
  operations: PhoneWords;
  addresses: { script: Address; style: Address; manifest: Address; icon: Address; touch: Address };
}): string {
  const { script, style, manifest, icon, touch } = ports.addresses;
  const w = messagesFor(ports.locale).phone;
  const lines = [
    "<!doctype html>",
    `<html lang="${languageTag(ports.locale)}">`,
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="robots" content="noindex">',
    // Numbers are check numbers here, and no telephone's.
    '<meta name="format-detection" content="telephone=no">',
    '<meta name="mobile-web-app-capable" content="yes">',
    '<meta name="apple-mobile-web-app-capable" content="yes">',
    '<meta name="apple-mobile-web-app-title" content="E-num">',
    '<meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">',
    '<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#131e24">',
    `<meta name="enum-issuer" content="${escapeHtml(ports.issuer)}">`,
    ...(ports.movedTo === undefined ? [] : [`<meta name="enum-moved" content="${escapeHtml(ports.movedTo)}">`]),
    "<title>E-num</title>",
    `<link rel="stylesheet" href="${style.path}">`,
    `<link rel="manifest" href="${manifest.path}">`,
    `<link rel="icon" type="image/svg+xml" href="${icon.path}">`,
    `<link rel="apple-touch-icon" href="${touch.path}">`,
    `<script type="module" src="${script.path}"></script>`,
    "</head>",
    "<body>",
    // Seen after a while, where the script does not come or cannot run here; it takes this away.
    `<div id="phone"><main class="card starting"><h1>${messageHtml(w.starting.heading)}</h1>`,
    `<p class="lead">${messageHtml(w.starting.body)}</p></main></div>`,
    // Data, which no policy has to let run; `<` could end it.
    `<script type="application/json" id="operations">${JSON.stringify(ports.operations).replaceAll("<", "\\u003c")}</script>`,
    `<noscript><main class="card"><h1>${messageHtml(w.noScript.heading)}</h1>`,
    `<p class="lead">${messageHtml(w.noScript.body)}</p>`,
    `<p><a href="${escapeHtml(ports.issuer)}/phone/clients">${messageHtml(w.noScript.others)}</a></p></main></noscript>`,
    "</body>",
    "</html>",
  ];
  return `${lines.join("\n")}\n`;
}
