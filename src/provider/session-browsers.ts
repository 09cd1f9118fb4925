import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { Digester } from "../secrecy.ts";

/** The browser in which a session began, as it called itself and from where. */
export interface SessionBrowser {
  /** A digest of its cookie, by which it is known to have signed in. */
  browser?: string | undefined;
  userAgent: string;
  ip: string;
  country?: string | undefined;
}

export interface SessionBrowsersPorts {
  originOf(context: Context): { ip: string; userAgent: string; country?: string };
  /** Of this request's browser. */
  browserOf(context: Context): string | undefined;
}

/** By this name a session has its `SessionBrowser`. */
const FIELD = "browser";

/**
 * Keeps where each session was signed in to, in what the engine keeps of it: sealed with the session, saved with it, and gone with it.
 * The engine saves of a session what its class names, and carries it on where the session gets another id.
 */
export function recordSessionBrowsers(provider: Provider, ports: SessionBrowsersPorts): void {
  const { Session } = provider;
  Object.defineProperty(Session, "IN_PAYLOAD", { value: [...Session.IN_PAYLOAD, FIELD] });
  provider.on("interaction.ended", (context) => {
    const { session, result } = context.oidc;
    if (result?.login === undefined || session?.accountId === undefined) return;
    const { userAgent, ip, country } = ports.originOf(context);
    const browser: SessionBrowser = { browser: ports.browserOf(context), userAgent, ip, country };
    Object.assign(session, { [FIELD]: browser });
  });
}

/** By which the rows of one session are found, whatever identifier it has now. */
export function keyOfUid(digest: Digester, uid: string): string {
  return digest("oidc uid", uid);
}
