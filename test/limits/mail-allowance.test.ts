import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { createMailAllowance } from "../../src/limits/mail-allowance.ts";
import { createThrottle } from "../../src/limits/throttle.ts";
import { createDigester } from "../../src/secrecy.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";

let fresh: FreshDatabase;
let now = 1_000_000;
beforeAll(async () => {
  fresh = await freshDatabase(inject("engine"));
});
afterAll(() => fresh[Symbol.asyncDispose]());

const mails = createMailAllowance({
  throttle: createThrottle({ clock: () => now }),
  digest: createDigester(new Uint8Array(32)),
});

/** How many of so many are sent. */
async function sent(count: number, email: string, network: string): Promise<number> {
  let passed = 0;
  for (let nth = 0; nth < count; nth += 1) if (await mails.pass(fresh.database, network, email)) passed += 1;
  return passed;
}

test("one network has five an hour sent to one address, and sixteen at once are no more", async () => {
  const passed = await Promise.all(
    Array.from({ length: 16 }, () => mails.pass(fresh.database, "192.0.2.1", "a@example.com")),
  );
  expect(passed.filter((one) => one)).toHaveLength(5);
  now += HOUR + 1;
  expect(await sent(6, "a@example.com", "192.0.2.1")).toBe(5);
});

test("whoever mistypes an address and asks again and again takes nothing from its owner", async () => {
  expect(await sent(50, "b@example.com", "192.0.2.2")).toBe(5);
  expect(await sent(6, "b@example.com", "192.0.2.3")).toBe(5);
});

test("all networks together fill no mailbox, and one network writes to twenty at most", async () => {
  let toOne = 0;
  for (let network = 10; network < 20; network += 1) toOne += await sent(5, "c@example.com", `192.0.2.${network}`);
  expect(toOne).toBe(25);
  let fromOne = 0;
  for (let person = 0; person < 30; person += 1) fromOne += await sent(1, `p${person}@example.com`, "192.0.2.30");
  expect(fromOne).toBe(20);
});
