import { html, nothing, type TemplateResult } from "lit-html";
import type { OperationStatement } from "../../../e-num/statement.ts";
import { type Detail, operationDetails } from "../../details.ts";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { readerOf } from "./asked.ts";

/** Every member of an operation, as the page shows it: the sum in the largest type, who gets it under it, the rest as a list. */
export function operation(app: App, account: Account | undefined, statement: OperationStatement): TemplateResult {
  const details = operationDetails(statement, readerOf(app, account));
  const sum = details.find((detail) => detail.sum);
  const payee = details.filter((detail) => detail.payee !== undefined);
  const rest = details.filter((detail) => detail !== sum && detail.payee === undefined);
  return html`<div class="operation">${sum === undefined ? nothing : large(sum)}
    ${payee.length === 0 ? nothing : recipient(payee)}
    ${rest.length === 0 ? nothing : html`<dl class="rows">${rest.map(row)}</dl>`}</div>`;
}

/** Figures alone are large: words after them, such as how often, stay beside them. */
function large({ label, value }: Detail): TemplateResult {
  const [, figure = value, rest = ""] = /^([\d\s.,\u00a0]*\d) (.*)$/.exec(value) ?? [];
  return html`<p class="hint">${label}</p>
    <p class=${figure.length > 7 ? "amount long" : "amount"} translate="no"><b>${figure}</b> <span>${rest}</span></p>`;
}

/** What tells of one payee stands together, under what it is called. */
function recipient(details: readonly Detail[]): TemplateResult {
  const labels = new Set(details.map(({ payee }) => payee?.label));
  const of = (label: string | undefined) => details.filter(({ payee }) => payee?.label === label);
  return html`${[...labels].map((label) => html`<div class="payee"><p class="hint">${label}</p>${of(label).map(partOf)}</div>`)}`;
}

function partOf({ value, payee }: Detail, place: number): TemplateResult {
  if (payee?.part === "name") return html`<p class="name" translate="no"><bdi>${value}</bdi></p>`;
  // What digits these are is seen where they are a WMID's: a purse begins with its letter. Beside a purse the WMID is the lesser of the two.
  const isWmid = payee?.part === "wmid";
  return html`<p class=${isWmid && place > 0 ? "account second" : "account"}><span class=${isWmid ? nothing : "heard"}>${payee?.partLabel} </span><span translate="no">${value}</span></p>`;
}

const LONG = 48;

function row({ label, value, figures }: Detail): TemplateResult {
  return html`<div class=${value.length > LONG ? "tall" : nothing}><dt>${label}</dt><dd class=${figures ? "figures" : nothing} translate="no"><bdi>${value}</bdi></dd></div>`;
}
