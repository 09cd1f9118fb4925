import { expect, test } from "vitest";
import { createAudit } from "../../src/audit/audit.ts";
import type { AuditEvent } from "../../src/audit/events.ts";
import { stage } from "../device/own-support.ts";
import { idOf, ready } from "./full.ts";

const OPERATOR = "Olga Petrova";
const REASON = "suspected of laundering";
const operator = { name: OPERATOR, reason: REASON };
/** Each that an operator's name or words are in, and what of it the owner is told. */
const BY_OPERATOR: { event: AuditEvent; told: Record<string, unknown> }[] = [
  {
    event: { type: "wmid.added", detail: { wmid: "301234567899", by: "operator", operator } },
    told: { wmid: "301234567899", by: "operator" },
  },
  {
    event: { type: "wmid.removed", detail: { wmid: "301234567899", by: "operator", operator, certificates: 2 } },
    told: { wmid: "301234567899", by: "operator", certificates: 2 },
  },
  {
    event: {
      type: "recovery.case-allowed",
      detail: { case: "c1", recovery: "r1", due: 5, operator: OPERATOR, why: REASON },
    },
    told: { case: "c1", recovery: "r1", due: 5 },
  },
  {
    event: { type: "recovery.case-refused", detail: { case: "c2", operator: OPERATOR, why: REASON } },
    told: { case: "c2" },
  },
  {
    event: { type: "account.deletion-asked", detail: { deletion: "d1", due: 5, by: "operator", reason: REASON } },
    told: { deletion: "d1", due: 5, by: "operator" },
  },
  // A reason that is one of our own words stays.
  {
    event: { type: "certificate.revoked", detail: { serial: "01", by: "operator", reason: "keyCompromise" } },
    told: { serial: "01", by: "operator", reason: "keyCompromise" },
  },
];

test("who among the operators did something, and why, is neither in the file of all that is kept nor in the history", async () => {
  await using on = await stage();
  const { database, now } = on.world;
  const { id } = await idOf(on.world);
  let last = 0;
  const bytes = (length: number) => Buffer.alloc(length, ++last);
  const audit = createAudit({ clock: now, random: { bytes } });
  await database.transaction((sql) =>
    audit.append(sql, ...BY_OPERATOR.map(({ event }) => ({ ...event, accountId: id }))),
  );
  await database.rows(
    `INSERT INTO recovery_case (id, code_digest, kind, value, account_id, status, decided_why, decided_at, created_at, expires_at)
     VALUES ('c2', 'a-digest-of-a-case', 'email', 'alice@example.com', ?, 'refused', ?, ?, ?, ?)`,
    [id, REASON, now(), now(), now() + 3_600_000],
  );
  const pages = ["", ".csv", ".json"].map((form) => on.visitor.open(`/account/history${form}?kind=`));
  const shown = (await Promise.all(pages)).map(({ html }) => html.toString());
  for (const text of shown) expect(text).toContain("A WMID was added to your account");
  const file = (await on.visitor.submit(await ready(on.world, on.visitor, on.phone), "save")).html.toString();
  for (const text of [...shown, file]) for (const kept of [OPERATOR, REASON]) expect(text).not.toContain(kept);
  const { events, recovery_cases: cases } = JSON.parse(file);
  expect(cases).toHaveLength(1);
  for (const { event, told } of BY_OPERATOR)
    expect(events).toContainEqual(expect.objectContaining({ type: event.type, detail: told }));
});
