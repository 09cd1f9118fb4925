import { html, nothing, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";
import type { App } from "./app.ts";
import { isIdle } from "./idle.ts";
import { languages } from "./languages.ts";
import { mark } from "./parts/mark.ts";
import { message } from "./parts/message.ts";
import { account } from "./screens/account.ts";
import { accounts } from "./screens/accounts.ts";
import { agree } from "./screens/agree.ts";
import { answer } from "./screens/answer.ts";
import { connect } from "./screens/connect.ts";
import { decline } from "./screens/decline.ts";
import { home } from "./screens/home.ts";
import { looking } from "./screens/looking.ts";
import { moved } from "./screens/moved.ts";
import { newPin } from "./screens/new-pin.ts";
import { number } from "./screens/number.ts";
import { payment } from "./screens/payment.ts";
import { renew } from "./screens/renew.ts";
import { request } from "./screens/request.ts";
import { scan } from "./screens/scan.ts";
import { sent } from "./screens/sent.ts";
import { told } from "./screens/told.ts";
import { unlink } from "./screens/unlink.ts";
import { warning } from "./screens/warning.ts";
import { welcome } from "./screens/welcome.ts";

/** Everything that is seen. */
export function frame(app: App): TemplateResult {
  const { words: w, language } = app;
  return html`
    <header class="top"><p class="brand" translate="no">${mark}<span>${w.product}</span></p></header>
    <main id="main" class="card">${update(app)}${keyed(app.turn, drawn(app))}</main>
    <p class="heard" role="status">${app.said}</p>
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

function drawn(app: App): TemplateResult {
  const { screen } = app;
  switch (screen.name) {
    case "home":
      return home(app, screen);
    case "welcome":
      return welcome(app, screen);
    case "connect":
      return connect(app, screen);
    case "new-pin":
      return newPin(app, screen);
    case "number":
      return number(app, screen);
    case "payment":
      return payment(app, screen);
    case "scan":
      return scan(app, screen);
    case "looking":
      return looking(app, screen);
    case "request":
      return request(app, screen);
    case "decline":
      return decline(app, screen);
    case "agree":
      return agree(app, screen);
    case "answer":
      return answer(app, screen);
    case "sent":
      return sent(app, screen);
    case "accounts":
      return accounts(app);
    case "account":
      return account(app, screen);
    case "renew":
      return renew(app, screen);
    case "moved":
      return moved(app);
    case "unlink":
      return unlink(app, screen);
    case "told":
      return told(app, screen);
    case "warning":
      return warning(app, screen);
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
