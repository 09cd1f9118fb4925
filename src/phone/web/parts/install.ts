import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { message } from "./message.ts";
import { notice } from "./notice.ts";

/** On iOS what is kept in Safari's window is not what is kept on the Home Screen, and does not last. */
export function installFirst({ words: { install: w }, ports: { device } }: App): TemplateResult | typeof nothing {
  if (!device.installsByHand()) return nothing;
  return html`<div class="notice look"><div><p><b>${message(w.ios)}</b></p><p>${message(w.iosWhy)}</p></div></div>
    <ol class="steps"><li><p>${message(w.iosShare)}</p></li><li><p>${message(w.iosOpen)}</p></li></ol>`;
}

/** Said plainly where the browser does not promise to keep what is here. */
export function notKept({ words: { install: w }, kept }: App): TemplateResult | typeof nothing {
  return kept ? nothing : notice("look", w.notKeptWhy, w.notKept);
}
