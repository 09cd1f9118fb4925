import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parseAmount } from "../../src/e-num/amount.ts";
import { createOwnDemands } from "../../src/policy/person.ts";
import type { Counted } from "../../src/policy/rules.ts";
import { allRaised, insertRaised, raisedFor, type SpentBy, spend, spentOf } from "../../src/policy/store.ts";
import { sumOf, textOf } from "../../src/policy/sum.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase(inject("engine"));
  for (const id of ["alice", "bob", "carol"]) {
    await fresh.database.rows(
      "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES (?, ?, ?, 'en', 0, 0)",
      [id, `${id}@example.com`, `+1${id}`],
    );
  }
});

afterAll(() => fresh[Symbol.asyncDispose]());

const by = (accountId: string, at = NOW): SpentBy => ({ accountId, at, zone: "Europe/Moscow" });

function counted(sum: string, rule = "shop payments"): Counted {
  const parsed = parseAmount(sum);
  if (!parsed.ok) throw new Error(parsed.reason);
  const most = { day: limit("100"), month: limit("250.5") };
  return { rule, currency: "WMZ", sum: sumOf(parsed.value), windows: ["day", "month"], most, typed: most };
}

function limit(text: string) {
  const parsed = parseAmount(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return sumOf(parsed.value);
}

/** As a confirmation does it: what would pass a limit takes its whole transaction back. */
const pay = (accountId: string, sum: string, at = NOW, rule?: string) =>
  fresh.database
    .transaction(async (sql) => {
      const one = counted(sum, rule);
      const over = await spend(sql, by(accountId, at), one, one.most);
      if (over !== undefined) throw new Over(over);
    })
    .catch((error: unknown) => {
      if (error instanceof Over) return error.message;
      throw error;
    });

class Over extends Error {}

describe("what an account has confirmed under a rule", () => {
  it("is counted to the last decimal, and what would pass a limit is not", async () => {
    expect(await pay("alice", "99.99999999")).toBeUndefined();
    expect(await pay("alice", "0.00000002")).toBe("day");
    expect(await pay("alice", "0.00000001")).toBeUndefined();
    expect(await pay("alice", "0.00000001")).toBe("day");
    const sums = await spentOf(fresh.database, by("alice"), counted("1"));
    expect([textOf(sums.day), textOf(sums.week), textOf(sums.month)]).toEqual(["100", "0", "100"]);
  });

  it("begins anew at midnight of the operator's zone, while the month goes on", async () => {
    const evening = Date.parse("2026-11-25T20:59:59Z");
    const night = Date.parse("2026-11-25T21:00:00Z");
    expect(await pay("alice", "1", evening)).toBe("day");
    expect(await pay("alice", "100", night)).toBeUndefined();
    expect(await pay("alice", "50.6", night + 86_400_000)).toBe("month");
    expect(await pay("alice", "50.5", night + 86_400_000)).toBeUndefined();
  });

  it("is another's for another account, rule or currency", async () => {
    expect(await pay("bob", "100")).toBeUndefined();
    expect(await pay("bob", "100", NOW, "others")).toBeUndefined();
    expect(await pay("bob", "0.5")).toBe("day");
  });

  it("of sixteen at once no more are confirmed than fit", async () => {
    const verdicts = await Promise.all(Array.from({ length: 16 }, () => pay("carol", "30")));
    expect(verdicts.filter((verdict) => verdict === undefined)).toHaveLength(3);
    expect(verdicts.filter((verdict) => verdict === "day")).toHaveLength(13);
    expect(textOf((await spentOf(fresh.database, by("carol"), counted("1"))).month)).toBe("90");
  });
});

describe("a demand that was raised", () => {
  it("holds for all that it names, and until its time", async () => {
    const row = (id: string, about: object, until?: number) =>
      insertRaised(fresh.database, { id, by: "security", demands: "operation", about, createdAt: NOW, until });
    await row("account", { accountId: "alice" }, NOW + 1000);
    await row("payee", { recipient: "Z123456789012" });
    await row("both", { accountId: "bob", clientId: "shop" });
    const ids = async (about: object, at = NOW) => (await raisedFor(fresh.database, about, at)).map(({ id }) => id);
    expect(await ids({ accountId: "alice", clientId: "shop" })).toEqual(["account"]);
    expect(await ids({ accountId: "alice", clientId: "shop" }, NOW + 1000)).toEqual([]);
    expect(await ids({ accountId: "alice", recipient: "Z123456789012" })).toEqual(["account", "payee"]);
    expect(await ids({ accountId: "bob", clientId: "shop" })).toEqual(["both"]);
    expect(await ids({ accountId: "bob", clientId: "library" })).toEqual([]);
    expect(await ids({ clientId: "shop" })).toEqual([]);
  });
});

describe("what a person demands for the own account", () => {
  const own = createOwnDemands({ clock: () => NOW, random: { bytes: (length) => randomBytes(length) } });
  const scanning = { demands: "operation", clientId: undefined } as const;
  const atShop = { demands: "login", clientId: "shop" } as const;

  it("is one row for account, demand and site, of sixteen at once as well", async () => {
    const won = await Promise.all(
      Array.from({ length: 16 }, (_, turn) => own.raise(fresh.database, "carol", turn % 2 === 0 ? scanning : atShop)),
    );
    expect(won.filter((one) => one)).toHaveLength(2);
    expect(await own.raise(fresh.database, "carol", { demands: "login", clientId: "library" })).toBe(true);
    const stands = (await own.of(fresh.database, "carol")).map(({ demands, clientId }) => `${demands} ${clientId}`);
    expect(stands.sort()).toEqual(["login library", "login shop", "operation undefined"]);
    expect(await own.of(fresh.database, "alice")).toEqual([]);
  });

  it("is asked about by account and site", async () => {
    const asked = (accountId: string, clientId: string) => own.demandsLogin(fresh.database, accountId, clientId);
    expect(await Promise.all([asked("carol", "shop"), asked("carol", "zoo"), asked("alice", "shop")])).toEqual([
      true,
      false,
      false,
    ]);
    const found = await raisedFor(fresh.database, { accountId: "carol", clientId: "shop" }, NOW);
    expect(found.map(({ by, demands }) => [by, demands]).sort()).toEqual([
      ["person", "login"],
      ["person", "operation"],
    ]);
    // Another's switch is not found at the same site.
    expect(await raisedFor(fresh.database, { accountId: "alice", clientId: "shop" }, NOW + 1000)).toEqual([]);
  });

  it("is not among what the operator ends, ends nothing of the bot's, and is taken back once, by the account alone", async () => {
    expect((await allRaised(fresh.database, NOW)).map(({ by }) => by)).toEqual(["security"]);
    const [one] = await own.of(fresh.database, "carol");
    const id = one?.id ?? "";
    expect(await own.lift(fresh.database, "alice", id)).toBe(false);
    // What the security bot demands of an account is not the account's to end.
    await insertRaised(fresh.database, {
      id: "bot's",
      by: "security",
      demands: "operation",
      about: { accountId: "carol" },
      createdAt: NOW,
      until: NOW + 1000,
    });
    expect(await own.lift(fresh.database, "carol", "bot's")).toBe(false);
    const won = await Promise.all(Array.from({ length: 16 }, () => own.lift(fresh.database, "carol", id)));
    expect(won.filter((each) => each)).toHaveLength(1);
    expect((await own.of(fresh.database, "carol")).map((each) => each.id)).not.toContain(id);
  });
});
