/** Text into HTML: escaping, and the markup of messages. */
import { hasData, parts } from "../locale/markup.ts";

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Safe as an element's text and within a quoted attribute. */
export function escapeHtml(value: unknown): string {
  const text = String(value);
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character) : text;
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

/** More than both languages have; beyond it, messages differ by what is in them, as times do. */
const KNOWN = 2_000;

/** The same, written once for each message without data: a page has twenty of them, and they are the same on the next. */
export function createMessageHtml(): (message: string) => string {
  const known = new Map<string, string>();
  return (message) => {
    const found = known.get(message);
    if (found !== undefined) return found;
    const html = messageHtml(message);
    if (!hasData(message) && known.size < KNOWN) known.set(message, html);
    return html;
  };
}
