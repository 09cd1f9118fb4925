import { html, nothing, type TemplateResult } from "lit-html";
import { stop } from "./icons.ts";
import { message } from "./message.ts";

export type Field = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** What it begins with; afterwards it is the person's. */
  readonly value?: string;
  readonly error?: string | undefined;
  readonly kind: keyof typeof KINDS;
  /** It has the focus when the screen comes. */
  readonly focus?: boolean;
  /** Another field comes after it: what a phone's keyboard writes on its key to go on. */
  readonly next?: true;
};

/** How each kind of thing is typed. A PIN is no password: as a code for once no browser offers to keep it. */
const KINDS = {
  number: { inputmode: "numeric", class: "code", autocomplete: "off", group: [4, 4] },
  code: { inputmode: "text", class: "code", autocomplete: "off", group: [5, 5] },
  amount: { inputmode: "decimal", class: "", autocomplete: "off", group: undefined },
  purse: { inputmode: "text", class: "figures", autocomplete: "off", group: undefined },
  email: { inputmode: "email", class: "", autocomplete: "email", group: undefined },
  text: { inputmode: "text", class: "", autocomplete: "off", group: undefined },
  url: { inputmode: "url", class: "", autocomplete: "off", group: undefined },
  pin: { inputmode: "numeric", class: "code", autocomplete: "one-time-code", group: undefined },
} as const;

const LONGEST = 254;

export function field({ name, label, hint, value = "", error, kind, focus = false, next }: Field): TemplateResult {
  const { inputmode, class: classes, autocomplete, group: sizes } = KINDS[kind];
  const described = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(" ");
  return html`<div class=${error === undefined ? "field" : "field wrong"}>
    <label for=${name}>${message(label)}</label>
    ${hint === undefined ? nothing : html`<p class="hint" id="${name}-hint">${message(hint)}</p>`}
    ${error === undefined ? nothing : html`<p class="why" id="${name}-error">${stop}<span>${message(error)}</span></p>`}
    <input id=${name} name=${name} type=${kind === "pin" ? "password" : "text"} class=${classes} value=${value}
      inputmode=${inputmode} enterkeyhint=${next === undefined ? "go" : "next"} autocomplete=${autocomplete} maxlength=${LONGEST}
      aria-describedby=${described === "" ? nothing : described} aria-invalid=${error === undefined ? nothing : "true"}
      autocapitalize=${kind === "code" || kind === "purse" ? "characters" : "none"} autocorrect="off" spellcheck="false"
      ?data-focus=${focus} @input=${sizes === undefined ? nothing : (event: Event) => group(event, sizes)}>
  </div>`;
}

/** Signs in groups as they are typed; the caret stays behind the same sign. */
function group({ currentTarget: input }: Event, [first]: readonly [number, number]): void {
  if (!(input instanceof HTMLInputElement)) return;
  const unwanted = input.inputMode === "numeric" ? /[^0-9]/g : /[^0-9a-z]/gi;
  const signs = input.value.replace(unwanted, "").toUpperCase();
  const text = signs.length > first ? `${signs.slice(0, first)} ${signs.slice(first)}` : signs;
  if (text === input.value) return;
  const before = input.value.slice(0, input.selectionStart ?? undefined).replace(unwanted, "").length;
  input.value = text;
  const caret = before > first ? before + 1 : before;
  input.setSelectionRange(caret, caret);
}
