import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";

/** What has happened, in words that are ready. */
export type ToldScreen = { readonly name: "told"; readonly heading: string; readonly body: string };

export function told(app: App, screen: ToldScreen): TemplateResult {
  return html`${heading(screen.heading)}
    <p class="lead">${message(screen.body)}</p>
    <button type="button" class="primary" @click=${() => app.home()}>${app.words.done}</button>`;
}
