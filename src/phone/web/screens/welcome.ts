import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { heading } from "../parts/heading.ts";
import { installFirst } from "../parts/install.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";
import type { WelcomeScreen } from "../screen.ts";
import { newAccount } from "./connect.ts";
import { left } from "./moved.ts";

export function welcome(app: App, { closed }: WelcomeScreen): TemplateResult {
  const w = app.words.welcome;
  const { movedTo } = app.ports;
  if (movedTo !== undefined) return left(app, movedTo);
  const first = installFirst(app);
  return html`${heading(w.heading)}
    ${closed === undefined ? nothing : notice("calm", app.words.closed)}
    <p class="lead">${message(w.body)}</p>
    ${first}
    <p>${message(w.how)}</p>
    <p class="buttons"><button type="button" class=${first === nothing ? "primary" : ""} @click=${() => app.go(newAccount())}>${w.connect}</button></p>
    <p class="below-form">${message(w.registerWhy)}</p>
    <p class="buttons"><a class="button" href=${`${app.ports.issuer}/register?from=phone`}>${w.register}</a></p>`;
}
