import { html, nothing, type TemplateResult } from "lit-html";
import type { OpenRequest } from "../../answers.ts";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { heading } from "../parts/heading.ts";
import { notKept } from "../parts/install.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";
import { timeHere } from "../parts/source.ts";
import { who } from "../parts/who.ts";
import type { HomeScreen, Screen } from "../screen.ts";
import { movedNotice } from "./moved.ts";
import { newPayment } from "./payment.ts";
import { openRequest } from "./request.ts";
import { newScan } from "./scan.ts";

export function home(app: App, { closed }: HomeScreen): TemplateResult {
  const { words, account, ports } = app;
  const w = words.home;
  if (account === undefined) return html`${nothing}`;
  const device = account.device.id;
  const mode = (name: string, help: string, screen: Screen | (() => Screen), primary = false) => html`
    <li><button type="button" class=${primary ? "mode first" : "mode"} @click=${() => app.go(typeof screen === "function" ? screen() : screen)}><b>${message(name)}</b><span>${message(help)}</span></button></li>`;
  return html`${who(account)}
    ${heading(w.heading)}
    ${closed === undefined ? nothing : notice("calm", words.closed)}
    ${waiting(app)}
    ${movedNotice(app)}
    <p>${message(w.body)}</p>
    <ul class="modes">
      ${account.pending ? mode(words.screens.activate, w.activate, { name: "number", mode: "activate", device }, true) : nothing}
      ${account.pending ? nothing : mode(words.requests.scan.mode, words.requests.scan.help, () => newScan(app), true)}
      ${mode(words.screens.login, w.login, { name: "number", mode: "login", device })}
      ${mode(words.screens.payment, w.payment, newPayment(device))}
      ${mode(words.screens.confirm, w.confirm, { name: "number", mode: "confirm", device })}
    </ul>
    ${app.accounts.length > 1 ? chooser(app, account) : nothing}
    ${notKept(app)}
    <p class="buttons"><button type="button" @click=${() => app.go({ name: "accounts" })}>${w.accounts}</button>
    ${ports.movedTo === undefined && ports.device.canInstall() ? html`<button type="button" @click=${() => ports.device.install()}>${w.install}</button>` : nothing}</p>`;
}

type Waiting = { readonly account: Account; readonly request: OpenRequest };

/** What the providers list for the accounts on this phone, newest first by this phone's clock. */
export function waitingFor({ accounts, ports }: App): readonly Waiting[] {
  const came = ({ account, request }: Waiting) => Date.parse(request.created_at) - account.clockOffset * 1000;
  return accounts
    .flatMap((account) => (ports.inbox.listed(account.device.id) ?? []).map((request) => ({ account, request })))
    .toSorted((one, other) => came(other) - came(one));
}

/** Opening one leads to the answer of the account that it is for, whichever answers else. */
function waiting(app: App): TemplateResult | typeof nothing {
  const w = app.words.requests.inbox;
  const open = waitingFor(app);
  if (open.length === 0) return nothing;
  const one = ({ account, request }: Waiting) => {
    const { client, kind, origin, expires_at: until } = request;
    return html`<li><button type="button" class="mode first" @click=${() => openRequest(app, account, request)}>
      <b>${message(w[kind](client.name))}</b>
      <span>${message(app.words.requests.source.until(timeHere(app, account, until)))}</span>
      ${app.accounts.length > 1 ? html`<span class="whose">${message(answersAs(app, account))}</span>` : nothing}
      ${origin?.known !== false ? nothing : html`<span>${message(w.stranger)}</span>`}</button></li>`;
  };
  return html`<section class="waiting" aria-labelledby="waiting"><h2 id="waiting">${message(w.heading)}</h2><ul class="modes">${open.map(one)}</ul></section>`;
}

function answersAs({ words }: App, { identifier, issuer }: Account): string {
  return words.answersAs(identifier, new URL(issuer).host);
}

function chooser(app: App, current: Account): TemplateResult {
  return html`<fieldset class="field chooser"><legend>${app.words.home.choose}</legend>
    ${app.accounts.map(
      (account) => html`<label class="choice"><input type="radio" name="account" value=${account.device.id}
        .checked=${account === current} @change=${() => app.choose(account)}>
        <span>${message(answersAs(app, account))}</span></label>`,
    )}</fieldset>`;
}
