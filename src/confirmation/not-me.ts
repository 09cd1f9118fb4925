import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Challenges } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database.ts";
import type { Visit } from "../interaction/step.ts";
import type { Messaging } from "../messaging/messaging.ts";

/**
 * "It was not me", said in a browser that is signed in (PROTOCOL 7): every open request of the account ends, its owner is told on all
 * channels, and it is an event.
 */
export function createNotMe(ports: {
  database: Database;
  clock: Clock;
  accounts: Accounts;
  audit: Audit;
  challenges: Challenges;
  messaging: Messaging;
}) {
  return (visit: Visit, accountId: string): Promise<void> =>
    ports.database.transaction(async (sql) => {
      const ended = await ports.challenges.endAll(sql, accountId);
      const about = { accountId, clientId: visit.site.clientId };
      await ports.audit.append(sql, { ...about, type: "operation.not-me", detail: { ended } });
      const account = await ports.accounts.byId(sql, accountId);
      if (account === undefined) return;
      const { email, phone, locale } = account;
      const params = { site: visit.site.name, at: new Date(ports.clock()) };
      await ports.messaging.enqueue(sql, { channel: "mail", to: email, locale, template: "not-me", params });
      await ports.messaging.enqueue(sql, { channel: "sms", to: phone, locale, template: "phone-not-me", params });
    });
}
