/**
 * Owns what a development server has and production has not: the outbox page, and the response that is shown on the page.
 * The composition root builds this room only outside production, so that there nothing of it can be reached.
 */
import Router from "@koa/router";
import type { ChallengeView } from "../challenge/challenge.ts";
import type { Database, Sql } from "../database/database.ts";
import { computeResponse } from "../e-num/e-num.ts";
import type { Statement } from "../e-num/statement.ts";
import type { Pages } from "../http/page.ts";
import type { OutboxPage } from "../messaging/transports.ts";

export interface DevelopmentPorts {
  database: Database;
  pages: Pages;
  outbox: Pick<OutboxPage, "recent">;
  padsOf(sql: Sql, accountId: string | undefined, deviceId: string | undefined): Promise<{ pad: Uint8Array }[]>;
}

export interface Development {
  routes: Router;
  /** What the phone would answer, so that a person in a hurry can try it all without one; the pending device's, or the account's first. */
  peekAt(challenge: ChallengeView, statement: Statement, deviceId?: string): Promise<string | undefined>;
  peek(challenge: ChallengeView, mode: "login" | "activate", deviceId?: string): Promise<string | undefined>;
}

export function createDevelopment(ports: DevelopmentPorts): Development {
  const routes = new Router();
  routes.get("/development/outbox", (context) => {
    const messages = ports.outbox.recent().map(({ channel, to, subject, text, at }) => ({
      channel,
      to,
      text,
      at: new Date(at),
      ...(subject === undefined ? {} : { subject }),
    }));
    ports.pages.show(context, "development/outbox", { messages });
  });
  const peekAt: Development["peekAt"] = async ({ subject, digits }, statement, deviceId) => {
    const [first] = await ports.padsOf(ports.database, subject.accountId, deviceId);
    return first === undefined ? undefined : computeResponse(first.pad, digits, statement);
  };
  return {
    routes,
    peek: (challenge, mode, deviceId) => peekAt(challenge, { mode }, deviceId),
    peekAt,
  };
}
