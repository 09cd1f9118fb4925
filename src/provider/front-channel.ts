import type { Middleware } from "koa";
import type Provider from "oidc-provider";
import type { Pages } from "../http/page.ts";
import type { ClientEntry } from "./clients.ts";
import { wishOf } from "./sign-out-language.ts";
import { siteOf } from "./site.ts";

export interface FrontChannelPorts {
  provider: Provider;
  clients: readonly ClientEntry[];
  issuer: string;
  pages: Pages;
}

/** As long as the sites' pages are given to load before the person is sent on, without a script that could ask them. */
const SECONDS = 3;

/**
 * OpenID Connect Front-Channel Logout 1.0, which oidc-provider lacks: where sites of the session want it, the answer to a sign-out is a page
 * with a hidden frame for each of them, instead of the redirect; the page goes on to where the redirect would have led.
 * Its Content-Security-Policy allows frames of exactly these sites. It goes before oidc-provider's own middleware.
 */
export function createFrontChannel({ provider, clients, issuer, pages }: FrontChannelPorts): Middleware {
  const sites = new Map(clients.map((client) => [client.client_id, client]));
  const includeSid = provider.Client.prototype.includeSid;
  provider.Client.prototype.includeSid = function () {
    return includeSid.call(this) || this["frontchannel_logout_session_required"] === true;
  };

  provider.on("end_session.success", (context) => {
    const { session, params, client } = context.oidc;
    // Who stays signed in leaves the asking site alone, and that one knows.
    if (params?.["logout"] === undefined) return;
    const frames = Object.entries(session?.authorizations ?? {}).flatMap(([clientId, { sid }]) => {
      const uri = sites.get(clientId)?.frontchannel_logout_uri;
      return uri === undefined ? [] : [frameFor(uri, issuer, sid)];
    });
    context.state["frontChannel"] = { frames, clientId: client?.clientId };
  });

  return async (context, next) => {
    await next();
    const { frames, clientId }: { frames?: string[]; clientId?: string } = context.state["frontChannel"] ?? {};
    if (frames === undefined || frames.length === 0 || context.status !== 303) return;
    const href = context.response.get("location");
    context.remove("location");
    const away = new URL(href, issuer).origin !== issuer;
    const site = clientId === undefined ? undefined : siteOf(clients, clientId);
    if (away) context.set("Refresh", `${SECONDS}; url=${href}`);
    const origins = [...new Set(frames.map((frame) => new URL(frame).origin))];
    context.set(
      "Content-Security-Policy",
      `${context.response.get("content-security-policy")}; frame-src ${origins.join(" ")}`,
    );
    const data = { frames, ...(away ? { siteHref: href } : {}) };
    pages.show(context, "signing-out/done", data, { site, uiLocales: wishOf(context) });
  };
}

/** Section 2: `iss` and `sid` let the site see that it is we who ask, and about which session. */
function frameFor(uri: string, issuer: string, sid: string | undefined): string {
  const url = new URL(uri);
  url.searchParams.set("iss", issuer);
  if (sid !== undefined) url.searchParams.set("sid", sid);
  return url.href;
}
