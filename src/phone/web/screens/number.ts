import { html, nothing, type TemplateResult } from "lit-html";
import { parseChallenge } from "../../../e-num/challenge.ts";
import type { App } from "../app.ts";
import { field } from "../parts/field.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { notKept } from "../parts/install.ts";
import { message } from "../parts/message.ts";
import { who } from "../parts/who.ts";
import type { NumberScreen } from "../screen.ts";

/** Log in, Confirm and Activate: a check number, and nothing else. */
export function number(app: App, screen: NumberScreen): TemplateResult {
  const { words } = app;
  const w = words.number;
  const account = app.accountOf(screen.device);
  const error = screen.error === undefined ? undefined : words.errors.number[screen.error];
  return html`${account === undefined ? nothing : who(account)}
    ${heading(w.heading[screen.mode])}
    ${screen.connected === undefined ? nothing : html`<p class="lead">${message(w.afterCode)}</p>`}
    ${form(app, {
      fields: field({
        name: "number",
        label: w.label,
        hint: w.hint,
        value: screen.given ?? "",
        error,
        kind: "number",
        focus: true,
      }),
      button: words.next,
      submit: (values) => submit(app, screen, values),
    })}
    ${screen.connected === undefined ? nothing : notKept(app)}
    ${back(app)}`;
}

function submit(app: App, screen: NumberScreen, values: Values): void {
  const { mode, device } = screen;
  const challenge = parseChallenge(values("number"));
  if (!challenge.ok) app.amend({ ...screen, error: challenge.reason });
  else app.go({ name: "agree", asked: { device, challenge: challenge.value, statement: { mode } } });
}
