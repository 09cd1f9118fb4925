import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";

export function welcome({ words }: App): TemplateResult {
  const w = words.welcome;
  return html`${heading(w.heading)}
    <p class="lead">${message(w.body)}</p>
    <p>${message(w.how)}</p>`;
}
