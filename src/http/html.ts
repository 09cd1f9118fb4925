/** Text into HTML: escaping, and the markup of messages. */
import { parts } from "../locale/markup.ts";

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Safe as an element's text and within a quoted attribute. */
export function escapeHtml(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A message as HTML. Data is isolated, so that a name's direction of writing stays its own (WCAG technique H34). */
export function messageHtml(message: string): string {
  return parts(message)
    .map((part) => {
      const text = escapeHtml(part.text);
      switch (part.kind) {
        case "words":
          return text;
        case "strong":
          return `<strong>${text}</strong>`;
        case "datum":
          return `<bdi translate="no">${text}</bdi>`;
        case "moment":
          return `<time datetime="${escapeHtml(part.iso)}" data-clock>${text}</time>`;
        default:
          return part satisfies never;
      }
    })
    .join("");
}
