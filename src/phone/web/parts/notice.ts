import { html, type TemplateResult } from "lit-html";
import { look, stop } from "./icons.ts";
import { message } from "./message.ts";

/** `bad` is read out at once and takes the focus. */
export function notice(kind: "bad" | "look" | "calm", text: string, title?: string): TemplateResult {
  const words = html`<div>${title === undefined ? "" : html`<p><b>${message(title)}</b></p>`}<p>${message(text)}</p></div>`;
  switch (kind) {
    case "bad":
      return html`<div class="notice bad" role="alert" tabindex="-1" data-focus-first>${stop}${words}</div>`;
    case "look":
      return html`<div class="notice look">${look}${words}</div>`;
    case "calm":
      return html`<div class="notice calm">${words}</div>`;
    default:
      return kind satisfies never;
  }
}
