import { describe, expect, test } from "vitest";
import { DAY, HOUR } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { carol, listener } from "../contact/support.ts";
import { stage } from "../device/own-support.ts";
import { BY_SMS, CAROL, PHONES, signInBySms } from "../support/by-sms.ts";
import { order, STORE } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { ALICE_PHONE, atWait, smsCode, statuses, stopLink } from "./support.ts";

const WAIT = 48 * HOUR;
const WARNING = "Your account is being recovered";
const OWN_PAGES = [
  "",
  "/devices",
  "/contact",
  "/recovery-codes",
  "/passkeys",
  "/sessions",
  "/sites",
  "/history",
  "/care",
];

describe("a recovery that waits is stopped", () => {
  test("by the link of a message in any browser: to look changes nothing, to press does, and its owner is told", async () => {
    await using world = await createWorld();
    await atWait(world);
    const link = await stopLink(world, ALICE);
    const stranger = createVisitor(world.issuer);
    await stranger.open(link);
    const page = await stranger.open(link);
    expect(page.text).toContain("An E-num account is being recovered");
    expect(await statuses(world)).toEqual(["waiting"]);
    const heard = listener(world);
    await heard();
    const stopped = await stranger.submit(page, "stop");
    expect(stopped.title).toContain("It is stopped");
    expect(stopped.text).toContain("ask your phone company");
    expect(stopped.text).not.toContain("signed in to it");
    expect(await heard()).toEqual([ALICE_PHONE, ALICE].sort());
    expect((await stranger.submit(page, "stop")).title).toContain("It is stopped");
    expect(await heard()).toEqual([]);
    expect(await eventsOf(world, "recovery.stopped")).toMatchObject([{ by: "link" }]);
    expect(world.log.join("\n")).not.toContain(link.slice(-22));
    world.pass(WAIT);
    expect((await atWait(world)).page.title).toContain("Your recovery waits");
    const mails = (await world.messages()).filter(({ subject }) => subject?.includes("was stopped"));
    expect(mails.map(({ text }) => text.includes("change the password of your mailbox"))).toEqual([true]);
  });

  test("whose time has come says that it can be finished now, and until when", async () => {
    await using world = await createWorld();
    await atWait(world);
    const link = await stopLink(world, ALICE);
    const visitor = createVisitor(world.issuer);
    expect((await visitor.open(link)).text).toMatch(/From .* on all its phones can be replaced/);
    world.pass(WAIT);
    const { text } = await visitor.open(link);
    expect(text).toMatch(/Now, and until .*, all its phones can be replaced/);
    expect(text).not.toContain("From ");
  });

  test("from every page of the account, which says so plainly", async () => {
    await using on = await stage();
    await atWait(on.world);
    for (const path of OWN_PAGES) {
      const page = await on.visitor.open(`/account${path}`);
      expect([path, page.text]).toEqual([path, expect.stringContaining(WARNING)]);
    }
    expect((await on.visitor.open("/account/recovery")).title).toContain("Stop the recovery?");
    const stopped = await on.visitor.submit(await on.visitor.open("/account/history"), "stop");
    expect(stopped.title).toContain("It is stopped");
    expect(await eventsOf(on.world, "recovery.stopped")).toMatchObject([{ by: "account" }]);
    expect((await on.visitor.open("/account")).text).not.toContain(WARNING);
    expect((await on.visitor.open("/account/recovery")).status).toBe(410);
    expect((await on.visitor.post("/account/recovery", "action=stop")).status).toBe(410);
  });

  test("by who signed in by SMS as well, and by nobody who is not signed in, nor by another account", async () => {
    await using world = await createWorld();
    await atWait(world);
    const stranger = createVisitor(world.issuer);
    expect((await stranger.post("/account/recovery", "action=stop")).title).toContain("Sign in");
    const other = await carol(world);
    expect((await other.open("/account/contact")).text).not.toContain(WARNING);
    expect((await other.post("/account/recovery", "action=stop")).status).toBe(410);
    expect(await statuses(world)).toEqual(["waiting"]);
    await atWait(world, CAROL, PHONES[CAROL]);
    const page = await other.open("/account/contact");
    expect(page.text).toContain(WARNING);
    expect((await other.submit(page, "stop")).title).toContain("It is stopped");
    expect((await statuses(world)).sort()).toEqual(["stopped", "waiting"]);
  });

  test("not by another site's form, nor by what is no key", async () => {
    await using world = await createWorld();
    await atWait(world);
    const visitor = createVisitor(world.issuer);
    const { pathname } = new URL(await stopLink(world, ALICE));
    expect((await visitor.post(pathname, "action=stop", { origin: "https://mallory.example" })).status).toBe(403);
    for (const key of ["AAAAAAAAAAAAAAAAAAAAAA", "x", "%00"])
      expect((await visitor.open(`/stop/${key}`)).status).toBeGreaterThanOrEqual(400);
    expect(await statuses(world)).toEqual(["waiting"]);
  });
});

