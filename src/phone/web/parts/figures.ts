import { html, type TemplateResult } from "lit-html";

/** A number in two groups; heard digit by digit. */
export function figures(text: string): TemplateResult {
  const heard = [...text]
    .map((sign) => (sign === " " ? "," : sign))
    .join(" ")
    .replaceAll(" ,", ",");
  return html`<span aria-hidden="true">${text}</span><span class="heard">${heard}</span>`;
}
