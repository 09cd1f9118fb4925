import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";

/** Where an answer has been given: back to the page on this same device that has asked for it, or to the first screen. */
export function wayBack(app: App): TemplateResult {
  const { words, ports } = app;
  const done = (kind: string) =>
    html`<button type="button" class=${kind} @click=${() => app.home()}>${words.done}</button>`;
  if (!ports.page.cameFromPage()) return done("primary");
  return html`<button type="button" class="primary" @click=${() => ports.page.backToPage()}>${words.requests.sent.back}</button>${done("")}`;
}
