import { html, nothing, type TemplateResult } from "lit-html";
import { isPassing } from "../../device-client.ts";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import { back } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { message } from "../parts/message.ts";
import { notice } from "../parts/notice.ts";
import { problemText } from "../problems.ts";
import { call } from "../provider.ts";
import { endUnused } from "../unused.ts";

export type UnlinkScreen = {
  readonly name: "unlink";
  readonly device: string;
  /** The provider refused, in words. */
  readonly problem?: string;
  /** It could not be reached. */
  readonly unreachable?: true;
};

export function unlink(app: App, screen: UnlinkScreen): TemplateResult {
  const w = app.words.unlink;
  const found = app.accountOf(screen.device);
  if (found === undefined) return html`${nothing}`;
  return html`${heading(w.heading)}
    ${screen.problem === undefined ? nothing : notice("bad", screen.problem)}
    <p class="lead">${message(w.body(found.device.name, found.identifier))}</p>
    <p class="buttons"><button type="button" class="primary" @click=${() => app.work(() => remove(app, found))}>${w.yes}</button>
    ${screen.unreachable === undefined ? nothing : html`<button type="button" @click=${() => app.work(() => erase(app, found))}>${w.here}</button>`}</p>
    ${screen.unreachable === undefined ? nothing : html`<p>${message(w.hereWhy)}</p>`}
    ${back(app)}`;
}

/** At the provider first: what is erased here could not ask any more. */
async function remove(app: App, account: Account): Promise<void> {
  const { done, doneBody } = app.words.unlink;
  const answer = await call(app, account, (credentials) => app.ports.client.unlink(credentials));
  if (answer.ok) return forget(app, account, done, doneBody(account.identifier));
  if (answer.code === "device-revoked") return;
  const problem = problemText(answer, app.words);
  app.amend({
    name: "unlink",
    device: account.device.id,
    problem,
    ...(isPassing(answer) ? { unreachable: true } : {}),
  });
}

function erase(app: App, account: Account): Promise<void> {
  const { done, hereDone } = app.words.unlink;
  return forget(app, account, done, hereDone(account.identifier));
}

async function forget(app: App, account: Account, heading: string, body: string): Promise<void> {
  await app.ports.vault.remove(account.device.id);
  await app.reload();
  await endUnused(app);
  app.go({ name: "told", heading, body });
}
