/** A form's texts, what is wrong with each, and how it is shown: nothing that was typed is lost. */
import { refusalWords } from "./fault.ts";
import { type Look, page, safe } from "./page.ts";

/** What a text means, or what is wrong with it, in words for the person. */
export type Read<T> = { value: T } | { error: string };

export interface Form {
  texts: URLSearchParams;
  /** By field; what belongs to none of them stands above. */
  errors: Map<string, string>;
  /** The provider's word, at the field that is named as the member is: `limit` for `limit.value`. */
  refuse(outcome: { member?: string; why: string }): void;
  /** Undefined where it is wrong; the error is kept. */
  read<T>(name: string, reader: (text: string) => Read<T>): T | undefined;
}

export function createForm(texts = new URLSearchParams()): Form {
  const errors = new Map<string, string>();
  return {
    texts,
    errors,
    refuse: (outcome) => void errors.set(outcome.member?.split(/[.[]/)[0] ?? "", refusalWords(outcome)),
    read(name, reader) {
      const read = reader((texts.get(name) ?? "").trim());
      if ("value" in read) return read.value;
      errors.set(name, read.error);
      return undefined;
    },
  };
}

export interface Field {
  name: string;
  label: string;
  hint?: string;
  /** For the phone's keyboard. */
  inputmode?: "decimal" | "numeric" | "text";
  /** One of them, by value, instead of a text; the first is chosen before. */
  choices?: Record<string, string>;
}

export interface FormPage {
  heading: string;
  /** Markup above the fields. */
  before?: string;
  /** More than the fields that goes along. */
  hidden?: Record<string, string>;
  action: string;
  submit: string;
  fields: readonly Field[];
}

export function formPage(look: Look, form: Form, { heading, before = "", hidden = {}, ...rest }: FormPage): string {
  const along = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${safe(value)}">`,
  );
  const fields = rest.fields.map((field) => fieldPart(field, form));
  const body = `${errorsPart(rest.fields, form)}${before}<form method="post" action="${rest.action}" novalidate>${along.join("")}
${fields.join("\n")}<button>${safe(rest.submit)}</button></form><p><a href="/">${safe(look.back)}</a></p>`;
  return page(look, heading, body, form.errors.size > 0 ? `Error: ${heading}` : heading);
}

function errorsPart(fields: readonly Field[], { errors }: Form): string {
  if (errors.size === 0) return "";
  // In the fields' order, and first what belongs to none of them.
  const placeOf = (name: string) => fields.findIndex((field) => field.name === name);
  const ordered = [...errors].sort(([one], [other]) => placeOf(one) - placeOf(other));
  const items = ordered.map(([name, error]) => {
    const field = fields[placeOf(name)];
    return `<li>${field === undefined ? safe(error) : `<a href="#${idOf(field)}">${safe(`${field.label}: ${error}`)}</a>`}</li>`;
  });
  return `<div class="errors" role="alert"><h2>Please look at it again</h2><ul>${items.join("")}</ul></div>`;
}

function fieldPart(field: Field, form: Form): string {
  const { name, label, hint, choices } = field;
  const error = form.errors.get(name);
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ");
  const aria = `${described && ` aria-describedby="${described}"`}${error ? ' aria-invalid="true"' : ""}`;
  const told = `${hint ? `<p id="${name}-hint">${safe(hint)}</p>` : ""}${error ? `<p class="error" id="${name}-error">${safe(error)}</p>` : ""}`;
  const text = form.texts.get(name) ?? "";
  if (choices !== undefined) {
    const [first = ""] = Object.keys(choices);
    const radios = Object.entries(choices).map(([value, words]) => {
      const checked = value === (text in choices ? text : first) ? " checked" : "";
      const id = value === first ? idOf(field) : `${name}-${value}`;
      return `<label class="choice"><input type="radio" id="${id}" name="${name}" value="${value}"${checked}>${safe(words)}</label>`;
    });
    return `<fieldset class="field"${described && ` aria-describedby="${described}"`}><legend>${safe(label)}</legend>${told}${radios.join("")}</fieldset>`;
  }
  const input = `type="text" id="${idOf(field)}" name="${name}" value="${safe(text)}" inputmode="${field.inputmode ?? "text"}" autocomplete="off"`;
  return `<div class="field"><label for="${idOf(field)}">${safe(label)}</label>${told}<input ${input}${aria}></div>`;
}

function idOf({ name }: Field): string {
  return `field-${name}`;
}
