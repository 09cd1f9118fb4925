import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { message } from "./message.ts";
import { notice } from "./notice.ts";

/** What was typed, by the fields' names; a field that is not there is "". */
export type Values = (name: string) => string;

/** Fields and one button. What is typed goes to `submit` and nowhere else; while something is done the button waits. */
export function form(
  app: App,
  ports: {
    readonly fields: unknown;
    readonly button: string;
    /** On the button while something is done. */
    readonly working?: string;
    /** What is wrong with all of it, not with one field. */
    readonly problem?: string | undefined;
    readonly submit: (values: Values) => void;
  },
): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (app.working || !(event.currentTarget instanceof HTMLFormElement)) return;
    const data = new FormData(event.currentTarget);
    ports.submit((name) => String(data.get(name) ?? ""));
  };
  return html`<form novalidate autocomplete="off" @submit=${submit} @keydown=${goOn}>
    ${ports.problem === undefined ? nothing : notice("bad", ports.problem)}
    ${ports.fields}
    <button class="primary" type="submit" aria-disabled=${app.working ? "true" : nothing}>${message(app.working ? (ports.working ?? ports.button) : ports.button)}</button>
  </form>`;
}

/** The key to go on leads to the next field while one is empty: to send half of a form would only be called wrong. */
function goOn(event: KeyboardEvent): void {
  const { key, isComposing, target, currentTarget: asked } = event;
  if (key !== "Enter" || isComposing || !(target instanceof HTMLInputElement) || !(asked instanceof HTMLFormElement))
    return;
  const fields = [...asked.querySelectorAll<HTMLInputElement>("input:not([type=radio])")];
  const next = fields.slice(fields.indexOf(target) + 1).find(({ value }) => value === "");
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** The way back, below what is asked. */
export function back(app: App): TemplateResult {
  return html`<p class="last"><button type="button" class="link" @click=${() => app.back()}>${app.words.back}</button></p>`;
}
