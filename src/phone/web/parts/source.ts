import { html, nothing, type TemplateResult } from "lit-html";
import type { OpenRequest } from "../../answers.ts";
import { browserName } from "../../browser-name.ts";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import type { Asked, Source } from "../screen.ts";
import { message } from "./message.ts";
import { notice } from "./notice.ts";

/** Who asks and from where, or that this phone cannot know. The site of an operation is what the provider has signed. */
export function source(
  app: App,
  account: Account,
  from: Source,
  { statement }: Pick<Asked, "statement">,
): TemplateResult {
  const w = app.words.requests.source;
  const signed = statement.mode === "operation" ? statement.client : undefined;
  switch (from.at) {
    case "listed": {
      const { client } = from.request;
      // Picture and address belong to who is listed.
      return html`${signed === undefined || signed.id === client.id ? site(account, { ...client, ...signed }) : signedSite(account, signed)}
        ${asking(app, account, from.request)}`;
    }
    case "unlisted":
    case "offline":
    case "unnamed":
      return html`${signed === undefined ? nothing : signedSite(account, signed)}${notice("look", w[from.at].help, w[from.at].title)}`;
    default:
      return from satisfies never;
  }
}

function asking(app: App, account: Account, request: OpenRequest): TemplateResult {
  const { origin, binding_message: said, expires_at: until } = request;
  const w = app.words.requests.source;
  const row = (label: string, value: string) =>
    html`<div><dt>${label}</dt><dd translate="no"><bdi>${value}</bdi></dd></div>`;
  if (origin === undefined)
    return html`${notice("look", w.site.help, w.site.title)}
      ${said === undefined ? nothing : html`<dl class="rows">${row(w.site.says, said)}</dl>`}
      <p class="hint">${message(w.until(timeHere(app, account, until)))}</p>`;
  return html`${origin.known ? nothing : notice("look", w.stranger.help, w.stranger.title)}
    <dl class="rows">${row(w.place, placeOf(app, origin))}${row(w.browser, browserName(origin.user_agent) || w.unknown)}</dl>
    <p class="hint">${origin.known ? html`${message(w.known)} ` : nothing}${message(w.until(timeHere(app, account, until)))}</p>`;
}

/** Nobody has said more of it than its name and the provider's own word for it. */
function signedSite(account: Account, { id, name }: OpenRequest["client"]): TemplateResult {
  return site(account, { id, name, address: id });
}

/**
 * As pages name a site: its address under the name, where it has one. Its logo is shown where the account's provider serves it itself, so that no site learns who looks; asked for
 * without cookies where that is another origin.
 */
export function site({ issuer }: Account, { name, address, logo_uri: logo }: OpenRequest["client"]): TemplateResult {
  const [letter = ""] = name.trim().toUpperCase();
  const isOwn = logo !== undefined && new URL(logo).origin === new URL(issuer).origin;
  return html`<div class="site" translate="no">${
    isOwn
      ? html`<img src=${logo} alt="" width="40" height="40" crossorigin="anonymous" @error=${letterInstead}>`
      : nothing
  }<span class="tile" aria-hidden="true" ?hidden=${isOwn}>${letter}</span><p><b><bdi>${name}</bdi></b>${address === undefined ? nothing : html`<span class="origin">${address}</span>`}</p></div>`;
}

/** Without a network, or where the provider does not let this client show it. */
function letterInstead({ currentTarget: picture }: Event): void {
  if (!(picture instanceof HTMLImageElement)) return;
  picture.hidden = true;
  picture.nextElementSibling?.removeAttribute("hidden");
}

function placeOf(app: App, { ip, country }: NonNullable<OpenRequest["origin"]>): string {
  const named = country && new Intl.DisplayNames(app.language, { type: "region", fallback: "code" }).of(country);
  return (
    [named, ip].filter((part) => part !== undefined && part !== "").join(", ") || app.words.requests.source.unknown
  );
}

/** A time of the provider's, by the clock of this phone: what is on its screen must agree with its own status line. */
export function timeHere(app: App, { clockOffset }: Account, time: string): string {
  const clock = new Intl.DateTimeFormat(app.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return clock.format(new Date(Date.parse(time) - clockOffset * 1000));
}
