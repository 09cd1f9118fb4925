/** What strangers do to somebody's ways back: it uses up what is theirs, and tells them nothing. */
import { expect, test } from "vitest";
import { stage } from "../device/own-support.ts";
import { codeTo } from "../support/newcomer.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { looked, opened, shownOn } from "./deciding.ts";
import { atCode, begun, made } from "./support.ts";

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
