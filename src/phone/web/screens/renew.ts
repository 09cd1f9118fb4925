import { html, nothing, type TemplateResult } from "lit-html";
import { type PinReason, parsePin } from "../../pad.ts";
import type { App } from "../app.ts";
import { field } from "../parts/field.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { who } from "../parts/who.ts";

/** The PIN until now, which the provider asks for before it gives another pad. */
export type RenewScreen = {
  readonly name: "renew";
  readonly device: string;
  readonly error?: PinReason;
  /** What the provider said to the last try. */
  readonly problem?: string;
};

export function renew(app: App, screen: RenewScreen): TemplateResult {
  const { words } = app;
  const w = words.renew;
  const account = app.accountOf(screen.device);
  const error = screen.error && words.errors.pin[screen.error];
  return html`${account === undefined ? nothing : who(account)}
    ${heading(w.heading)}
    <p class="lead">${message(w.why)}</p>
    ${form(app, {
      problem: screen.problem,
      fields: field({ name: "pin", label: w.pin, error, kind: "pin", focus: true }),
      button: words.next,
      submit: (values) => submit(app, screen, values),
    })}
    ${back(app)}`;
}

function submit(app: App, { name, device }: RenewScreen, values: Values): void {
  const old = parsePin(values("pin"));
  if (!old.ok) app.amend({ name, device, error: old.reason });
  else app.go({ name: "new-pin", for: { kind: "renewal", device, old: old.value }, errors: {} });
}
