import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { wayBack } from "../parts/back.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { who } from "../parts/who.ts";

/** The provider has taken the answer. `bySite`: no page waits for it (PROTOCOL section 12). */
export type SentScreen = { readonly name: "sent"; readonly device: string; readonly bySite: boolean };

export function sent(app: App, { device, bySite }: SentScreen): TemplateResult {
  const w = app.words.requests.sent;
  const account = app.accountOf(device);
  return html`${account === undefined ? nothing : who(account)}
    ${heading(w.heading)}
    <p class="lead" role="status">${message(bySite ? w.bySite : w.body)}</p>
    <p class="buttons">${wayBack(app)}</p>`;
}
