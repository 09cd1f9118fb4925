import { html, nothing, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";
import { type App, isIdle } from "./app.ts";
import { mark } from "./parts/mark.ts";
import { message } from "./parts/message.ts";
import { home } from "./screens/home.ts";
import { welcome } from "./screens/welcome.ts";
import { languages } from "./words.ts";

/** Everything that is seen. */
export function frame(app: App): TemplateResult {
  const { words: w, language } = app;
  return html`
    <header class="top"><p class="brand" translate="no">${mark}<span>${w.product}</span></p></header>
    <main id="main" class="card">${update(app)}${keyed(app.turn, screen(app))}</main>
    <footer class="foot"><nav aria-label=${w.language}><ul>
      ${languages.map(
        ({ language: tag, name }) =>
          html`<li>${
            tag === language
              ? html`<span aria-current="true" lang=${tag} translate="no">${name}</span>`
              : html`<button type="button" lang=${tag} translate="no" @click=${() => app.speak(tag)}>${name}</button>`
          }</li>`,
      )}
    </ul></nav></footer>`;
}

function screen(app: App): TemplateResult {
  const { screen } = app;
  switch (screen.name) {
    case "home":
      return home(app, screen);
    case "welcome":
      return welcome(app);
    default:
      return screen satisfies never;
  }
}

/** Only where nothing is on the screen that loading anew would lose. */
function update(app: App): TemplateResult | typeof nothing {
  const { words: w, ports, screen } = app;
  if (!ports.updates.waiting() || !isIdle(screen)) return nothing;
  return html`<div class="notice calm"><div><p>${message(w.update.body)}</p>
    <button type="button" class="link" @click=${() => ports.updates.take()}>${w.update.now}</button></div></div>`;
}
