import type { IncomingMessage } from "node:http";
import type { Context, Middleware } from "koa";
import type Provider from "oidc-provider";
import type { Logger } from "pino";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database.ts";
import type { Digester } from "../secrecy.ts";

/** The browser in which a session began, as it called itself and from where. */
export interface SessionBrowser {
  /** A digest of its cookie, by which it is known to have signed in. */
  browser: string | undefined;
  userAgent: string;
  ip: string;
  country: string | undefined;
}

export interface SessionBrowsersPorts {
  database: Database;
  clock: Clock;
  digest: Digester;
  logger: Pick<Logger, "error">;
  originOf(context: Context): { ip: string; userAgent: string; country?: string };
  /** Of this request's browser. */
  browserOf(context: Context): string | undefined;
}

interface Row {
  session: string;
  browser_digest: string | null;
  user_agent: string;
  ip: string;
  country: string | null;
}

const KEEP = `
  INSERT INTO session_browser (session, account_id, browser_digest, user_agent, ip, country, at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (session) DO UPDATE SET account_id = excluded.account_id, browser_digest = excluded.browser_digest,
    user_agent = excluded.user_agent, ip = excluded.ip, country = excluded.country, at = excluded.at`;
const OF = "SELECT session, browser_digest, user_agent, ip, country FROM session_browser WHERE account_id = ?";

/**
 * Keeps where each session was signed in to, beside what the engine does in that request, whose answer waits for both. What is shown of a
 * session without it is only less: no sign-in fails with it.
 */
export function recordSessionBrowsers(provider: Provider, ports: SessionBrowsersPorts): Middleware {
  const keeping = new WeakMap<IncomingMessage, Promise<unknown>>();
  provider.on("interaction.ended", (context) => {
    const { session, result } = context.oidc;
    if (result?.login === undefined || session?.accountId === undefined) return;
    const { userAgent, ip, country } = ports.originOf(context);
    const key = keyOfUid(ports.digest, session.uid);
    const browser = ports.browserOf(context);
    const at: Millis = ports.clock();
    const kept = ports.database
      .rows(KEEP, [key, session.accountId, browser ?? null, userAgent, ip, country ?? null, at])
      .catch((error: unknown) =>
        ports.logger.error(
          { name: error instanceof Error ? error.name : "" },
          "where a session was signed in to could not be kept",
        ),
      );
    keeping.set(context.req, kept);
  });
  return async (context, next) => {
    await next();
    await keeping.get(context.req);
  };
}

/** By which the rows of one session are found, whatever identifier it has now. */
export function keyOfUid(digest: Digester, uid: string): string {
  return digest("oidc uid", uid);
}

/** By the names of the sessions. */
export async function sessionBrowsersOf(sql: Sql, accountId: string): Promise<ReadonlyMap<string, SessionBrowser>> {
  const rows = await sql.rows<Row>(OF, [accountId]);
  return new Map(
    rows.map((row) => [
      row.session,
      {
        browser: row.browser_digest ?? undefined,
        userAgent: row.user_agent,
        ip: row.ip,
        country: row.country ?? undefined,
      },
    ]),
  );
}
