import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { DAY, HOUR } from "../../src/clock.ts";
import type { SmsCountry } from "../../src/config/sms.ts";
import { createSmsAllowance, type SmsAsker } from "../../src/limits/sms-allowance.ts";
import { createThrottle } from "../../src/limits/throttle.ts";
import { createDigester } from "../../src/secrecy.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";

const COUNTRIES: readonly SmsCountry[] = [
  { prefix: "+7", budget: 100 },
  { prefix: "+1", budget: 100 },
  { prefix: "+1876", budget: 0 },
  { prefix: "+44", budget: 7 },
];
let fresh: FreshDatabase;
let now = 1_000_000;
let addresses = 0;

beforeAll(async () => {
  fresh = await freshDatabase(inject("engine"));
});
afterAll(() => fresh[Symbol.asyncDispose]());

const allowance = createSmsAllowance({
  throttle: createThrottle({ clock: () => now }),
  digest: createDigester(new Uint8Array(32)),
  countries: COUNTRIES,
});
/** An address that nobody had before. */
const elsewhere = () => {
  addresses += 1;
  return `192.0.2.${addresses}`;
};
const send = (phone: string | undefined, from = elsewhere(), asker: SmsAsker = "owner") =>
  fresh.database.transaction((sql) => allowance.pass(sql, from, phone, asker));
const stranger = (phone: string, from = elsewhere()) => send(phone, from, "stranger");
const passed = (results: readonly boolean[]) => results.filter((passes) => passes).length;
const times = (count: number, work: (index: number) => Promise<boolean>) =>
  Promise.all(Array.from({ length: count }, (_none, index) => work(index)));

describe("which countries are served", () => {
  it.each([
    ["+79161234567", true],
    ["+15555550101", true],
    ["+18765550101", false],
    ["+380441234567", false],
  ])("%s: %s, by the longest beginning that is listed", async (phone, served) => {
    expect(allowance.serves(phone)).toBe(served);
    expect(await send(phone)).toBe(served);
  });

  it("nowhere where the operator lists none", () => {
    const none = createSmsAllowance({
      throttle: createThrottle({ clock: () => now }),
      digest: createDigester(new Uint8Array(32)),
      countries: [],
    });
    expect([none.open, none.serves("+79161234567")]).toEqual([false, false]);
  });
});

describe("sixteen at once", () => {
  it.each<SmsAsker>(["owner", "stranger"])("five a day to a number, wherever the %s asks for them", async (asker) => {
    const phone = `+7916000000${asker.length}`;
    expect(passed(await times(16, () => send(phone, elsewhere(), asker)))).toBe(5);
    now += DAY;
    expect(passed(await times(16, () => send(phone, elsewhere(), asker)))).toBe(5);
  });

  it("of those by strangers four a day from one address, whatever the hour", async () => {
    const [phone, from] = ["+79160000002", elsewhere()];
    expect(passed(await times(16, () => stranger(phone, from)))).toBe(3);
    now += HOUR;
    expect(passed(await times(16, () => stranger(phone, from)))).toBe(1);
    now += HOUR;
    expect(await stranger(phone, from)).toBe(false);
    expect(passed(await times(16, () => stranger(phone)))).toBe(1);
  });

  it("three an hour and ten a day from an address, whomever they are for", async () => {
    const from = elsewhere();
    let sent = 0;
    for (let hour = 0; hour < 5; hour += 1) {
      sent += passed(await times(16, (index) => send(`+7916100${hour}${String(index).padStart(3, "0")}`, from)));
      expect(await allowance.mayAsk(fresh.database, from)).toBe(false);
      expect(sent).toBe(Math.min(10, 3 * (hour + 1)));
      now += HOUR;
    }
  });

  it("a country's budget an hour, over all numbers", async () => {
    expect(passed(await times(16, (index) => send(`+44770090${String(index).padStart(4, "0")}`)))).toBe(7);
    now += HOUR;
    expect(passed(await times(16, (index) => send(`+44770091${String(index).padStart(4, "0")}`)))).toBe(7);
  });

  it("what does not leave for want of it takes nothing from the number", async () => {
    now += HOUR;
    expect(passed(await times(7, (index) => send(`+44770092${String(index).padStart(4, "0")}`)))).toBe(7);
    expect(passed(await times(6, () => send("+447700930000")))).toBe(0);
    now += HOUR;
    expect(passed(await times(6, () => send("+447700930000")))).toBe(5);
  });

  it("what does not leave takes nothing from the country's budget", async () => {
    now += HOUR;
    const phone = "+447700900999";
    expect(passed(await times(16, () => send(phone)))).toBe(5);
    expect(passed(await times(2, (index) => send(`+4477009080${index}`)))).toBe(2);
    expect(await send("+447700908099")).toBe(false);
  });

  it("what strangers have sent to a number takes nothing from its owner, and the other way round", async () => {
    const phone = "+79160000003";
    expect(passed(await times(16, () => stranger(phone)))).toBe(5);
    expect(passed(await times(16, () => send(phone)))).toBe(5);
    expect([await stranger(phone), await send(phone)]).toEqual([false, false]);
    now += DAY;
    expect(passed(await times(16, () => send(phone)))).toBe(5);
    expect(passed(await times(16, () => stranger(phone)))).toBe(5);
  });

  it("what an address's hour refuses takes nothing from the number", async () => {
    const [phone, from] = ["+79160000004", elsewhere()];
    expect(passed(await times(16, (index) => send(`+7916200${String(index).padStart(4, "0")}`, from)))).toBe(3);
    expect(passed(await times(16, () => send(phone, from)))).toBe(0);
    expect(passed(await times(16, () => send(phone)))).toBe(5);
  });

  it("nobody's number is never passed", async () => {
    expect(passed(await times(3, () => send(undefined)))).toBe(0);
  });
});
