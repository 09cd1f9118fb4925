import { expect, test } from "vitest";
import { codeTo, start } from "../support/newcomer.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };

test("sixteen clicks with one right code lead on, each of them, by one SMS", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const page = await start(visitor, DORA);
  const code = await codeTo(world, DORA.email);
  const pages = await Promise.all(Array.from({ length: 16 }, () => visitor.submit(page, "next", { code })));
  for (const { url } of pages) expect(url).toBe(`${world.issuer}/register/phone-code`);
  expect((await world.messages()).filter(({ to }) => to === DORA.phone)).toHaveLength(1);
});

test("when all codes of a registration were sent none more leaves, and the last one leads on all the same", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const page = await start(visitor, DORA);
  const code = await codeTo(world, DORA.email);
  await world.database.rows("UPDATE registration SET codes_sent = 8");
  expect((await visitor.submit(page, "resend")).status).toBe(422);
  expect(await codeTo(world, DORA.email)).toBe(code);
  const number = await visitor.submit(page, "next", { code });
  expect(number.url).toBe(`${world.issuer}/register/phone-code`);
  expect((await visitor.submit(number, "resend")).status).toBe(422);
  const done = await visitor.submit(number, "next", { code: await codeTo(world, DORA.phone) });
  expect(done.activation).toMatch(/^[0-9A-Z]{10}$/);
});
