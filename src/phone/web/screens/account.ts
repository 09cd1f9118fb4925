import { html, nothing, type TemplateResult } from "lit-html";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { back } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";
import { problemText } from "../problems.ts";
import { call } from "../provider.ts";
import type { AccountScreen } from "../screen.ts";
import { canBeWoken, turnOff, turnOn } from "../waking.ts";

export function account(app: App, screen: AccountScreen): TemplateResult {
  const w = app.words.account;
  const found = app.accountOf(screen.device);
  if (found === undefined) return html`${nothing}`;
  const { identifier, issuer, device, pending } = found;
  const row = (label: string, value: string) =>
    html`<div><dt>${label}</dt><dd translate="no"><bdi>${value}</bdi></dd></div>`;
  return html`${heading(device.name)}
    ${screen.problem === undefined ? nothing : notice("bad", screen.problem)}
    ${screen.told === undefined ? nothing : notice("calm", screen.told)}
    <dl class="rows">${row(w.email, identifier)}${row(w.provider, new URL(issuer).host)}</dl>
    ${
      pending
        ? nothing
        : [
            waking(app, found),
            part(w.changePin, w.changePinWhy, () => app.go({ name: "renew", device: device.id })),
            part(w.admit, w.admitWhy, () => app.work(() => admit(app, found))),
          ]
    }
    ${part(w.unlink, w.unlinkWhy, () => app.go({ name: "unlink", device: device.id }))}
    ${back(app)}`;
}

function part(title: string, why: string, act: () => void): TemplateResult {
  return html`<section><h2>${title}</h2>
    <p>${message(why)}</p><p class="below"><button type="button" @click=${act}>${title}</button></p></section>`;
}

/** Whether this device says that something waits; where it cannot, nothing is offered. */
function waking(app: App, account: Account): TemplateResult | typeof nothing {
  const w = app.words.push;
  if (!canBeWoken(app, account)) return nothing;
  if (app.ports.push.state() === "blocked")
    return html`<section><h2>${w.heading}</h2><p>${message(w.blocked)}</p></section>`;
  return account.wokenAt === undefined
    ? part(w.on, w.onWhy, () => app.work((still) => turnOn(app, account, still)))
    : part(w.off, w.offWhy, () => app.work((still) => turnOff(app, account, still)));
}

/** After too many wrong responses in browsers that the account does not know: lets them try again for a while. */
async function admit(app: App, account: Account): Promise<void> {
  const { heading, body } = app.words.admitted;
  const answer = await call(app, account, (credentials) => app.ports.client.admit(credentials));
  if (!answer.ok) {
    if (answer.code === "device-revoked") return;
    return app.amend({ name: "account", device: account.device.id, problem: problemText(answer, app.words) });
  }
  const time = new Intl.DateTimeFormat(app.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  app.go({ name: "told", heading, body: body(time.format(new Date(answer.value))) });
}
