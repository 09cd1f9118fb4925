import { html, nothing, type TemplateResult } from "lit-html";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { back } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { notKept } from "../parts/install.ts";
import { message } from "../parts/message.ts";
import { newAccount } from "./connect.ts";

export function accounts(app: App): TemplateResult {
  const w = app.words.accounts;
  const { movedTo } = app.ports;
  return html`${heading(w.heading)}
    <ul class="asked">${app.accounts.map((account) => row(app, account))}</ul>
    ${notKept(app)}
    <p class="buttons">${
      movedTo === undefined
        ? html`<button type="button" @click=${() => app.go(newAccount())}>${w.add}</button>`
        : html`<a class="button" href=${movedTo}>${w.add}</a>`
    }</p>
    ${back(app)}`;
}

function row(app: App, account: Account): TemplateResult {
  const w = app.words.accounts;
  const { device, identifier, issuer, pending } = account;
  return html`<li><div class="switch"><p><b><bdi translate="no">${identifier}</bdi></b>
    <span class="origin" translate="no">${new URL(issuer).host}</span>
    ${pending ? html`<span class="tag off">${message(w.pending)}</span>` : nothing}
    ${account === app.account && app.accounts.length > 1 ? html`<span class="tag">${message(w.using)}</span>` : nothing}</p>
    <button type="button" aria-label=${`${w.open}: ${identifier}`} @click=${() => app.go({ name: "account", device: device.id })}>${w.open}</button></div></li>`;
}
