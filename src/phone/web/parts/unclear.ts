/** Questions about what was typed and can be read in more than one way; only the person knows. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { UnclearSign } from "../../../e-num/amount.ts";
import { currencyName, formatAmount } from "../../../e-num/people.ts";
import {
  CURRENCY_NAMES,
  type Currency,
  formatRecipient,
  isPurseLetter,
  type LetterNeeded,
  type PurseLetter,
  parseCurrency,
  purseOf,
  type Recipient,
} from "../../../e-num/purse.ts";
import { plain } from "../../../locale/markup.ts";
import type { App } from "../app.ts";
import { stop } from "./icons.ts";
import { message } from "./message.ts";

/** `1,500`: one and a half, or one thousand five hundred. */
export function whichAmount(app: App, { typed, readings }: UnclearSign, unchosen: true | undefined): TemplateResult {
  return choices(app, {
    name: "reading",
    legend: app.words.payment.whichAmount(typed),
    unchosen,
    options: readings.map((reading) => ({ value: reading, label: formatAmount(reading, app.language) })),
  });
}

/** Twelve digits alone: a purse of one of the currencies, or a WMID with one. */
export function whatIsIt(app: App, { digits }: LetterNeeded, unchosen: true | undefined): TemplateResult {
  const w = app.words.payment;
  const letters = Object.keys(CURRENCY_NAMES).filter(isPurseLetter);
  const name = (letter: PurseLetter) => currencyName(`WM${letter}`, app.language);
  const why =
    unchosen === undefined
      ? nothing
      : html`<p class="why" id="what-error">${stop}<span>${message(w.choose)}</span></p>`;
  return html`<div class=${unchosen === undefined ? "field" : "field wrong"}>
    <label for="what">${message(w.whichLetter(formatRecipient(digits)))}</label>
    <p class="hint" id="what-hint">${message(w.letters)}</p>${why}
    <select id="what" name="what" data-focus-next aria-describedby="what-hint" aria-invalid=${unchosen === undefined ? nothing : "true"}>
      <option value=""></option>
      ${letters.map((letter) => html`<option value=${letter}>${plain(w.purse(formatRecipient(purseOf(letter, digits)), name(letter)))}</option>`)}
      ${letters.map((letter) => html`<option value=${`WM${letter}`}>${plain(w.wmid(formatRecipient(digits), `WM${letter}`))}</option>`)}
    </select></div>`;
}

export function chosenRecipient(
  { digits }: LetterNeeded,
  value: string,
): { readonly recipient: Recipient; readonly currency?: Currency } | undefined {
  if (isPurseLetter(value)) return { recipient: purseOf(value, digits) };
  const currency = parseCurrency(value);
  return currency.ok ? { recipient: digits, currency: currency.value } : undefined;
}

function choices(
  app: App,
  ports: {
    readonly name: string;
    readonly legend: string;
    readonly unchosen: true | undefined;
    readonly options: readonly { readonly value: string; readonly label: string }[];
  },
): TemplateResult {
  const { name, legend, unchosen, options } = ports;
  return html`<fieldset class=${unchosen === undefined ? "field" : "field wrong"}>
    <legend>${message(legend)}</legend>
    ${unchosen === undefined ? nothing : html`<p class="why" role="alert" tabindex="-1" data-focus-first>${stop}<span>${message(app.words.payment.choose)}</span></p>`}
    ${options.map(
      ({ value, label }) =>
        html`<label class="choice"><input type="radio" name=${name} value=${value} data-focus-next><span class="figures" translate="no">${label}</span></label>`,
    )}</fieldset>`;
}
