import type { Middleware } from "koa";
import type { Pages } from "../http/page.ts";
import type { ClientEntry } from "./clients.ts";
import { isEngineContext } from "./engine-context.ts";
import { siteOf } from "./site.ts";

/** oidc-provider's page: its form, and the fields in it. */
const POSTED = /<title>Submitting Callback<\/title>[\s\S]*<form method="post" action="([^"]*)">([\s\S]*?)<noscript>/;
const FIELD = /<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g;

/**
 * OAuth 2.0 Form Post Response Mode 1.0, on a page of ours: oidc-provider's own is in English, without a style, and says nothing where
 * scripts are off but that they are. So is the form by which it signs the last account out when another one signs in, and comes back.
 * It goes before oidc-provider's own middleware.
 */
export function createFormPost({ pages, clients }: { pages: Pages; clients: readonly ClientEntry[] }): Middleware {
  return async (context, next) => {
    const policy = context.response.get("content-security-policy");
    await next();
    if (!isEngineContext(context) || typeof context.body !== "string") return;
    const [, action, inputs] = POSTED.exec(context.body) ?? [];
    if (action === undefined || inputs === undefined) return;
    const { client, entities } = context.oidc;
    // Where oidc-provider resumes, it has not taken them over when the account is another.
    const params = context.oidc.params ?? entities.Interaction?.params;
    const uiLocales = params?.["ui_locales"];
    const ends = readable(action) === context.oidc.urlFor("end_session_confirm");
    const fields = [...inputs.matchAll(FIELD)].map(([, name = "", value = ""]) => ({ name, value: readable(value) }));
    // Without the hash of its script, for which there is ours.
    context.set("Content-Security-Policy", policy);
    pages.show(
      context,
      "returning/post",
      { to: ends ? "other-account" : "site", action: readable(action), fields },
      {
        site: siteOf(clients, client?.clientId ?? String(params?.["client_id"])),
        status: context.status,
        ...(typeof uiLocales === "string" ? { uiLocales } : {}),
      },
    );
  };
}

const SIGNS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** What oidc-provider has escaped, as it was. */
function readable(escaped: string): string {
  return escaped.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => SIGNS[name] ?? "");
}
