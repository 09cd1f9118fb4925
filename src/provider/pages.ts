import type { Context } from "koa";
import { type ErrorOut, errors } from "oidc-provider";
import { Fault } from "../errors.ts";
import { toFault } from "../http/errors.ts";
import type { Pages } from "../http/page.ts";
import type { ProviderPages } from "./provider.ts";

/** What oidc-provider says to people by itself, said by our pages. */
export function createProviderPages(ports: { pages: Pages }): ProviderPages {
  const { pages } = ports;
  return {
    confirmSignOut(context, form) {
      pages.show(context, "signing-out/confirm", { formId: "op.logoutForm", ...form });
    },
    signedOut(context, client) {
      pages.show(context, "signing-out/done", client?.href === undefined ? {} : { siteHref: client.href });
    },
    error(context, out, error) {
      // What is not the site's fault goes where all that is thrown goes; the outer boundary turns it into a page.
      if (!(error instanceof errors.OIDCProviderError)) throw toFault(error);
      if (error instanceof errors.SessionNotFound) throw new Fault("session-lost", { detail: out.error_description ?? out.error });
      showSiteError(pages, context, out);
    },
  };
}

function showSiteError(pages: Pages, context: Context, out: ErrorOut): void {
  const reference = String(context.state["reference"] ?? "");
  const detail = out.error_description === undefined ? {} : { detail: out.error_description };
  context.state["fault"] = `site-error: ${out.error} ${out.error_description ?? ""}`;
  pages.show(context, "error/error", { code: "site-error", reference, oauthError: out.error, ...detail }, { status: context.status >= 400 ? context.status : 400 });
}
