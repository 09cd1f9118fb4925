import { html, nothing, type TemplateResult } from "lit-html";
import {
  type ActivationCode,
  type ActivationCodeReason,
  formatActivationCode,
  parseActivationCode,
} from "../../../e-num/activation-code.ts";
import { type EnrolmentText, isIssuer } from "../../../e-num/qr-text.ts";
import { parseText, type TextReason } from "../../../e-num/text.ts";
import { type Account, isSame } from "../account.ts";
import type { App } from "../app.ts";
import { field } from "../parts/field.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { installFirst } from "../parts/install.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";
import { refresh } from "../provider.ts";
import type { ToldScreen } from "./told.ts";

/** What an activation needs, typed or read from a code. */
export type Connection = {
  readonly issuer: string;
  readonly identifier: string;
  readonly code: ActivationCode;
  /** Of this device. */
  readonly name: string;
};

export type ConnectScreen = {
  readonly name: "connect";
  /** What a code or link has said, which names no device; or what was typed before. */
  readonly given?: Omit<Connection, "name"> & Partial<Pick<Connection, "name">>;
  readonly errors: {
    readonly email?: true;
    readonly code?: ActivationCodeReason;
    readonly called?: TextReason | "empty";
    readonly provider?: true;
  };
  /** What the provider said to the last try. */
  readonly problem?: string;
};

/** PROTOCOL section 5. */
const NAME_LENGTH = 40;

export function newAccount(): ConnectScreen {
  return { name: "connect", errors: {} };
}

/** From a code, or a link on this same phone: nothing is left to be typed but a name and a PIN. */
export function readAccount({ issuer, identifier, code }: EnrolmentText): ConnectScreen {
  return { name: "connect", given: { issuer, identifier, code }, errors: {} };
}

/** The code is for another phone. */
export function alreadyConnected({ words }: App, { identifier }: EnrolmentText): ToldScreen {
  const { already } = words.connect;
  return { name: "told", heading: already.heading, body: already.body(identifier) };
}

/**
 * The account that answers here, as far as this phone knows: the provider may have revoked its device since.
 * One that works is not put at risk for one that does not yet: a first response that never comes would leave the account without a device.
 */
export function answering({ accounts }: App, whose: Pick<Connection, "issuer" | "identifier">): Account | undefined {
  return accounts.find((account) => isSame(account, whose) && !account.pending);
}

export function connect(app: App, screen: ConnectScreen): TemplateResult {
  const { words, ports } = app;
  const w = words.connect;
  const { given, errors, problem } = screen;
  const said = words.errors;
  const issuer = given?.issuer ?? ports.issuer;
  return html`${heading(w.heading)}
    ${given === undefined || given.name !== undefined ? nothing : notice("calm", w.given(given.identifier, new URL(given.issuer).host))}
    ${installFirst(app)}
    ${form(app, {
      problem,
      fields: [
        field({
          name: "email",
          label: w.email,
          value: given?.identifier ?? "",
          error: errors.email && said.email,
          kind: "email",
          focus: given === undefined,
          next: true,
        }),
        field({
          name: "code",
          label: w.code,
          hint: w.codeHint,
          value: given === undefined ? "" : formatActivationCode(given.code),
          error: errors.code && said.code[errors.code],
          kind: "code",
          next: true,
        }),
        field({
          name: "called",
          label: w.name,
          hint: w.nameHint,
          value: given?.name ?? words.devices[ports.device.kind()],
          error: errors.called && said.name[errors.called],
          kind: "text",
        }),
        html`<details ?open=${errors.provider === true || issuer !== ports.issuer}><summary>${message(w.elsewhere)}</summary>
          ${field({ name: "provider", label: w.provider, hint: w.providerHint, value: issuer, error: errors.provider && said.provider, kind: "url" })}</details>`,
      ],
      button: words.next,
      submit: (values) => submit(app, screen, values),
    })}
    <p class="hint below-form">${message(w.notMine)}</p>
    ${back(app)}`;
}

function submit(app: App, { given }: ConnectScreen, values: Values): void {
  const identifier = values("email").trim();
  const code = parseActivationCode(values("code"));
  const typed = values("called").trim().normalize("NFC");
  const called = parseText(typed, NAME_LENGTH);
  const issuer = values("provider").trim().replace(/\/$/, "");
  const errors = {
    ...(/^[^\s@]+@[^\s@]+$/.test(identifier) ? {} : ({ email: true } as const)),
    ...(code.ok ? {} : { code: code.reason }),
    ...(typed === "" ? ({ called: "empty" } as const) : called.ok ? {} : { called: called.reason }),
    ...(isIssuer(issuer) ? {} : ({ provider: true } as const)),
  };
  if (code.ok && Object.keys(errors).length === 0) {
    const connection = { kind: "connection", issuer, identifier, code: code.value, name: typed } as const;
    const pending = app.accounts.find((account) => isSame(account, connection));
    const next = () => goOn(app, connection, given);
    // Its first response may have been right since.
    if (pending === undefined) next();
    else app.work((still) => refresh(app, pending).then(() => (still() ? next() : undefined)));
  } else app.amend({ name: "connect", ...(given === undefined ? {} : { given }), errors });
}

function goOn(app: App, connection: Connection & { readonly kind: "connection" }, given: ConnectScreen["given"]): void {
  const problem = app.words.connect.already.body(connection.identifier);
  if (answering(app, connection) !== undefined)
    app.amend({ name: "connect", ...(given === undefined ? {} : { given }), errors: {}, problem });
  else app.go({ name: "new-pin", for: connection, errors: {} });
}
