import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import type { Raised, Reason } from "./rules.ts";
import { type About, allRaised, deleteRaised, insertRaised, type RaisedRow } from "./store.ts";

/** Demands more than the policy does, for a time; nothing here can demand less. */
export interface Raises {
  /** Stands until its time; the id, by which an operator can end it. */
  raise(sql: Sql, wish: Wish): Promise<RaisedRow>;
  all(sql: Sql): Promise<RaisedRow[]>;
  /** By the operator alone: neither a site nor the bot can take back what the bot has raised. */
  end(id: string): Promise<boolean>;
}

export interface Wish {
  about: About;
  demands: Exclude<Raised["demands"], "login">;
  reason: Reason;
  until: Millis;
}

export function createRaises(ports: { database: Database; clock: Clock; random: Random; audit: Audit }): Raises {
  const { database, clock, audit } = ports;
  return {
    async raise(sql, { about, demands, reason, until }) {
      const row = {
        id: randomId(ports.random),
        by: "security",
        demands,
        reason,
        about,
        createdAt: clock(),
        until,
      } as const;
      await insertRaised(sql, row);
      const { accountId, clientId } = about;
      await audit.append(sql, {
        type: "policy.raised",
        accountId,
        clientId,
        detail: { raise: row.id, demands, until },
      });
      return row;
    },
    all: (sql) => allRaised(sql, clock()),
    end: (id) =>
      database.transaction(async (sql) => {
        if (!(await deleteRaised(sql, id, "security"))) return false;
        await audit.append(sql, { type: "policy.raise-ended", detail: { raise: id } });
        return true;
      }),
  };
}
