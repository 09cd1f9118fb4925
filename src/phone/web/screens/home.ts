import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import type { HomeScreen } from "../screen.ts";

export function home({ words, account }: App, { closed }: HomeScreen): TemplateResult {
  const w = words.home;
  return html`${heading(w.heading)}
    <p class="lead">${message(w.body)}</p>
    ${closed === undefined ? nothing : html`<p class="notice" role="status">${message(words.closed)}</p>`}
    ${account === undefined ? nothing : html`<p>${message(w.answersAs(account.identifier, new URL(account.issuer).host))}</p>`}`;
}
