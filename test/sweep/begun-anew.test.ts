import { expect, test } from "vitest";
import { untilBlocked } from "../support/held.ts";
import { createWorld } from "../support/world.ts";

/** Rows that are of no use any more, and what makes them of use again. */
const ROWS = [
  {
    what: "a limit",
    old: "INSERT INTO throttle (id, count, expires_at) VALUES ('anew', 1, 0)",
    anew: "UPDATE throttle SET expires_at = 9000000000000 WHERE id = 'anew'",
    left: "SELECT id FROM throttle WHERE id = 'anew'",
  },
  {
    what: "a counter of wrong responses",
    old: "INSERT INTO counter (id, failures, total, locks, locked_until, admitted_until, updated_at) VALUES ('anew', 1, 1, 0, 0, 0, 0)",
    anew: "UPDATE counter SET total = 2, updated_at = 9000000000000 WHERE id = 'anew'",
    left: "SELECT id FROM counter WHERE id = 'anew'",
  },
  {
    what: "the guard after “It was not me”",
    old: "INSERT INTO guard (account_id, expires_at) SELECT MIN(id), 0 FROM account",
    anew: "UPDATE guard SET expires_at = 9000000000000",
    left: "SELECT account_id FROM guard",
  },
  {
    what: "a record of the engine's",
    old: "INSERT INTO oidc (model, id, payload_sealed, saved_at, expires_at) VALUES ('Session', 'anew', 'sealed', 0, 0)",
    anew: "UPDATE oidc SET expires_at = 9000000000000 WHERE id = 'anew'",
    left: "SELECT id FROM oidc WHERE id = 'anew'",
  },
  {
    what: "a device that waits for its first response",
    old: "UPDATE device SET name = 'anew', status = 'pending', created_at = 0, activated_at = NULL WHERE id = (SELECT MIN(id) FROM device)",
    anew: "UPDATE device SET status = 'active', activated_at = 1 WHERE name = 'anew'",
    left: "SELECT id FROM device WHERE name = 'anew'",
  },
];

test.each(ROWS)("$what that is begun anew while the sweep waits for it stays", async ({ old, anew, left }) => {
  await using world = await createWorld();
  await world.database.run(old);
  let swept: Promise<void> | undefined;
  await world.database.transaction(async (sql) => {
    await sql.rows(anew);
    swept = world.sweep();
    await untilBlocked(world.database);
  });
  await swept;
  expect(await world.database.rows(left)).toHaveLength(1);
});
