import { html, nothing, type TemplateResult } from "lit-html";
import { type ChallengeReason, parseChallenge } from "../../../e-num/challenge.ts";
import type { OperationStatement } from "../../../e-num/statement.ts";
import type { OpenRequest } from "../../answers.ts";
import { type Asked as Opened, openedAsked } from "../../asked.ts";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { byNewestKeys } from "../asking.ts";
import { headingOf, odd } from "../parts/asked.ts";
import { field } from "../parts/field.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { operation } from "../parts/operation.ts";
import { refusal } from "../parts/refusal.ts";
import { source } from "../parts/source.ts";
import { who } from "../parts/who.ts";
import { newScan } from "./scan.ts";
import { refusedCode, type WarningScreen } from "./warning.ts";

/** A request of the provider's list: what it asks, and the check number that only the page shows. */
export type RequestScreen = {
  readonly name: "request";
  readonly device: string;
  readonly opened: Opened<{ readonly mode: "login" } | OperationStatement> & { readonly request: OpenRequest };
  readonly error?: ChallengeReason;
  /** What the provider said to the last answer. */
  readonly problem?: string;
};

export function openRequest(app: App, account: Account, request: OpenRequest): void {
  app.work(async (still) => {
    const next = await newRequest(app, account, request);
    if (still()) app.go(next);
  });
}

/** Its details are signed by the provider, or it is not shown. */
export async function newRequest(
  app: App,
  account: Account,
  request: OpenRequest,
  problem?: string,
): Promise<RequestScreen | WarningScreen> {
  const opened = await byNewestKeys(app, account, (holder) => openedAsked(request, holder));
  if (!opened.ok) return refusedCode(app, account, opened.reason);
  const screen = { name: "request", device: account.device.id, opened: { ...opened.value, request } } as const;
  return problem === undefined ? screen : { ...screen, problem };
}

export function request(app: App, screen: RequestScreen): TemplateResult {
  const { words } = app;
  const w = words.requests.request;
  const { opened, error, problem } = screen;
  const account = app.accountOf(screen.device);
  if (account === undefined) return html`${nothing}`;
  const { statement, time } = opened;
  const from = { at: "listed", request: opened.request } as const;
  // No page shows the number, so that there is no code of it to scan.
  const bySite = opened.request.origin === undefined;
  return html`${who(account)}
    ${heading(headingOf(app, account, statement, from))}
    ${source(app, account, from, opened)}
    ${statement.mode === "operation" ? operation(app, account, statement) : nothing}
    ${odd(app, time)}
    ${form(app, {
      problem,
      fields: field({
        name: "number",
        label: words.number.label,
        hint: bySite ? words.requests.source.site.number : words.number.hint,
        error: error && words.errors.number[error],
        kind: "number",
      }),
      button: words.next,
      submit: (values) => submit(app, screen, values),
    })}
    ${bySite ? nothing : html`<p class="below"><button type="button" class="link" @click=${() => app.go(newScan(app))}>${message(w.scan)}</button></p>`}
    ${refusal(app, screen.device, opened.request)}
    ${back(app)}`;
}

function submit(app: App, { name, device, opened }: RequestScreen, values: Values): void {
  const challenge = parseChallenge(values("number"));
  const { request, ...asked } = opened;
  const source = { at: "listed", request } as const;
  if (challenge.ok) app.go({ name: "agree", asked: { ...asked, device, challenge: challenge.value, source } });
  else app.amend({ name, device, opened, error: challenge.reason });
}
