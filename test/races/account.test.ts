import { expect, test } from "vitest";
import { atAccount, CARE, eventsOf, on, press } from "../account/support.ts";
import { asked, requestIn } from "../request/asked.ts";
import { onlinePhone } from "../support/online-phone.ts";
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

test("a page that comes sixteen times for what the phone has answered, while its owner signs out everywhere, has opened nothing that goes on", async () => {
  await using world = await createWorld();
  const phone = await onlinePhone(world);
  const { visitor: browser } = await signIn(world);
  await world.database.rows("DELETE FROM oidc WHERE model = 'Session' RETURNING id");
  const page = await asked(world, browser);
  const { visitor } = await atAccount(world);
  expect((await phone.answer(requestIn(page), page.challenge)).status).toBe(200);
  const path = new URL(page.url).pathname;
  const [, ...pages] = await Promise.all([
    press(visitor, "sign-out"),
    ...Array.from({ length: 16 }, () => browser.open(path)),
  ]);
  for (const { status } of pages) expect(status).toBeLessThan(500);
  // What was on its way all that time has come by now.
  await press((await atAccount(world)).visitor, "sign-out");
  expect((await browser.open("/account")).title).toContain("Sign in to");
  expect(await world.database.rows("SELECT id FROM oidc WHERE model = 'Session' AND account_id IS NOT NULL")).toEqual(
    [],
  );
});
