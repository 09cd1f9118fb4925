import { randomBytes } from "node:crypto";
import { describe, expect, inject, test } from "vitest";
import { type Account, createAccounts } from "../../src/account/account.ts";
import { parseEmail, parsePhone } from "../../src/account/identifier.ts";
import { createAudit } from "../../src/audit/audit.ts";
import { createRevocation } from "../../src/certificate/revocation.ts";
import { holdAccount } from "../../src/certificate/store.ts";
import { HOUR } from "../../src/clock.ts";
import { createJoining, createParting } from "../../src/joining/joining.ts";
import type { Message } from "../../src/messaging/messages.ts";
import { createNotices } from "../../src/notice/notice.ts";
import { endKept, keptOf } from "../../src/storage/store.ts";
import { parseWmid, type Wmid } from "../../src/wmid.ts";
import { freshDatabase } from "../support/databases.ts";

const engine = inject("engine");
const NOW = 1_795_392_000_000;
const OPERATOR = { name: "Olga", reason: "Ticket 4711" };
const FIRST = wmidOf("301234567890");
const SECOND = wmidOf("309999999999");

function wmidOf(text: string): Wmid {
  const wmid = parseWmid(text);
  if (wmid === undefined) throw new Error("no WMID");
  return wmid;
}

/** Alice and Bob, who have no WMID yet. */
async function scene() {
  const fresh = await freshDatabase(engine);
  const { database } = fresh;
  const kernel = { database, clock: () => NOW, random: { bytes: (length: number) => randomBytes(length) } };
  const sent: Message[] = [];
  const accounts = createAccounts(kernel);
  const messaging = { enqueue: async (_sql: unknown, message: Message) => void sent.push(message) };
  const notices = createNotices({ ...kernel, accounts, messaging: { ...messaging, pretend: messaging.enqueue } });
  const shared = { ...kernel, accounts, audit: createAudit(kernel), notices };
  const certificates = createRevocation({ ...shared, forgetBrowsers: async () => undefined });
  const account = async (email: string, phone: string): Promise<Account> => {
    const made = await accounts.create(database, {
      email: parseEmail(email) ?? expect.fail(),
      phone: parsePhone(phone) ?? expect.fail(),
      locale: "en",
    });
    return made ?? expect.fail();
  };
  return {
    database,
    accounts,
    sent,
    alice: await account("alice@example.com", "+15555550101"),
    bob: await account("bob@example.com", "+15555550102"),
    joining: createJoining(shared),
    parting: createParting({
      ...shared,
      hold: holdAccount,
      revokeCertificates: (sql, id, wmid) => certificates.endAll(sql, id, "operator", wmid),
      endKeys: (sql, id, wmid) => endKept(sql, id, wmid, NOW + HOUR),
    }),
    events: (type: string) =>
      database.rows<{ account_id: string; client_id: string | null; detail: string }>(
        "SELECT account_id, client_id, detail FROM event WHERE type = ?",
        [type],
      ),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function certificate({ database, alice }: Scene, serial: string, wmid: Wmid): Promise<void> {
  await database.rows(
    `INSERT INTO certificate (serial, authority, account_id, wmid, kind, key_digest, certificate, confirmation_id, issued_at, expires_at)
     VALUES (?, 'k', ?, ?, 'P-256', ?, '', 'c', 0, ?)`,
    [serial, alice.id, wmid, serial, NOW + HOUR],
  );
}

const detailsOf = (rows: readonly { detail: string }[]) => rows.map(({ detail }) => JSON.parse(detail));

describe("a WMID that joins an account", () => {
  test("is told its owner once, and who did it and why is kept", async () => {
    await using here = await scene();
    expect(await here.joining.join(here.alice, FIRST, { operator: OPERATOR })).toBe("added");
    expect(await here.joining.join(here.alice, FIRST, { operator: OPERATOR })).toBe("there");
    expect(await here.accounts.wmids(here.database, here.alice.id)).toEqual([FIRST]);
    expect(here.sent).toMatchObject([{ to: "alice@example.com", template: "wmid-added", params: { wmid: FIRST } }]);
    const events = await here.events("wmid.added");
    expect(events).toMatchObject([{ account_id: here.alice.id, client_id: null }]);
    expect(detailsOf(events)).toEqual([{ wmid: FIRST, by: "operator", operator: OPERATOR }]);
  });

  test("by a site's word names the site, in the event and in the mail", async () => {
    await using here = await scene();
    await here.joining.join(here.alice, FIRST, { site: { clientId: "passport", name: "WM Passport" } });
    expect(await here.events("wmid.added")).toMatchObject([{ client_id: "passport" }]);
    expect(here.sent).toMatchObject([{ params: { wmid: FIRST, site: "WM Passport" } }]);
  });

  test("of another account stays there, and nobody is told", async () => {
    await using here = await scene();
    await here.joining.join(here.bob, FIRST, { operator: OPERATOR });
    expect(await here.joining.join(here.alice, FIRST, { operator: OPERATOR })).toBe("taken");
    expect(await here.accounts.wmids(here.database, here.alice.id)).toEqual([]);
    expect(here.sent.map(({ to }) => to)).toEqual(["bob@example.com"]);
    expect(await here.events("wmid.added")).toHaveLength(1);
  });

  test("sixteen times at once, for two accounts, is one account's, with one event and one mail", async () => {
    await using here = await scene();
    const joined = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        here.joining.join(index % 2 === 0 ? here.alice : here.bob, FIRST, { operator: OPERATOR }),
      ),
    );
    expect(joined.filter((one) => one === "added")).toHaveLength(1);
    expect(joined.filter((one) => one === "there")).toHaveLength(7);
    expect(joined.filter((one) => one === "taken")).toHaveLength(8);
    expect(await here.events("wmid.added")).toHaveLength(1);
    expect(here.sent).toHaveLength(1);
  });
});

