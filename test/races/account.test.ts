import { expect, test } from "vitest";
import { CARE, eventsOf, on, press } from "../account/support.ts";
import { scanned } from "../support/scan.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createWorld } from "../support/world.ts";

test("a confirmation that is sent sixteen times at once switches off once, with one event and one mail", async () => {
  await using world = await createWorld();
  const { visitor } = await signIn(world);
  await press(visitor, "on login shop");
  const asked = await press(visitor, "off login shop");
  const response = world.answer(ALICE, asked.challenge, await scanned(world, asked.qr));
  const pages = await Promise.all(
    Array.from({ length: 16 }, () => visitor.post(new URL(asked.url).pathname, `action=next&response=${response}`)),
  );
  for (const { status } of pages) expect(status).toBeLessThan(500);
  expect(on(await visitor.open(CARE))).toEqual([]);
  expect(await eventsOf(world, "account.setting-off")).toHaveLength(1);
  const subjects = (await world.messages()).map(({ subject }) => subject);
  expect(subjects.filter((subject) => subject?.startsWith("Switched off"))).toHaveLength(1);
});
