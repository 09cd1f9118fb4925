import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { back } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";

/** While the provider is asked who a code comes from. */
export type LookingScreen = { readonly name: "looking" };

export function looking(app: App): TemplateResult {
  const w = app.words.requests.looking;
  return html`${heading(w.heading)}
    <p class="lead" role="status">${message(w.body)}</p>
    ${back(app)}`;
}
