/** What strangers do to somebody's ways back: it uses up what is theirs, and tells them nothing. */
import { expect, test } from "vitest";
import { stage } from "../device/own-support.ts";
import { askForSms, CAROL, numberFor, PHONES, smsTo } from "../support/by-sms.ts";
import { countHmacs } from "../support/hmacs.ts";
import { codeTo, start } from "../support/newcomer.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { looked, opened, shownOn } from "./deciding.ts";
import { ALICE_PHONE, atCode, atPhone, begun, made, smsCode } from "./support.ts";

const WMID = "301234567890";
const proxied = { config: { trustProxy: true } };
const from = (world: World, address: string) => createVisitor(world.issuer, { "x-forwarded-for": address });

test("who asks for mails to somebody again and again is refused, and the owner is not", async () => {
  await using world = await createWorld(proxied);
  const stranger = () => from(world, "192.0.2.1");
  for (let nth = 0; nth < 5; nth += 1) expect((await begun(stranger(), ALICE)).status).toBe(200);
  expect((await begun(stranger(), ALICE)).status).toBe(429);
  const own = from(world, "192.0.2.2");
  const page = await begun(own, ALICE);
  expect((await own.submit(page, "next", { code: await codeTo(world, ALICE) })).url).toContain("/recovery/code");
});

test.each([ALICE, "nobody@example.com"])(
  "that a WMID and %s are of one account is not told by what is refused",
  async (email) => {
    await using world = await createWorld(proxied);
    const stranger = () => from(world, "192.0.2.1");
    for (let nth = 0; nth < 5; nth += 1) await begun(stranger(), WMID);
    expect((await begun(stranger(), WMID)).status).toBe(429);
    expect((await begun(stranger(), email)).status).toBe(200);
  },
);

test("who has an account is not told by the HMACs that a way back costs", async () => {
  await using world = await createWorld();
  using hmacs = countHmacs();
  const costOf = async (identifier: string) => {
    const visitor = createVisitor(world.issuer);
    const page = await visitor.open("/recovery/start");
    hmacs.taken();
    await visitor.submit(page, "next", { identifier });
    return hmacs.taken();
  };
  const known = await costOf(ALICE);
  for (const nobody of ["nobody@example.com", "+15550001111", "309999999999"])
    expect(await costOf(nobody)).toEqual(known);
});

test("a mailbox gets 25 of them in an hour from all networks together, and nobody is told of more", async () => {
  await using world = await createWorld(proxied);
  const mails = async () => (await world.messages()).filter(({ to }) => to === ALICE).length;
  // Each network asks by both names, so that neither name's own count is met.
  for (let nth = 0; nth < 13; nth += 1)
    for (const name of [ALICE, WMID]) expect((await begun(from(world, `192.0.2.${nth}`), name)).status).toBe(200);
  expect(await mails()).toBe(25);
  expect((await begun(from(world, "198.51.100.1"), ALICE)).status).toBe(200);
  expect(await mails()).toBe(25);
});

test("who opens cases for somebody is refused, and the owner opens one all the same", async () => {
  await using world = await createWorld(proxied);
  const stranger = from(world, "192.0.2.1");
  for (let nth = 0; nth < 3; nth += 1) expect((await opened(stranger, ALICE)).status).toBe(200);
  expect((await opened(stranger, ALICE)).status).toBe(429);
  const own = from(world, "192.0.2.2");
  expect((await looked(own, shownOn(await opened(own, ALICE)))).title).toContain("Your case is not decided yet");
});

test("who reads the mail and types wrong codes of paper leaves the owner's tries alone", async () => {
  await using on = await stage();
  const [code = ""] = await made(on.world, on.visitor, on.phone);
  const thief = await atCode(on.world, ALICE);
  for (let tries = 0; tries < 10; tries += 1) await thief.visitor.submit(thief.page, "next", { code: "x" });
  expect((await thief.visitor.submit(thief.page, "next", { code })).status).toBe(429);
  const owner = await atCode(on.world, ALICE);
  expect((await owner.visitor.submit(owner.page, "next", { code })).activation).not.toBe("");
});

/** Registers with somebody's number as often as an SMS is sent for it, from address after address; how many were. */
async function exhausted(world: World, phone: string): Promise<number> {
  let sent = 0;
  for (let nth = 0; nth < 4; nth += 1)
    for (let time = 0; time < 2; time += 1) {
      const [visitor, email] = [from(world, `192.0.2.${nth}`), `stranger-${nth}-${time}@example.com`];
      const page = await visitor.submit(await start(visitor, { email, phone }), "next", {
        code: await codeTo(world, email),
      });
      if (page.url.endsWith("/phone-code")) sent += 1;
      else expect(page.status).toBe(422);
    }
  return sent;
}
const smsOf = async (world: World, phone: string) => (await world.messages()).filter(({ to }) => to === phone).length;

test("who registers with somebody's number again and again has it written to five times a day, and its owner recovers all the same", async () => {
  await using world = await createWorld(proxied);
  expect(await exhausted(world, ALICE_PHONE)).toBe(5);
  expect(await smsOf(world, ALICE_PHONE)).toBe(5);
  const { visitor, page } = await atPhone(world, ALICE, from(world, "198.51.100.1"));
  const code = await visitor.submit(page, "send");
  const done = await visitor.submit(code, "next", { code: await smsCode(world) });
  expect(done.url).toBe(`${world.issuer}/recovery/wait`);
});

test("nor does it keep the owner from signing in by SMS", async () => {
  await using world = await createWorld(proxied);
  const phone = PHONES[CAROL] ?? "";
  expect(await exhausted(world, phone)).toBe(5);
  const visitor = from(world, "198.51.100.1");
  const { page, attempt } = await numberFor(world, visitor, CAROL);
  const code = await askForSms(world, visitor, page, CAROL);
  expect(
    (await attempt.finish((await visitor.submit(code, "next", { code: await smsTo(world, CAROL) })).url)).claims(),
  ).toMatchObject({ amr: ["sms", "otp"] });
});

test("nor an account that never had a phone client from registering with its own e-mail and number", async () => {
  await using world = await createWorld(proxied);
  const typed = { email: CAROL, phone: PHONES[CAROL] ?? "" };
  expect(await exhausted(world, typed.phone)).toBe(5);
  const own = from(world, "198.51.100.1");
  const page = await own.submit(await start(own, typed), "next", { code: await codeTo(world, CAROL) });
  expect((await own.submit(page, "next", { code: await codeTo(world, typed.phone) })).activation).not.toBe("");
});

test("that a number has no account is not told by how often it is written to", async () => {
  await using world = await createWorld(proxied);
  expect(await exhausted(world, "+15555550188")).toBe(5);
});
