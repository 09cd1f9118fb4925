import { html, nothing, type TemplateResult } from "lit-html";
import { formatChallenge } from "../../../e-num/challenge.ts";
import { currencyName, formatAmount } from "../../../e-num/people.ts";
import { currencyOf, formatRecipient, isPurse } from "../../../e-num/purse.ts";
import type { PaymentStatement } from "../../../e-num/statement.ts";
import { type Pin, parsePin } from "../../pad.ts";
import { respondWith } from "../../phone.ts";
import type { App } from "../app.ts";
import { deliver, sentTo } from "../delivering.ts";
import { headingOf, odd } from "../parts/asked.ts";
import { field } from "../parts/field.ts";
import { figures } from "../parts/figures.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { operation } from "../parts/operation.ts";
import { refusal } from "../parts/refusal.ts";
import { source } from "../parts/source.ts";
import { who } from "../parts/who.ts";
import type { AgreeScreen, Asked } from "../screen.ts";

/** Everything that the response will be bound to, who asks for it, and the PIN. */
export function agree(app: App, screen: AgreeScreen): TemplateResult {
  const { words } = app;
  const w = words.agree;
  const { asked, error, problem } = screen;
  const account = app.accountOf(asked.device);
  return html`${account === undefined ? nothing : who(account)}
    ${heading(headingOf(app, account, asked.statement, asked.source))}
    ${account === undefined || asked.source === undefined ? nothing : source(app, account, asked.source, asked)}
    ${details(app, asked)}
    ${form(app, {
      problem,
      fields: field({
        name: "pin",
        label: w.pin,
        hint: w.pinHint,
        error: error && words.errors.pin[error],
        kind: "pin",
        // What comes from outside is read first; a keyboard would cover it.
        focus: asked.source === undefined,
      }),
      button: sentTo(asked) === undefined ? w.show : words.requests.agree.send,
      working: w.computing,
      submit: (values) => submit(app, screen, values),
    })}
    ${asked.source?.at === "listed" ? refusal(app, asked.device, asked.source.request) : nothing}
    ${back(app)}`;
}

function details(app: App, { device, statement, challenge, time }: Asked): TemplateResult {
  const w = app.words.agree;
  return html`${statement.mode === "payment" ? payment(app, statement) : nothing}
    ${statement.mode === "operation" ? operation(app, app.accountOf(device), statement) : nothing}
    <p class="label">${w.number}</p>
    <p class="number compare" translate="no">${figures(formatChallenge(challenge))}</p>
    <p class="hint">${message(w.compare)}</p>
    ${odd(app, time)}`;
}

/** In its canonical form, which is what the response will be made for. */
function payment({ words, language }: App, statement: PaymentStatement): TemplateResult {
  const w = words.agree;
  const { amount, recipient } = statement;
  const currency = "currency" in statement ? statement.currency : currencyOf(statement.recipient);
  const shown = formatAmount(amount, language);
  return html`<div class="operation"><p class="hint">${w.amount}</p>
    <p class=${shown.length > 7 ? "amount long" : "amount"} translate="no"><b>${shown}</b> <span>${currency}</span></p>
    <p class="hint">${currencyName(currency, language)}</p>
    <div class="payee"><p class="hint">${isPurse(recipient) ? w.purse : w.wmid}</p>
    <p class="account" translate="no">${formatRecipient(recipient)}</p></div></div>`;
}

function submit(app: App, screen: AgreeScreen, values: Values): void {
  const pin = parsePin(values("pin"));
  if (pin.ok) app.work((still) => compute(app, screen.asked, pin.value, still));
  else app.amend({ ...screen, error: pin.reason });
}

async function compute(app: App, asked: Asked, pin: Pin, still: () => boolean): Promise<void> {
  // What another window may have changed since, a renewed pad; or the browser, which may have erased it all.
  await app.reload();
  const account = app.accountOf(asked.device);
  if (account === undefined) return app.go({ name: "told", ...app.words.gone });
  const response = await respondWith(account.pad, pin, asked);
  const next = await deliver(app, account, asked, response);
  if (next !== undefined && still()) app.go(next);
}
