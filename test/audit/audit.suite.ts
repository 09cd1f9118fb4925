import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createAudit } from "../../src/audit/audit.ts";
import type { AuditEvent } from "../../src/audit/events.ts";
import type { Engine } from "../../src/database/database.ts";
import { freshDatabase } from "../support/databases.ts";

const NOON = 1_795_392_000_000;
const audit = createAudit({ clock: () => NOON, random: { bytes: (length) => randomBytes(length) } });
const DECLINED: AuditEvent = { type: "login.declined", clientId: "shop", detail: {} };

export function describeAudit(engine: Engine): void {
  describe(`the record of events on ${engine}`, () => {
    test("an event says what happened to whom and when", async () => {
      await using fresh = await freshDatabase(engine);
      const who = { accountId: "alice", clientId: "shop", deviceId: "phone" };
      await audit.append(fresh.database, { ...who, type: "login.refused", detail: { reason: "wrong-response" } });
      expect(await fresh.database.rows("SELECT * FROM event")).toEqual([
        {
          id: expect.stringMatching(/^[\w-]{22}$/),
          type: "login.refused",
          account_id: "alice",
          client_id: "shop",
          device_id: "phone",
          detail: '{"reason":"wrong-response"}',
          at: NOON,
        },
      ]);
    });

    test("whom it does not concern stays empty", async () => {
      await using fresh = await freshDatabase(engine);
      await audit.append(fresh.database, { type: "registration.started", accountId: undefined, detail: {} });
      expect(await fresh.database.first("SELECT account_id, client_id, device_id, detail FROM event")).toEqual({
        account_id: null,
        client_id: null,
        device_id: null,
        detail: "{}",
      });
    });

    test("a change that is undone leaves no event, and one that is kept always does", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      const undone = database.transaction(async (sql) => {
        await audit.append(sql, DECLINED);
        throw new Error("undone");
      });
      await expect(undone).rejects.toThrow("undone");
      expect(await database.rows("SELECT type FROM event")).toEqual([]);
      await database.transaction((sql) => audit.append(sql, DECLINED));
      expect(await database.rows("SELECT type FROM event")).toEqual([{ type: "login.declined" }]);
    });

    test("events of many at once are all kept", async () => {
      await using fresh = await freshDatabase(engine);
      await Promise.all(Array.from({ length: 50 }, () => audit.append(fresh.database, DECLINED)));
      expect(await fresh.database.first("SELECT count(*) AS count FROM event")).toEqual({ count: 50 });
    });

    test("a challenge, a response or a code does not compile into an event", () => {
      // @ts-expect-error a login that was accepted tells nothing but whose it was
      const response: AuditEvent = { type: "login.accepted", detail: { response: "1234567" } };
      // @ts-expect-error the reason alone, not what was typed
      const typed: AuditEvent = { type: "login.refused", detail: { reason: "wrong-response", challenge: "48219370" } };
      expect([response, typed]).toHaveLength(2);
    });
  });
}