describe("a WMID that is removed", () => {
  test("takes its certificates with it and no other's, and what is kept of it gets an end", async () => {
    await using here = await scene();
    for (const wmid of [FIRST, SECOND]) await here.joining.join(here.alice, wmid, { operator: OPERATOR });
    await certificate(here, "01", FIRST);
    await certificate(here, "02", SECOND);
    await here.database.rows("INSERT INTO kept_keys (wmid, account_id, version, kept_at) VALUES (?, ?, 1, 0)", [
      FIRST,
      here.alice.id,
    ]);
    await here.database.rows(
      `INSERT INTO key_file (id, wmid, version, size, digest, envelope_sealed, client_id, created_at)
       VALUES ('f', ?, 1, 1, 'd', '', 'keeper', 0)`,
      [FIRST],
    );
    expect(await here.parting.part(here.alice, FIRST, OPERATOR)).toEqual({ certificates: 1, keysUntil: NOW + HOUR });
    expect(await here.accounts.wmids(here.database, here.alice.id)).toEqual([SECOND]);
    expect(await here.database.rows("SELECT serial FROM certificate WHERE revoked_at IS NOT NULL")).toEqual([
      { serial: "01" },
    ]);
    expect((await keptOf(here.database, FIRST, NOW))?.ends_at).toBe(NOW + HOUR);
    expect(await keptOf(here.database, FIRST, NOW + HOUR)).toBeUndefined();
    expect(detailsOf(await here.events("wmid.removed"))).toEqual([
      { wmid: FIRST, by: "operator", operator: OPERATOR, certificates: 1, keysUntil: NOW + HOUR },
    ]);
    expect(here.sent.map(({ template }) => template).slice(2)).toEqual(["certificate-revoked", "wmid-removed"]);
  });

  test("may join another account, and its former owner's choice of it comes back with it", async () => {
    await using here = await scene();
    const { accounts, database, alice } = here;
    for (const wmid of [FIRST, SECOND]) await accounts.addWmid(database, alice.id, wmid);
    await accounts.chooseWmid(database, alice.id, "shop", FIRST);
    await here.parting.part(alice, FIRST, OPERATOR);
    expect(await here.joining.join(here.bob, FIRST, { operator: OPERATOR })).toBe("added");
    // The shop was let see the other one alone.
    expect(await accounts.wmidsFor(database, alice.id, "shop")).toEqual({ all: [SECOND], seen: undefined });
    expect(await accounts.wmidsFor(database, alice.id, "library")).toEqual({ all: [SECOND], seen: SECOND });
    await here.parting.part(here.bob, FIRST, OPERATOR);
    await here.joining.join(alice, FIRST, { operator: OPERATOR });
    expect((await accounts.wmidsFor(database, alice.id, "shop")).seen).toBe(FIRST);
  });

  test("sixteen times at once is removed once; of somebody who has it not, never", async () => {
    await using here = await scene();
    await here.joining.join(here.alice, FIRST, { operator: OPERATOR });
    expect(await here.parting.part(here.bob, FIRST, OPERATOR)).toBeUndefined();
    const parted = await Promise.all(Array.from({ length: 16 }, () => here.parting.part(here.alice, FIRST, OPERATOR)));
    expect(parted.filter((one) => one !== undefined)).toEqual([{ certificates: 0, keysUntil: undefined }]);
    expect(await here.events("wmid.removed")).toHaveLength(1);
    expect(here.sent.filter(({ template }) => template === "wmid-removed")).toHaveLength(1);
  });
});
