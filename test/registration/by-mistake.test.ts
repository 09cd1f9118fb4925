/** Somebody else's e-mail or phone, typed by mistake, harms nobody. */
import { expect, test } from "vitest";
import { codeTo, prove, start } from "../support/newcomer.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };
const EDWARD = { email: "edward@example.com", phone: "+15555550198" };

const proxied = { config: { trustProxy: true } };
const from = (world: World, address: string) => createVisitor(world.issuer, { "x-forwarded-for": address });

async function pressAgain(visitor: Visitor, page: Page, times: number): Promise<Page> {
  let last = page;
  for (let nth = 0; nth < times; nth += 1) last = await visitor.submit(last, "resend");
  return last;
}

test("the owner of a mistyped e-mail gets one mail, which says what it is and that nothing is needed", async () => {
  await using world = await createWorld();
  await start(createVisitor(world.issuer), { ...EDWARD, email: DORA.email });
  const messages = await world.messages();
  expect(messages.map(({ to }) => to)).toEqual([DORA.email]);
  const { subject, text } = await world.message(DORA.email);
  expect(subject).toContain("register for E-num");
  expect(text).toContain(world.issuer);
  expect(text).toContain("Do nothing");
  // A link would be pressed.
  expect(text.replaceAll(world.issuer, "")).not.toMatch(/https?:/);
});

test("who mistyped it and has it sent again and again keeps its owner from nothing", async () => {
  await using world = await createWorld(proxied);
  const edward = from(world, "192.0.2.1");
  const mistaken = await start(edward, { ...EDWARD, email: DORA.email });
  expect((await pressAgain(edward, mistaken, 6)).status).toBe(422);
  const page = await prove(world, from(world, "192.0.2.2"), DORA);
  expect(page.activation).toMatch(/^[0-9A-Z]{10}$/);
});

test("nothing is reserved before it is proven: two registrations of one e-mail go on side by side, and its owner's counts", async () => {
  await using world = await createWorld(proxied);
  const edward = from(world, "192.0.2.1");
  const mistaken = await start(edward, { ...EDWARD, email: DORA.email });
  const dora = from(world, "192.0.2.2");
  const page = await start(dora, DORA);
  const code = await codeTo(world, DORA.email);
  // The code is that of the browser which asked for it.
  expect((await edward.submit(mistaken, "next", { code })).status).toBe(422);
  const phone = await dora.submit(page, "next", { code });
  const done = await dora.submit(phone, "next", { code: await codeTo(world, DORA.phone) });
  expect(done.url).toBe(`${world.issuer}/enrolment/activate`);
  // Who mistyped it goes back, and registers the own one.
  const own = await prove(world, edward, EDWARD);
  expect(own.url).toBe(`${world.issuer}/enrolment/activate`);
});

test("a phone number that was mistyped is left to its owner, who registers with it", async () => {
  await using world = await createWorld(proxied);
  const edward = from(world, "192.0.2.1");
  const email = await start(edward, { ...EDWARD, phone: DORA.phone });
  await edward.submit(email, "next", { code: await codeTo(world, EDWARD.email) });
  const page = await prove(world, from(world, "192.0.2.2"), DORA);
  expect(page.url).toBe(`${world.issuer}/enrolment/activate`);
  expect((await prove(world, from(world, "192.0.2.3"), EDWARD)).url).toBe(`${world.issuer}/enrolment/activate`);
});

test("an account that stands already is not told to who mistyped its e-mail, and its owner is told once", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  await start(visitor, { ...EDWARD, email: "alice@example.com" });
  const messages = await world.messages();
  expect(messages.map(({ to }) => to)).toEqual(["alice@example.com"]);
  expect(await world.database.rows("SELECT type FROM event WHERE account_id IS NOT NULL")).toEqual([]);
});