describe("while one waits", () => {
  test("the phone's answers do not stop it, and its owner is told once that it goes on", async () => {
    await using on = await stage();
    await atWait(on.world);
    const heard = listener(on.world);
    await heard();
    await on.world.drain();
    expect(await heard()).toEqual([]);
    on.world.pass(HOUR);
    await signIn(on.world);
    await on.world.drain();
    await signIn(on.world);
    expect(await heard()).toEqual([ALICE_PHONE, ALICE].sort());
    expect((await on.world.message(ALICE)).subject).toContain("Your phone has answered");
    expect(await stopLink(on.world, ALICE_PHONE)).toContain("/stop/");
    expect(await statuses(on.world)).toEqual(["waiting"]);
    const link = await stopLink(on.world, ALICE);
    const stranger = createVisitor(on.world.issuer);
    await stranger.submit(await stranger.open(link), "stop");
    expect(await statuses(on.world)).toEqual(["stopped"]);
  });

  test("no code by SMS confirms a payment, which is said, and a response does; a sign-in by SMS goes on", async () => {
    await using world = await createWorld({ clients: [STORE], policy: BY_SMS });
    const visitor = createVisitor(world.issuer);
    await signIn(world, { visitor, client: STORE });
    const asked = { scope: "openid", acr_values: "urn:e-num:acr:sms" };
    const offers = async () => {
      const { page } = await order(world, visitor, undefined, asked);
      return { offered: page.html.querySelector('button[value="sms"]') !== null, text: page.text };
    };
    expect((await offers()).offered).toBe(true);
    await atWait(world);
    const link = await stopLink(world, ALICE);
    const now = await offers();
    expect(now.offered).toBe(false);
    expect(now.text).toContain("until that has ended no code by SMS confirms anything");
    const { back } = await signInBySms(world, createVisitor(world.issuer), ALICE);
    expect(back.url).toContain("code=");
    await visitor.submit(await visitor.open(link), "stop");
    expect((await offers()).offered).toBe(true);
    expect(await world.database.rows("SELECT id FROM policy_raised")).toEqual([]);
  });

  test("a code that was sent before it began confirms nothing either", async () => {
    await using world = await createWorld({ clients: [STORE], policy: BY_SMS });
    const visitor = createVisitor(world.issuer);
    await signIn(world, { visitor, client: STORE });
    const { page } = await order(world, visitor, undefined, { scope: "openid", acr_values: "urn:e-num:acr:sms" });
    const code = await visitor.submit(page, "sms");
    const typed = await smsCode(world);
    await atWait(world);
    const refused = await visitor.submit(code, "next", { code: typed });
    expect(refused.alert).toContain("a code by SMS is not enough");
    expect(await eventsOf(world, "operation.confirmed")).toEqual([]);
  });
});

test("what is over is swept", async () => {
  await using on = await stage();
  await atWait(on.world);
  await on.visitor.submit(await on.visitor.open("/account"), "stop");
  const rows = async (table: string) => (await on.world.database.rows(`SELECT * FROM ${table}`)).length;
  on.world.pass(2 * HOUR);
  await on.world.sweep();
  expect([await rows("recovery_phone"), await rows("recovery_wait")]).toEqual([0, 1]);
  on.world.pass(90 * DAY);
  await on.world.sweep();
  expect(await rows("recovery_wait")).toBe(0);
});
