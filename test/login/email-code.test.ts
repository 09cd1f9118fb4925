import { expect, test } from "vitest";
import { begun } from "../recovery/support.ts";
import { CAROL, numberFor, SMS, smsTo } from "../support/by-sms.ts";
import { codeTo } from "../support/newcomer.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

/** The page of the code by mail, which a browser that the account does not know comes to after thirty numbers that nobody has answered. */
async function atEmailCode(world: World) {
  const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin();
  const visitor = createVisitor(world.issuer);
  const identifier = await visitor.open(attempt.address);
  const number = await visitor.submit(identifier, "next", { identifier: ALICE });
  await world.database.rows("UPDATE throttle SET count = 30");
  const page = await visitor.submit(number, "new-challenge");
  expect(page.url).toMatch(/\/email-code$/);
  const path = new URL(page.url).pathname;
  return { visitor, page, post: (code: string) => visitor.post(path, `action=next&code=${code}`) };
}

test("a right code by mail that is sent twice at once leads to one number, from both", async () => {
  await using world = await createWorld();
  const { visitor, post } = await atEmailCode(world);
  const code = await codeTo(world, ALICE);
  const pages = await Promise.all([post(code), post(code)]);
  expect(pages.map(({ status, alert }) => [status, alert])).toEqual([
    [200, ""],
    [200, ""],
  ]);
  expect(new Set(pages.map(({ challenge }) => challenge)).size).toBe(1);
  const [page] = pages;
  const response = world.answer(ALICE, page?.challenge ?? "");
  expect((await visitor.submit(pages[1] ?? pages[0], "next", { response })).url).toContain("code=");
});

test("a right code by mail leaves the number alone that it has led to in another tab", async () => {
  await using world = await createWorld();
  const { visitor, post } = await atEmailCode(world);
  const code = await codeTo(world, ALICE);
  const number = await post(code);
  const again = await post(code);
  expect([again.url, again.challenge]).toEqual([number.url, number.challenge]);
  // A number that is over is no reason to stay at it.
  world.pass(6 * 60_000);
  const later = await post(code);
  expect(later.challenge).not.toBe(number.challenge);
  expect((await visitor.submit(later, "next", { response: world.answer(ALICE, later.challenge) })).url).toContain(
    "code=",
  );
});

test("another text is not right after a right code", async () => {
  await using world = await createWorld();
  const { post } = await atEmailCode(world);
  const code = await codeTo(world, ALICE);
  await post(code);
  const other = await post(code === "AAAAAAAA" ? "BBBBBBBB" : "AAAAAAAA");
  expect([other.status, other.challenge, other.alert]).toEqual([422, "", expect.stringContaining("has run out")]);
});

test("the same before a code by SMS: one is sent, and both come to its page", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const { page: number } = await numberFor(world, visitor, CAROL, { acr_values: SMS });
  const page = await visitor.submit(number, "sms");
  const path = new URL(page.url).pathname;
  const body = `action=next&code=${await codeTo(world, CAROL)}`;
  const pages = await Promise.all([visitor.post(path, body), visitor.post(path, body)]);
  for (const { status, url } of pages) expect([status, url]).toEqual([200, page.url.replace(/-email$/, "")]);
  expect((await world.messages()).filter(({ channel }) => channel === "sms")).toHaveLength(1);
  expect((await visitor.submit(pages[0], "next", { code: await smsTo(world, CAROL) })).url).toContain("code=");
});

test("the same at a recovery: both come to the page of the code on paper", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const page = await begun(visitor, ALICE);
  const body = `action=next&code=${await codeTo(world, ALICE)}`;
  const path = new URL(page.url).pathname;
  for (const { url } of await Promise.all([visitor.post(path, body), visitor.post(path, body)]))
    expect(url).toBe(`${world.issuer}/recovery/code`);
});

test("a code by mail is in the account's language, as the code by SMS, whatever the page's", async () => {
  await using world = await createWorld();
  await world.database.rows("UPDATE account SET locale = 'ru' WHERE email = ?", [ALICE]);
  await atEmailCode(world);
  expect((await world.message(ALICE)).subject).toContain("ваш код E-num");
  await begun(createVisitor(world.issuer), ALICE);
  expect((await world.message(ALICE)).subject).toMatch(/[а-я]/);
});

test("a wrong code is wrong until the right one was given", async () => {
  await using world = await createWorld();
  const { post } = await atEmailCode(world);
  for (const left of ["2 tries", "1 try"]) expect((await post("WRONGC0D")).alert).toContain(left);
  expect((await post("WRONGC0D")).status).toBe(422);
  expect((await post(await codeTo(world, ALICE))).status).toBe(422);
});
