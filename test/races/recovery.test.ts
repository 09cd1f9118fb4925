import { describe, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { waiting } from "../contact/support.ts";
import { count, stage } from "../device/own-support.ts";
import { opened, operatorOf, shownOn, WORD } from "../recovery/deciding.ts";
import {
  atCode,
  atPhone,
  atPhoneCode,
  atWait,
  listed,
  made,
  ready,
  smsCode,
  statuses,
  stopLink,
} from "../recovery/support.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const AT_ONCE = 16;
const atOnce = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: AT_ONCE }, work));

test("sixteen uses of one recovery code at once are one recovery, with one enrolment", async () => {
  await using on = await stage();
  const [code = ""] = await made(on.world, on.visitor, on.phone);
  const { visitor, page } = await atCode(on.world, ALICE);
  // Ten tries an hour: as many as that are judged.
  const pages = await atOnce(() => visitor.submit(page, "next", { code }));
  for (const { status } of pages) expect([200, 422, 429]).toContain(status);
  expect(await count(on.world, "recovery.by-code")).toBe(1);
  expect(await count(on.world, "device.revoked")).toBe(1);
  expect(await on.world.database.rows("SELECT id FROM enrolment")).toHaveLength(1);
});

test("sixteen times the button that shows new codes shows one list", async () => {
  await using on = await stage();
  const page = await ready(on.world, on.visitor, on.phone);
  const lists = (await atOnce(() => on.visitor.submit(page, "show"))).map(listed).filter(({ length }) => length > 0);
  expect(lists).toHaveLength(1);
  expect(await on.world.database.rows("SELECT digest FROM recovery_code")).toHaveLength(10);
});

describe("sixteen at once", () => {
  test("right codes by SMS begin one recovery, told of once", async () => {
    await using world = await createWorld();
    const { visitor, page } = await atPhoneCode(world);
    const code = await smsCode(world);
    for (const { status } of await atOnce(() => visitor.submit(page, "next", { code })))
      expect([200, 422]).toContain(status);
    expect(await statuses(world)).toEqual(["waiting"]);
    expect(await count(world, "recovery.asked")).toBe(1);
    expect((await world.messages()).filter(({ text }) => text.includes("/stop/"))).toHaveLength(2);
  });

  test("browsers that begin it are one recovery, counted once", async () => {
    await using world = await createWorld({ config: { trustProxy: true } });
    const pages = [];
    for (let place = 0; place < AT_ONCE; place += 1) {
      const visitor = createVisitor(world.issuer, { "x-forwarded-for": `192.0.2.${place}` });
      // More than one number and one mailbox get in a day.
      await world.database.rows("DELETE FROM throttle");
      const { page } = await atPhone(world, ALICE, visitor);
      const waits = await visitor.submit(page, "send");
      pages.push({ visitor, page: waits, code: await smsCode(world) });
    }
    const waits = await Promise.all(pages.map(({ visitor, page, code }) => visitor.submit(page, "next", { code })));
    // Those that came later have found it, and are not counted as further ones of the three in a week.
    for (const { title } of waits) expect(title).toContain("Your recovery waits");
    expect(await world.database.rows("SELECT count FROM throttle WHERE id LIKE 'recoveries of %'")).toEqual([
      { count: 1 },
    ]);
    expect(await statuses(world)).toEqual(["waiting"]);
    expect(await count(world, "recovery.asked")).toBe(1);
  });

  test("clicks that take it up are one recovery, with one enrolment that lives", async () => {
    await using on = await stage();
    await atWait(on.world);
    on.world.pass(48 * HOUR);
    const { visitor, page } = await atWait(on.world);
    for (const { status } of await atOnce(() => visitor.submit(page, "finish"))) expect(status).toBeLessThan(500);
    expect(await count(on.world, "recovery.by-contacts")).toBe(1);
    expect(await count(on.world, "device.revoked")).toBe(1);
    expect(await on.world.database.rows("SELECT id FROM enrolment WHERE status = 'waiting'")).toHaveLength(1);
  });

  test("links and the taking up: either it is stopped or it is done", async () => {
    await using on = await stage();
    await atWait(on.world);
    const link = await stopLink(on.world, ALICE);
    on.world.pass(48 * HOUR);
    const { visitor, page } = await atWait(on.world);
    const stranger = createVisitor(on.world.issuer);
    const stop = await stranger.open(link);
    const pages = await Promise.all([
      visitor.submit(page, "finish"),
      ...Array.from({ length: AT_ONCE }, () => stranger.submit(stop, "stop")),
    ]);
    for (const { status } of pages) expect(status).toBeLessThan(500);
    const [done, stopped] = [await count(on.world, "recovery.by-contacts"), await count(on.world, "recovery.stopped")];
    expect(done + stopped).toBe(1);
    expect(await count(on.world, "device.revoked")).toBe(done);
  });

  test("a change of contact that is due and the taking up do not wait for one another", async () => {
    await using on = await stage();
    await waiting(on.world, on.visitor, "email");
    await atWait(on.world);
    on.world.pass(48 * HOUR);
    // Both are due now; the proofs come from before, so that nothing is made until then.
    await on.world.database.rows("UPDATE contact_change SET due_at = due_at + ?", [HOUR]);
    const { visitor, page } = await atWait(on.world);
    await on.world.database.rows("UPDATE contact_change SET due_at = due_at - ?", [HOUR]);
    const [taken] = await Promise.all([visitor.submit(page, "finish"), on.world.drain()]);
    expect(taken.status).toBeLessThan(500);
    const done = await count(on.world, "recovery.by-contacts");
    expect((await count(on.world, "contact.changed")) + (await count(on.world, "contact.change-stopped"))).toBe(1);
    expect(done).toBe((await count(on.world, "contact.change-stopped")) === 1 ? 1 : 0);
  });

  test("nodes that look tell once that it is ready", async () => {
    await using world = await createWorld();
    await atWait(world);
    world.pass(48 * HOUR);
    await atOnce(() => world.drain());
    expect((await world.messages()).filter(({ subject }) => subject?.includes("You can recover"))).toHaveLength(1);
  });
});

describe("sixteen at once, of a case", () => {
  test("words that allow it are one recovery, and codes that take it up one enrolment", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const typed = shownOn(await opened(visitor, ALICE));
    const operator = await operatorOf(world);
    const words = await Promise.allSettled(
      Array.from({ length: AT_ONCE }, () => operator.allow(typed.reference, WORD)),
    );
    const allowed = words.filter((word) => word.status === "fulfilled" && word.value.kind === "allowed");
    expect(allowed).toHaveLength(1);
    expect(await count(world, "recovery.case-allowed")).toBe(1);
    expect(await statuses(world)).toEqual(["waiting"]);
    world.pass(48 * HOUR);
    const form = await visitor.open("/recovery/case");
    for (const { status } of await atOnce(() => visitor.submit(form, "next", typed))) expect(status).toBeLessThan(500);
    expect(await count(world, "recovery.by-operator")).toBe(1);
    expect(await world.database.rows("SELECT id FROM enrolment WHERE status = 'waiting'")).toHaveLength(1);
  });

  test("one word allows and another refuses: what waits is stopped, or was never begun", async () => {
    await using world = await createWorld();
    const typed = shownOn(await opened(createVisitor(world.issuer), ALICE));
    const operator = await operatorOf(world);
    await Promise.allSettled([operator.allow(typed.reference, WORD), operator.refuse(typed.reference, WORD)]);
    expect((await operator.one(typed.reference))?.status).toBe("refused");
    expect(await statuses(world)).not.toContain("waiting");
  });
});
