import { html, nothing, type TemplateResult } from "lit-html";
import type { OpenRequest } from "../../answers.ts";
import { type DeclineReason, isPassing } from "../../device-client.ts";
import type { App } from "../app.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { stop } from "../parts/icons.ts";
import { message } from "../parts/message.ts";
import { site } from "../parts/source.ts";
import { problemText } from "../problems.ts";
import { call } from "../provider.ts";
import { endedRequest } from "./ended.ts";

/** Why the person does not agree to a request. */
export type DeclineScreen = {
  readonly name: "decline";
  readonly device: string;
  readonly request: OpenRequest;
  /** No reason was chosen. */
  readonly unchosen?: true;
  readonly problem?: string;
};

const REASONS: readonly DeclineReason[] = ["not_me", "wrong_details", "changed_mind"];

export function decline(app: App, screen: DeclineScreen): TemplateResult {
  const w = app.words.requests.decline;
  const { request, unchosen, problem } = screen;
  const account = app.accountOf(screen.device);
  return html`${account === undefined ? nothing : site(account, request.client)}
    ${heading(w.heading)}
    ${form(app, {
      problem,
      fields: html`<fieldset class=${unchosen === undefined ? "field" : "field wrong"}><legend class="heard">${w.heading}</legend>
        ${unchosen === undefined ? nothing : html`<p class="why" tabindex="-1" data-focus-first>${stop}<span>${message(w.unchosen)}</span></p>`}
        ${REASONS.map(
          (reason) => html`<label class="reason"><input type="radio" name="reason" value=${reason}>
            <span>${message(w.reasons[reason])}${reason === "not_me" ? html` <span class="hint">${message(w.notMeHelp)}</span>` : nothing}</span></label>`,
        )}</fieldset>`,
      button: w.decline,
      submit: (values) => submit(app, screen, values),
    })}
    ${back(app)}`;
}

function submit(app: App, screen: DeclineScreen, values: Values): void {
  const { name, device, request } = screen;
  const reason = REASONS.find((known) => known === values("reason"));
  if (reason === undefined) app.amend({ name, device, request, unchosen: true });
  else send(app, screen, reason);
}

function send(app: App, { name, device, request }: DeclineScreen, reason: DeclineReason): void {
  app.work(async (still) => {
    const account = app.accountOf(device);
    if (account === undefined) return app.home();
    const answer = await call(app, account, (credentials) => app.ports.client.decline(credentials, request.id, reason));
    if (!still() || (!answer.ok && answer.code === "device-revoked")) return;
    const { done } = app.words.requests.decline;
    if (answer.ok) {
      const body = reason === "not_me" ? done.notMe(account.identifier) : done.told(request.client.name);
      return app.go({ name: "told", heading: done.heading, body });
    }
    if (isPassing(answer)) return app.amend({ name, device, request, problem: problemText(answer, app.words) });
    app.go(endedRequest(app, answer));
  });
}
