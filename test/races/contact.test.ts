import { describe, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { callbackOf, carol, contactsOf, linkTo, NEW, proven, stage, waiting } from "../contact/support.ts";
import { count } from "../device/own-support.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";

const AT_ONCE = 16;
const atOnce = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: AT_ONCE }, work));

describe("sixteen at once", () => {
  test("ways back with one confirmation change the e-mail once, and tell of it once", async () => {
    await using on = await stage();
    const callback = await callbackOf(on.world, on.visitor, on.phone, "email");
    await on.world.messages();
    const pages = await atOnce(() => on.visitor.open(callback));
    for (const { status } of pages) expect(status).toBe(200);
    expect(await contactsOf(on.world, NEW.email)).toBeDefined();
    expect(await count(on.world, "contact.changed")).toBe(1);
    const told = (await on.world.messages()).filter(({ text }) => /was changed|is now/.test(text));
    expect(told).toHaveLength(3);
  });

  test("wishes to have it changed in 48 hours are one change that waits", async () => {
    await using on = await stage();
    const page = await proven(on.world, on.visitor, "email");
    for (const { status } of await atOnce(() => on.visitor.submit(page, "wait"))) expect(status).toBe(200);
    expect(await count(on.world, "contact.change-asked")).toBe(1);
    expect(await on.world.database.rows("SELECT id FROM contact_change")).toHaveLength(1);
  });

  test("links followed while its time comes stop it or are late, and it is told as what it was", async () => {
    await using on = await stage();
    await waiting(on.world, on.visitor, "email");
    const stranger = createVisitor(on.world.issuer);
    const page = await stranger.open(await linkTo(on.world, ALICE));
    on.world.pass(48 * HOUR);
    const [, ...pages] = await Promise.all([
      on.world.drain(),
      ...Array.from({ length: AT_ONCE }, () => stranger.submit(page, "stop")),
    ]);
    for (const { status } of pages) expect([200, 410]).toContain(status);
    const [changed, stopped] = [
      await count(on.world, "contact.changed"),
      await count(on.world, "contact.change-stopped"),
    ];
    expect(changed + stopped).toBe(1);
    expect(await contactsOf(on.world, changed === 1 ? NEW.email : ALICE)).toBeDefined();
  });
});

test("two accounts that have proven one number at once: one has it, and the other is told", async () => {
  await using on = await stage();
  const other = await carol(on.world);
  await waiting(on.world, other, "phone");
  await waiting(on.world, on.visitor, "phone");
  on.world.pass(48 * HOUR);
  await on.world.drain();
  expect(await on.world.database.rows("SELECT id FROM account WHERE phone = ?", [NEW.phone])).toHaveLength(1);
  expect(await count(on.world, "contact.changed")).toBe(1);
  expect(await count(on.world, "contact.change-refused")).toBe(1);
});
