import { expect, test } from "vitest";
import { count, stage } from "../device/own-support.ts";
import { atCode, listed, made, ready } from "../recovery/support.ts";
import { ALICE } from "../support/sign-in.ts";

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
