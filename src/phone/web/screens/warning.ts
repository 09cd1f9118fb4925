import { html, nothing, type TemplateResult } from "lit-html";
import type { AskedReason } from "../../asked.ts";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";

/** Something was not right, and there is no answer to it; `advice` where somebody may be behind it. */
export type WarningScreen = {
  readonly name: "warning";
  readonly heading: string;
  readonly body: string;
  readonly advice?: string;
};

export function warning(app: App, screen: WarningScreen): TemplateResult {
  return html`${heading(screen.heading)}
    ${screen.advice === undefined ? html`<p class="lead">${message(screen.body)}</p>` : notice("bad", screen.body)}
    ${screen.advice === undefined ? nothing : html`<p>${message(screen.advice)}</p>`}
    <p class="buttons"><button type="button" class="primary" @click=${() => app.home()}>${app.words.done}</button></p>`;
}

/** `unchecked`: it is signed by a key that this phone does not know, and the provider cannot be asked. */
export type RefusedReason = AskedReason | "unchecked";

/** Why what a code says is not shown. */
export function refusedCode(app: App, account: Account, reason: RefusedReason): WarningScreen {
  const w = app.words.requests.warning;
  const warned = (body: string) => ({ name: "warning", heading: w.heading, body, advice: w.decline }) as const;
  switch (reason) {
    case "not-a-token":
    case "wrong-type":
    case "wrong-algorithm":
    case "unknown-key":
    case "wrong-signature":
    case "too-large":
    case "bad-statement":
      return warned(w.forged);
    case "wrong-issuer":
      return warned(w["other-provider"](new URL(account.issuer).host));
    case "wrong-challenge":
      return warned(w["other-number"]);
    case "other-request":
      return warned(w["other-request"]);
    case "not-deflated":
    case "bad-claims":
      return { name: "warning", ...w.unreadable };
    case "unchecked":
      return { name: "warning", ...w.unchecked };
    case "not-listed":
      return { name: "warning", ...w["not-listed"] };
    default:
      return reason satisfies never;
  }
}

/** The provider says that the request is none of this account's. */
export function foreignRequest(app: App, account: Account): WarningScreen {
  const w = app.words.requests.warning;
  return { name: "warning", heading: w.heading, body: w["other-account"](account.identifier), advice: w.decline };
}
