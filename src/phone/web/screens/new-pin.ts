import { html, type TemplateResult } from "lit-html";
import { type Pin, type PinReason, parsePin } from "../../pad.ts";
import { isWeak } from "../../weak-pin.ts";
import type { App } from "../app.ts";
import { connectDevice } from "../connecting.ts";
import { field } from "../parts/field.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { renewPad } from "../renewing.ts";
import type { Connection } from "./connect.ts";

/** For the first pad, or for the next one of an account, whose old PIN was asked for before. */
export type NewPinScreen = {
  readonly name: "new-pin";
  readonly for:
    | ({ readonly kind: "connection" } & Connection)
    | { readonly kind: "renewal"; readonly device: string; readonly old: Pin };
  readonly errors: { readonly pin?: PinReason | "weak"; readonly again?: true };
};

export function newPin(app: App, screen: NewPinScreen): TemplateResult {
  const { words } = app;
  const w = words.newPin;
  const { errors, for: purpose } = screen;
  const wrong = errors.pin && (errors.pin === "weak" ? w.weak : words.errors.pin[errors.pin]);
  const renewal = purpose.kind === "renewal";
  return html`${heading(renewal ? w.headingNew : w.heading)}
    ${form(app, {
      fields: [
        field({ name: "pin", label: w.pin, hint: w.rules, error: wrong, kind: "pin", focus: true, next: true }),
        field({ name: "again", label: w.again, error: errors.again && w.differ, kind: "pin" }),
      ],
      button: renewal ? w.change : w.connect,
      working: w.working,
      submit: (values) => submit(app, screen, values),
    })}
    <p class="aside">${message(w.reason)}</p>
    ${back(app)}`;
}

function submit(app: App, screen: NewPinScreen, values: Values): void {
  const pin = parsePin(values("pin"));
  const errors = pin.ok ? errorsOf(pin.value, values("again")) : { pin: pin.reason };
  if (!pin.ok || errors !== undefined) {
    app.amend({ ...screen, errors: errors ?? {} });
    return;
  }
  const { for: purpose } = screen;
  switch (purpose.kind) {
    case "connection":
      app.work(() => connectDevice(app, purpose, pin.value));
      break;
    case "renewal":
      app.work(() => renewPad(app, purpose, pin.value));
      break;
    default:
      purpose satisfies never;
  }
}

/** Typed twice, since a slip of the finger could never be found out later. */
function errorsOf(pin: Pin, again: string): NewPinScreen["errors"] | undefined {
  if (isWeak(pin)) return { pin: "weak" };
  return again === pin ? undefined : { again: true };
}
