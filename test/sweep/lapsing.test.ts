import { expect, test } from "vitest";
import { DAY, HOUR } from "../../src/clock.ts";
import { idOf } from "../account/full.ts";
import { CAROL } from "../contact/support.ts";
import { count } from "../device/own-support.ts";
import { codeTo, prove } from "../support/newcomer.ts";
import { activate } from "../support/phone.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };

/** Dora has proven e-mail and phone number; her account is there, and waits for her phone. */
async function halfMade() {
  const world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const page = await prove(world, visitor, DORA);
  return { world, visitor, page, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const isThere = async (world: World) =>
  (await world.database.rows("SELECT id FROM account WHERE email = ?", [DORA.email])).length === 1;

async function connected(world: World, visitor: Visitor, page: Page): Promise<void> {
  const phone = await activate(world.issuer, DORA.email, page.activation);
  const first = await visitor.submit(page, "answered");
  const response = phone.respond(first.challenge, { mode: "activate" });
  const done = await visitor.submit(first, "next", { response });
  if (done.alert !== "") throw new Error(done.alert);
}

async function signedInBySms(world: World): Promise<void> {
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open("/account/contact"), "next", { identifier: DORA.email });
  const bySms = await visitor.submit(await visitor.submit(number, "sms"), "next", {
    code: await codeTo(world, DORA.email),
  });
  const [, code = ""] = /#(\d{6})$/.exec((await world.message(DORA.phone)).text) ?? [];
  const page = await visitor.submit(bySms, "next", { code });
  if (page.url !== `${world.issuer}/account/contact`) throw new Error(`at ${page.url}: ${page.text}`);
}

test("an account that never got a phone goes a week after it was made, tells nobody, and its e-mail and number are free", async () => {
  await using on = await halfMade();
  const told = (await on.world.messages()).length;
  on.world.pass(7 * DAY - HOUR);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(true);
  on.world.pass(HOUR);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(false);
  expect(await on.world.messages()).toHaveLength(told);
  expect(await count(on.world, "account.lapsed")).toBe(1);
  const visitor = createVisitor(on.world.issuer);
  await connected(on.world, visitor, await prove(on.world, visitor, DORA));
  expect(await isThere(on.world)).toBe(true);
});

test("one that got a phone stays, however long it is not used", async () => {
  await using on = await halfMade();
  await connected(on.world, on.visitor, on.page);
  on.world.pass(400 * DAY);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(true);
});

test("whoever goes on within the week has another", async () => {
  await using on = await halfMade();
  on.world.pass(6 * DAY);
  const visitor = createVisitor(on.world.issuer);
  const page = await prove(on.world, visitor, DORA);
  on.world.pass(6 * DAY);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(true);
  expect(page.activation).not.toBe("");
});

test("one by which somebody signs in by SMS is used, and stays", async () => {
  await using on = await halfMade();
  await signedInBySms(on.world);
  on.world.pass(7 * DAY);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(true);
  expect(await on.world.database.rows("SELECT id FROM account WHERE lapses_at IS NOT NULL")).toEqual([]);
});

test("one by which an operation was confirmed by SMS, without a sign-in, is used, and stays with its receipt", async () => {
  await using on = await halfMade();
  const { id } = await idOf(on.world, DORA.email);
  const detail = JSON.stringify({ confirmation: "paid", type: "payment", binding: "sms" });
  await on.world.database.rows(
    "INSERT INTO event (id, type, account_id, client_id, detail, at) VALUES ('paid', 'operation.confirmed', ?, 'shop', ?, ?)",
    [id, detail, on.world.now()],
  );
  on.world.pass(7 * DAY);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(true);
  expect(await on.world.database.rows("SELECT account_id, detail FROM event WHERE id = 'paid'")).toEqual([
    { account_id: id, detail },
  ]);
});

test("one that was given a WMID stays", async () => {
  await using on = await halfMade();
  const { id } = await idOf(on.world, DORA.email);
  await on.world.database.rows(
    "INSERT INTO account_wmid (wmid, account_id, created_at) VALUES ('301234567899', ?, ?)",
    [id, on.world.now()],
  );
  on.world.pass(7 * DAY);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(true);
});

test("one to which somebody is about to come back stays until that may be taken up no more, and lapses then", async () => {
  await using on = await halfMade();
  const { id } = await idOf(on.world, DORA.email);
  on.world.pass(6 * DAY);
  const due = on.world.now() + 2 * DAY;
  const until = due + 7 * DAY;
  await on.world.database.rows(
    `INSERT INTO recovery_wait (id, account_id, way, status, stop_digest, created_at, due_at, lapses_at, next_at)
     VALUES ('back', ?, 'contacts', 'waiting', 'a-digest-of-its-link', ?, ?, ?, ?)`,
    [id, on.world.now(), due, until, until],
  );
  on.world.pass(DAY);
  await on.world.sweep();
  const lapses = "SELECT lapses_at FROM account WHERE email = ?";
  expect(await on.world.database.rows(lapses, [DORA.email])).toEqual([{ lapses_at: until }]);
  on.world.pass(8 * DAY - HOUR);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(true);
  on.world.pass(HOUR);
  await on.world.sweep();
  expect(await isThere(on.world)).toBe(false);
});

test("accounts that an operator has made or imported do not lapse", async () => {
  await using world = await createWorld();
  world.pass(400 * DAY);
  await world.sweep();
  expect((await idOf(world, CAROL)).id).not.toBe("");
});

test("phones that never answered go a day after", async () => {
  await using on = await halfMade();
  await activate(on.world.issuer, DORA.email, on.page.activation);
  const pending = () => on.world.database.rows("SELECT id FROM device WHERE activated_at IS NULL");
  on.world.pass(DAY - HOUR);
  await on.world.sweep();
  expect(await pending()).toHaveLength(1);
  on.world.pass(2 * HOUR);
  await on.world.sweep();
  expect(await pending()).toEqual([]);
});
