import { html, type TemplateResult } from "lit-html";
import { message } from "./message.ts";

/** The screen's name; it takes the focus where no field does, so that it is read out. */
export function heading(text: string): TemplateResult {
  return html`<h1 id="heading" tabindex="-1">${message(text)}</h1>`;
}
