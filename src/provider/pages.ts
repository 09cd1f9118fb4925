import type { Context } from "koa";
import { type ErrorOut, errors, type KoaContextWithOIDC } from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { toFault } from "../http/errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { Site } from "../interaction/step.ts";
import type { ClientEntry } from "./clients.ts";
import type { ProviderPages } from "./provider.ts";
import { uiLocalesOf, wishOf, withWish } from "./sign-out-language.ts";
import { siteOf } from "./site.ts";

export interface ProviderPagesPorts {
  pages: Pages;
  database: Database;
  accounts: Accounts;
  clients: readonly ClientEntry[];
}

/** What oidc-provider says to people by itself, said by our pages. */
export function createProviderPages(ports: ProviderPagesPorts): ProviderPages {
  const { pages, clients } = ports;
  /** The site that sent the person, and as whom they are signed in. */
  const around = async (context: KoaContextWithOIDC, accountId: string | undefined) => {
    const account = accountId === undefined ? undefined : await ports.accounts.byId(ports.database, accountId);
    const { client } = context.oidc;
    return {
      site: client === undefined ? undefined : siteOf(clients, client.clientId),
      signedIn: account === undefined ? undefined : { email: account.email },
      ...uiLocalesOf(context),
    };
  };
  return {
    async confirmSignOut(context, form) {
      const { session, client } = context.oidc;
      const others = Object.keys(session?.authorizations ?? {}).filter((id) => id !== client?.clientId);
      const told = clients
        .filter((entry) => others.includes(entry.client_id) && listens(entry))
        .map((entry) => entry.client_name);
      const frame = await around(context, session?.accountId);
      const action = withWish(form.action, frame.uiLocales);
      pages.show(context, "signing-out/confirm", { formId: "op.logoutForm", ...form, action, told }, frame);
    },
    async signedOut(context) {
      const { accountId } = await context.oidc.provider.Session.get(context);
      const frame = await around(context, accountId);
      const siteHref = frame.site?.href === undefined ? {} : { siteHref: frame.site.href };
      pages.show(context, accountId === undefined ? "signing-out/done" : "signing-out/stayed", siteHref, frame);
    },
    error(context, out, error) {
      // What is not the site's fault goes where all that is thrown goes; the outer boundary turns it into a page.
      if (!(error instanceof errors.OIDCProviderError)) throw toFault(error);
      if (error instanceof errors.SessionNotFound)
        throw new Fault("session-lost", { detail: out.error_description ?? out.error });
      if (context.oidc.route === "end_session_confirm" && error instanceof errors.InvalidRequest)
        return signOutAgain(ports, context);
      const pushed = context.oidc.params?.["request_uri"];
      if (!(error instanceof errors.InvalidRequestUri) || !String(pushed).startsWith(PUSHED))
        return showSiteError(pages, context, out);
      const site = siteOf(clients, String(context.oidc.params?.["client_id"]));
      showSiteError(pages, context, out, { code: "expired", site });
    },
  };
}

function listens(client: ClientEntry): boolean {
  return client.backchannel_logout_uri !== undefined || client.frontchannel_logout_uri !== undefined;
}

/**
 * The form of a sign-out that is over, after a double click or the back button, or of a tab that another has taken over. Who is signed in no
 * more is told so; else nothing was done, and the question is asked again, with the way back to the site that was asked for last.
 */
function signOutAgain(
  { pages, clients }: Pick<ProviderPagesPorts, "pages" | "clients">,
  context: KoaContextWithOIDC,
): void {
  const { session } = context.oidc;
  if (session?.accountId === undefined) {
    seeOther(context, context.oidc.urlFor("end_session_success"));
    return;
  }
  const reference = String(context.state["reference"] ?? "");
  const { clientId, postLogoutRedirectUri: site, state } = session.state ?? {};
  const client = clients.find((entry) => entry.client_id === clientId);
  const next = new URL(withWish(context.oidc.urlFor("end_session"), wishOf(context)));
  if (client !== undefined) next.searchParams.set("client_id", client.client_id);
  // oidc-provider's own way back, where another account signs in, is none that may be asked for.
  if (typeof site === "string" && client?.post_logout_redirect_uris?.includes(site) === true) {
    next.searchParams.set("post_logout_redirect_uri", site);
    if (typeof state === "string") next.searchParams.set("state", state);
  }
  const frame = { ...uiLocalesOf(context), status: 400 };
  pages.show(context, "error/error", { code: "session-lost", reference, next: next.href }, frame);
}

/** How names of pushed requests begin (RFC 9126 section 2.2). One that opens no request has run out, or was used: as after the back button. */
const PUSHED = "urn:ietf:params:oauth:request_uri:";

function showSiteError(
  pages: Pages,
  context: KoaContextWithOIDC,
  out: ErrorOut,
  { code, site }: { code: "site-error" | "expired"; site?: Site | undefined } = { code: "site-error" },
): void {
  const reference = String(context.state["reference"] ?? "");
  const detail = out.error_description === undefined ? {} : { detail: out.error_description };
  context.state["fault"] = `site-error: ${out.error} ${withoutEchoes(context, out.error_description ?? "")}`;
  const way = code === "expired" && site?.href !== undefined ? { code, next: site.href } : { code };
  pages.show(
    context,
    "error/error",
    { ...way, reference, oauthError: out.error, ...detail },
    { site, ...uiLocalesOf(context), status: context.status >= 400 ? context.status : 400 },
  );
}

/** Long enough to be a secret or a name, and too long for a word of oidc-provider's own sentences. */
const ECHO = 8;

/** oidc-provider's sentences repeat what was sent, an origin for one; the log holds nothing of a request's headers and fields. */
function withoutEchoes(context: Context, sentence: string): string {
  const sent = [context.path, ...Object.values(context.headers), ...Object.values(context.query)].flat();
  return sent.reduce<string>(
    (text, value = "") => (value.length >= ECHO ? text.replaceAll(value, "…") : text),
    sentence,
  );
}
