import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { back } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";

/** While the provider is asked about what a code says. */
export type LookingScreen = {
  readonly name: "looking";
  /** The code is for an account that is here: whether this device still answers for it. */
  readonly enrols?: true;
};

export function looking(app: App, screen: LookingScreen): TemplateResult {
  const w = app.words.requests.looking;
  return html`${heading(w.heading)}
    <p class="lead" role="status">${message(screen.enrols === undefined ? w.body : w.enrols)}</p>
    ${back(app)}`;
}
