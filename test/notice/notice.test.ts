import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createAccounts } from "../../src/account/account.ts";
import { parseIdentifier } from "../../src/account/identifier.ts";
import type { Unaddressed } from "../../src/messaging/messages.ts";
import type { Happened } from "../../src/notice/happened.ts";
import { createNotices } from "../../src/notice/notice.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";
import { listening } from "../support/listening.ts";

const NOON = Date.parse("2026-11-26T12:00:00Z");
const [EMAIL, PHONE] = ["alice@example.com", "+15555550101"];
const OLD = { email: "old@example.com", phone: "+15555550100" };
const CERTIFICATE = { wmid: "301234567890", serial: "01".repeat(17), until: NOON };
const KEPT = { kind: "kept-keys", wmid: "301234567890", site: "Keeper" } as const;
const BROWSER = { site: "Book shop", by: "response", origin: { ip: "203.0.113.7", userAgent: "" } } as const;

/** Everything that can befall an account, whom it reaches, and whether its owner may do without. */
const CASES: readonly [string, Happened, string[], optional?: "new-browser" | "kept-keys" | "certificate-expiring"][] =
  [
    ["a phone", { kind: "device-activated", device: "Phone" }, [EMAIL, PHONE]],
    ["a phone's end", { kind: "device-removed", device: "Phone", by: "account", last: true }, [EMAIL, PHONE]],
    ["a phone's lock", { kind: "device-locked", device: "Phone", until: NOON }, [EMAIL]],
    ["a phone's new secret", { kind: "pad-renewed", device: "Phone" }, [EMAIL, PHONE]],
    ["a lock", { kind: "locked", until: NOON }, [EMAIL]],
    ["a new browser", { kind: "new-browser", ...BROWSER }, [EMAIL], "new-browser"],
    ["a refusal", { kind: "not-me", site: "Book shop", device: undefined }, [EMAIL, PHONE]],
    ["a refusal on a phone", { kind: "not-me", site: "Book shop", device: "Phone" }, [EMAIL, PHONE]],
    ["a switch", { kind: "setting", demands: "no-sms", on: true }, [EMAIL]],
    ["a certificate", { kind: "certificate-issued", ...CERTIFICATE }, [EMAIL]],
    ["a certificate that runs out", { kind: "certificate-expiring", ...CERTIFICATE }, [EMAIL], "certificate-expiring"],
    ["a certificate's end", { kind: "certificate-revoked", ...CERTIFICATE, by: "operator" }, [EMAIL]],
    ["codes on paper", { kind: "recovery-codes-made" }, [EMAIL]],
    ["a recovery", { kind: "recovered", left: 9 }, [EMAIL, PHONE]],
    ["keys that came", { ...KEPT, event: "backed-up" }, [EMAIL], "kept-keys"],
    ["keys that were retrieved", { ...KEPT, event: "retrieved" }, [EMAIL], "kept-keys"],
    ["keys that are gone", { ...KEPT, event: "deleted" }, [EMAIL]],
    ["keys that go", { ...KEPT, event: "moved" }, [EMAIL]],
    ["a WMID", { kind: "wmid-added", wmid: "301234567890", site: "Passport" }, [EMAIL]],
    ["a WMID's end", { kind: "wmid-removed", wmid: "301234567890", certificates: 1, keysUntil: undefined }, [EMAIL]],
    ["a passkey", { kind: "passkey-added", name: "Key" }, [EMAIL]],
    ["a passkey's end", { kind: "passkey-removed", name: "Key" }, [EMAIL]],
    ["a code for tills", { kind: "till-code-set" }, [EMAIL]],
    ["a code for tills that is gone", { kind: "till-code-removed" }, [EMAIL]],
    ["another e-mail", change("email", "done"), [OLD.email, EMAIL, PHONE]],
    ["another phone", change("phone", "waiting"), [OLD.phone, PHONE, EMAIL]],
    ["an e-mail that is another's", change("email", "refused"), [OLD.email, PHONE]],
  ];

/** After it: the account has the new one already. */
function change(kind: "email" | "phone", event: "done" | "waiting" | "refused"): Happened {
  const contact = parseIdentifier(kind === "email" ? EMAIL : PHONE);
  if (contact === undefined || contact.kind === "wmid") throw new Error("the sample is no contact");
  return { kind: "contact-change", event, contact, former: OLD[kind] };
}

let fresh: FreshDatabase;
let sent: string[];
let told: (Unaddressed & { to?: string })[];
let notices: ReturnType<typeof createNotices>;

beforeAll(async () => {
  fresh = await freshDatabase(inject("engine"));
  await fresh.database.rows(
    "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES ('alice', ?, ?, 'ru', 0, 0)",
    [EMAIL, PHONE],
  );
  const random = { bytes: (length: number) => new Uint8Array(length) };
  notices = createNotices({
    clock: () => NOON,
    accounts: createAccounts({ clock: () => NOON, random }),
    messaging: {
      enqueue: async (_sql, message) => void told.push(message),
      pretend: async (_sql, message) => void told.push(message),
    },
  });
});

afterAll(() => fresh[Symbol.asyncDispose]());

/** Whom it has reached, in which language; and the statements. */
async function tell(work: (n: typeof notices, database: FreshDatabase["database"]) => Promise<void>) {
  told = [];
  const heard = listening(fresh.database);
  ({ sent } = heard);
  await work(notices, heard.database);
  return told;
}

describe.each(CASES)("%s", (_title, happened, reached, optional) => {
  test("reaches whom it has to, in the account's language", async () => {
    const messages = await tell((n, sql) => n.tell(sql, "alice", happened));
    expect(messages.map(({ to }) => to)).toEqual(reached);
    expect(new Set(messages.map(({ locale }) => locale))).toEqual(new Set(["ru"]));
    for (const { channel, to = "" } of messages) expect(channel).toBe(to.includes("@") ? "mail" : "sms");
  });

  test("costs a decoy the same statements, and is told to nobody who is no more", async () => {
    await tell((n, sql) => n.tell(sql, "alice", happened));
    const [statements, count] = [sent, told.length];
    const pretended = await tell((n, sql) => n.pretend(sql, "en", happened));
    expect(sent).toEqual(statements);
    expect(pretended.map(({ to }) => to)).toEqual(Array.from({ length: count }, () => undefined));
    expect(await tell((n, sql) => n.tell(sql, "nobody", happened))).toEqual([]);
  });

  test(
    optional === undefined ? "is told whatever was switched off" : "is told no more once it is switched off",
    async () => {
      const every = optional === undefined ? ["new-browser", "kept-keys", "certificate-expiring"] : [optional];
      for (const one of every)
        await fresh.database.rows("INSERT INTO muted_notice (account_id, notice, at) VALUES ('alice', ?, 0)", [one]);
      const messages = await tell((n, sql) => n.tell(sql, "alice", happened));
      expect(messages.length).toBe(optional === undefined ? reached.length : 0);
      await fresh.database.rows("DELETE FROM muted_notice WHERE account_id = 'alice'");
    },
  );
});
