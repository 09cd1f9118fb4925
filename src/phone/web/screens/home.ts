import { html, nothing, type TemplateResult } from "lit-html";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { heading } from "../parts/heading.ts";
import { notKept } from "../parts/install.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";
import { who } from "../parts/who.ts";
import type { HomeScreen, Screen } from "../screen.ts";
import { newPayment } from "./payment.ts";

export function home(app: App, { closed }: HomeScreen): TemplateResult {
  const { words, account, ports } = app;
  const w = words.home;
  if (account === undefined) return html`${nothing}`;
  const device = account.device.id;
  const mode = (name: string, help: string, screen: Screen, primary = false) => html`
    <li><button type="button" class=${primary ? "mode first" : "mode"} @click=${() => app.go(screen)}><b>${message(name)}</b><span>${message(help)}</span></button></li>`;
  return html`${who(account)}
    ${heading(w.heading)}
    ${closed === undefined ? nothing : notice("calm", words.closed)}
    <p>${message(w.body)}</p>
    <ul class="modes">
      ${account.pending ? mode(words.screens.activate, w.activate, { name: "number", mode: "activate", device }, true) : nothing}
      ${mode(words.screens.login, w.login, { name: "number", mode: "login", device })}
      ${mode(words.screens.payment, w.payment, newPayment(device))}
      ${mode(words.screens.confirm, w.confirm, { name: "number", mode: "confirm", device })}
    </ul>
    ${app.accounts.length > 1 ? chooser(app, account) : nothing}
    ${notKept(app)}
    <p class="buttons"><button type="button" @click=${() => app.go({ name: "accounts" })}>${w.accounts}</button>
    ${ports.device.canInstall() ? html`<button type="button" @click=${() => ports.device.install()}>${w.install}</button>` : nothing}</p>`;
}

function chooser(app: App, current: Account): TemplateResult {
  return html`<fieldset class="field chooser"><legend>${app.words.home.choose}</legend>
    ${app.accounts.map(
      (account) => html`<label class="choice"><input type="radio" name="account" value=${account.device.id}
        .checked=${account === current} @change=${() => app.choose(account)}>
        <span>${message(app.words.answersAs(account.identifier, new URL(account.issuer).host))}</span></label>`,
    )}</fieldset>`;
}
