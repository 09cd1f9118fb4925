import { html, render } from "lit-html";
import type { Language } from "./languages.ts";
import { heading } from "./parts/heading.ts";
import { message } from "./parts/message.ts";
import { wordsOf } from "./words.ts";

/** Where nothing can be kept, nothing can be connected: a private window, or a browser that was told so. */
export function broken(place: HTMLElement, language: Language): void {
  const w = wordsOf(language).broken;
  render(html`<main id="main" class="card">${heading(w.heading)}<p class="lead">${message(w.body)}</p></main>`, place);
}
