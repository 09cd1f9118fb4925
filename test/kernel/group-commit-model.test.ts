import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createGroups, type GroupPorts } from "../../src/database/group-commit.ts";

type Driver = GroupPorts<object>["driver"];

/** What may be said of a statement in the place of doing it: that it fails alone, or that the transaction may be gone. */
const FAULTS = ["SQLITE_CONSTRAINT", "SQLITE_BUSY", "SQLITE_FULL", "SQLITE_FULL, and rolled back"] as const;
type Fault = (typeof FAULTS)[number];

/** A database that keeps names, as SQLite does in transactions with one savepoint; each call takes a fault off the list, or none. */
function modelled(faults: (Fault | undefined)[], isTogether: boolean) {
  const kept = new Set<string>();
  let open: Set<string> | undefined;
  let saved: Set<string> | undefined;
  const call = async () => {
    await setImmediate();
    const fault = faults.shift();
    if (fault === undefined) return;
    if (fault.includes("rolled back")) open = saved = undefined;
    throw Object.assign(new Error(fault), { code: fault.split(",")[0] });
  };
  const misplaced = () => Object.assign(new Error("not now"), { code: "SQLITE_ERROR" });
  const controls: Readonly<Record<string, () => void>> = {
    BEGIN() {
      if (open !== undefined) throw misplaced();
      open = new Set();
    },
    COMMIT() {
      for (const name of open ?? []) kept.add(name);
      open = saved = undefined;
    },
    ROLLBACK() {
      open = saved = undefined;
    },
    "SAVEPOINT one"() {
      saved = new Set(open);
    },
    "RELEASE one"() {
      if (saved === undefined) throw misplaced();
      saved = undefined;
    },
    "ROLLBACK TO one"() {
      if (saved === undefined) throw misplaced();
      open = new Set(saved);
    },
  };
  const write = (name: unknown) => (open ?? kept).add(String(name));
  const driver: Driver = {
    begin: "BEGIN",
    async control(_, statements) {
      for (const statement of statements) {
        // A rollback after which nothing is rolled back is not SQLite's.
        if (statement !== "ROLLBACK") await call();
        if (statement !== "BEGIN" && open === undefined) throw misplaced();
        controls[statement]?.();
      }
    },
    async send(_, __, [name]) {
      await call();
      write(name);
      return [];
    },
    async together(_, changes) {
      if (!isTogether) return false;
      await call();
      for (const { bindings } of changes) write(bindings[0]);
      return true;
    },
    alike: async () => undefined,
    ready: async () => undefined,
  };
  return { kept, driver };
}

const job = fc.record({
  several: fc.boolean(),
  /** How many turns of the event loop after the one before. */
  after: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 4 }) }),
  /** A transaction that throws by itself, each time. */
  throws: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(...FAULTS) },
);

test("whatever fails, everybody is told once, and told that it is kept where it is, and only there", async () => {
  const seen = { kept: 0, failed: 0, again: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(job, { minLength: 2, maxLength: 12, size: "max" }),
      fc.array(fault, { maxLength: 60, size: "max" }),
      fc.boolean(),
      async (jobs, faults, isTogether) => {
        const { kept, driver } = modelled([...faults], isTogether);
        const groups = createGroups<object>({ driver, withConnection: (work) => work({}), wanted: () => false });
        const told = new Map<string, string[]>();
        const tell = (name: string, what: "kept" | "failed") => {
          // Before the commit, nobody is told that it is kept.
          told.get(name)?.push(what === "kept" && !kept.has(name) ? "kept before its commit" : what);
        };
        for (const [index, { several, after, throws }] of jobs.entries()) {
          for (let turn = 0; turn < after; turn += 1) await setImmediate();
          const name = `${index}`;
          told.set(name, []);
          const fail = () => tell(name, "failed");
          let tries = 0;
          if (!several) groups.write({ text: "keep", bindings: [name], give: () => tell(name, "kept"), fail });
          else
            groups.write({
              async within(connection) {
                tries += 1;
                if (tries === 2) seen.again += 1;
                await driver.send(connection, "keep", [name]);
                if (throws) throw new Error("changed my mind");
                return () => tell(name, "kept");
              },
              fail,
            });
        }
        for (let turn = 0; turn < 500 && [...told.values()].some((one) => one.length === 0); turn += 1)
          await setImmediate();
        expect(told).toEqual(new Map(jobs.map((_, index) => [`${index}`, [kept.has(`${index}`) ? "kept" : "failed"]])));
        for (const [what] of told.values()) seen[what === "kept" ? "kept" : "failed"] += 1;
      },
    ),
    { numRuns: 1_000 },
  );
  // It has been looked at.
  for (const many of Object.values(seen)) expect(many).toBeGreaterThan(100);
});
