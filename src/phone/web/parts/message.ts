import { html, type TemplateResult } from "lit-html";
import { parts } from "../../../locale/markup.ts";

/** A message with its markup; somebody's own text in it keeps its own direction of writing. */
export function message(text: string): TemplateResult {
  return html`${parts(text).map((part) => {
    switch (part.kind) {
      case "words":
        return html`${part.text}`;
      case "strong":
        return html`<strong>${part.text}</strong>`;
      case "datum":
        return html`<bdi translate="no">${part.text}</bdi>`;
      case "moment":
        return html`<time datetime=${part.iso}>${part.text}</time>`;
      default:
        return part satisfies never;
    }
  })}`;
}
