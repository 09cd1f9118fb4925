import { html, nothing, type TemplateResult } from "lit-html";
import type { OperationStatement } from "../../../e-num/statement.ts";
import { type Detail, operationDetails } from "../../details.ts";
import type { App } from "../app.ts";

/** Every member of an operation, as the page shows it: the sum in the largest type, the rest as a list. */
export function operation({ language, ports }: App, statement: OperationStatement): TemplateResult {
  const details = operationDetails(statement, { language, words: ports.operations });
  const sum = details.find((detail) => detail.sum);
  return html`<div class="operation">${sum === undefined ? nothing : large(sum)}
    <dl class="rows">${details.filter((detail) => detail !== sum).map(row)}</dl></div>`;
}

/** Figures alone are large: words after them, such as how often, stay beside them. */
function large({ label, value }: Detail): TemplateResult {
  const [, figure = value, rest = ""] = /^([\d\s.,\u00a0]*\d) (.*)$/.exec(value) ?? [];
  return html`<p class="hint">${label}</p>
    <p class=${figure.length > 7 ? "amount long" : "amount"} translate="no"><b>${figure}</b> <span>${rest}</span></p>`;
}

const LONG = 48;

function row({ label, value, figures }: Detail): TemplateResult {
  return html`<div class=${value.length > LONG ? "tall" : nothing}><dt>${label}</dt><dd class=${figures ? "figures" : nothing} translate="no"><bdi>${value}</bdi></dd></div>`;
}
