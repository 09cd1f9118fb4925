import { html, nothing, type TemplateResult } from "lit-html";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { back } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";

/** How a person comes from this address to the new one: by another device of the account, since nothing can be taken along. */
export type MovedScreen = { readonly name: "moved" };

export function moved(app: App): TemplateResult {
  const { movedTo } = app.ports;
  const w = app.words.moved;
  if (movedTo === undefined) return html`${nothing}`;
  const where = new URL(movedTo).host;
  const settings = app.accounts.map(
    (account) => html`<p><a href=${settingsOf(app, account)}>${message(w.account(account.identifier))}</a></p>`,
  );
  const removals = app.accounts.map(
    ({ device, identifier }) =>
      html`<button type="button" @click=${() => app.go({ name: "unlink", device: device.id })}>${message(w.remove(identifier))}</button>`,
  );
  return html`${heading(w.heading)}
    <p class="lead">${message(w.why)}</p>
    <ol class="steps">
      <li><p>${message(w.connect)}</p>${settings}</li>
      <li><p>${message(w.code(where))}</p><p><a href=${movedTo}>${message(w.open)}</a></p></li>
      <li><p>${message(w.last)}</p><p class="buttons stack">${removals}</p></li>
    </ol>
    ${back(app)}`;
}

/** Where other providers list an account's devices no protocol says. */
function settingsOf({ ports }: App, { issuer }: Account): string {
  return issuer === ports.issuer ? `${issuer}/account/devices` : `${issuer}/`;
}

/** On the first screen, above everything that goes on as it did. */
export function movedNotice({ words: { moved: w }, ports, go }: App): TemplateResult | typeof nothing {
  if (ports.movedTo === undefined) return nothing;
  return html`${notice("look", w.notice(new URL(ports.movedTo).host), w.title)}
    <p class="buttons"><button type="button" @click=${() => go({ name: "moved" })}>${w.how}</button></p>`;
}

/** In the place of the welcome, since nothing new is connected here. */
export function left(app: App, movedTo: string): TemplateResult {
  const w = app.words.moved;
  return html`${heading(w.title)}
    <p class="lead">${message(w.left(new URL(movedTo).host))}</p>
    <p class="buttons"><a class="button primary" href=${movedTo}>${w.open}</a></p>`;
}
