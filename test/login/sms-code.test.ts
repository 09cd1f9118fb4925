import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { askForSms, CAROL, numberFor, signInBySms, smsTo, wrongCode } from "../support/by-sms.ts";
import { codeTo } from "../support/newcomer.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

describe("what a code is bound to", () => {
  test("a code of one visit is refused in another", async () => {
    await using world = await createWorld();
    const [one, two] = [createVisitor(world.issuer), createVisitor(world.issuer)];
    await askForSms(world, one, (await numberFor(world, one, CAROL)).page, CAROL);
    const first = await smsTo(world, CAROL);
    const page = await askForSms(world, two, (await numberFor(world, two, CAROL)).page, CAROL);
    expect(await smsTo(world, CAROL)).not.toBe(first);
    const refused = await two.submit(page, "next", { code: first });
    expect([refused.status, refused.alert.includes("2 tries")]).toEqual([422, true]);
  });

  test("a newer code of the same visit takes the older one's place", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await askForSms(world, visitor, (await numberFor(world, visitor, CAROL)).page, CAROL);
    const first = await smsTo(world, CAROL);
    const early = await visitor.submit(page, "resend");
    expect([early.status, early.text.includes("less than a minute")]).toEqual([429, true]);
    world.pass(MINUTE);
    const again = await visitor.submit(early, "resend");
    expect(again.status).toBe(200);
    const second = await smsTo(world, CAROL);
    expect((await visitor.submit(again, "next", { code: first })).status).toBe(422);
    expect((await visitor.submit(again, "next", { code: second })).url).toContain("code=");
  });

  test("the check number of the visit answers no more after it, and the phone's answer still comes first", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, ALICE);
    const code = await askForSms(world, visitor, page, ALICE);
    const back = await visitor.open(code.html.querySelector(".below a")?.getAttribute("href") ?? "");
    expect(back.challenge).toBe(page.challenge);
    expect((await visitor.submit(back, "next", { response: world.answer(ALICE, back.challenge) })).url).toContain(
      "code=",
    );
  });
});

describe("failures are seen on the page, with a way on", () => {
  async function atCode(world: World) {
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, CAROL);
    return { visitor, page: await askForSms(world, visitor, page, CAROL), code: await smsTo(world, CAROL) };
  }

  test("nothing, or what is no code, costs no try", async () => {
    await using world = await createWorld();
    const { visitor, page, code } = await atCode(world);
    for (const typed of ["", "12345", "1234567", "12345a"])
      expect((await visitor.submit(page, "next", { code: typed })).status).toBe(422);
    expect(await world.database.rows("SELECT tries FROM sms_code")).toEqual([{ tries: 0 }]);
    expect((await visitor.submit(page, "next", { code })).url).toContain("code=");
  });

  test("the same wrong code twice, as by a double click, is one try", async () => {
    await using world = await createWorld();
    const { visitor, page, code } = await atCode(world);
    for (let count = 0; count < 4; count += 1)
      expect((await visitor.submit(page, "next", { code: wrongCode(code) })).alert).toContain("2 tries");
  });

  test("three wrong codes end it; a new one works, and takes back what the visit has cost", async () => {
    await using world = await createWorld();
    const { visitor, page, code } = await atCode(world);
    let last = page;
    for (let count = 1; count <= 3; count += 1)
      last = await visitor.submit(page, "next", { code: wrongCode(code, count) });
    expect([last.title.includes("used up"), last.html.querySelector("input[name=code]")]).toEqual([true, null]);
    expect((await visitor.submit(page, "next", { code })).title).toContain("used up");
    world.pass(MINUTE);
    const again = await visitor.submit(last, "resend");
    expect((await visitor.submit(again, "next", { code: await smsTo(world, CAROL) })).url).toContain("code=");
    const counters = await world.database.rows("SELECT failures, total, locks, locked_until FROM counter");
    expect(counters).toEqual([{ failures: 0, total: 0, locks: 0, locked_until: 0 }]);
  });

  test("after five minutes it has run out, and the page offers another", async () => {
    await using world = await createWorld();
    const { visitor, page, code } = await atCode(world);
    world.pass(5 * MINUTE);
    const late = await visitor.submit(page, "next", { code });
    expect(late.title).toContain("run out");
    expect((await visitor.open(late.url)).html.querySelector('button.primary[value="resend"]')).not.toBeNull();
  });

  test("wrong codes count as wrong responses do: the fifth locks both ways, and the owner is told", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { page: number } = await numberFor(world, visitor, ALICE);
    for (const response of ["1000000", "1000001"]) await visitor.submit(number, "next", { response });
    const page = await askForSms(world, visitor, number, ALICE);
    const code = await smsTo(world, ALICE);
    for (let count = 1; count <= 2; count += 1) await visitor.submit(page, "next", { code: wrongCode(code, count) });
    const locked = await visitor.submit(page, "next", { code: wrongCode(code, 3) });
    expect(locked.status).toBe(429);
    expect((await visitor.submit(page, "next", { code })).title).toContain("used up");
    world.pass(MINUTE);
    expect((await visitor.submit(page, "resend")).status).toBe(429);
    const { page: other } = await numberFor(world, createVisitor(world.issuer), ALICE);
    expect(other.status).toBe(429);
    expect((await world.message(ALICE)).subject).toBe("Wrong responses for your E-num account");
  });

  test("a right code at the fifth try takes back its own lock, and leaves what responses have cost", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { page: number } = await numberFor(world, visitor, ALICE);
    for (const response of ["1000000", "1000001"]) await visitor.submit(number, "next", { response });
    const page = await askForSms(world, visitor, number, ALICE);
    const code = await smsTo(world, ALICE);
    for (let count = 1; count <= 2; count += 1) await visitor.submit(page, "next", { code: wrongCode(code, count) });
    expect((await visitor.submit(page, "next", { code })).url).toContain("code=");
    expect(await world.database.rows("SELECT failures, total, locks, locked_until FROM counter")).toEqual([
      { failures: 2, total: 2, locks: 0, locked_until: 0 },
    ]);
  });

  test("a right code forgives nothing that other visits have cost", async () => {
    await using world = await createWorld();
    const guesser = createVisitor(world.issuer);
    const { page: number } = await numberFor(world, guesser, ALICE);
    for (const response of ["1000000", "1000001"]) await guesser.submit(number, "next", { response });
    await signInBySms(world, createVisitor(world.issuer), ALICE);
    expect(await world.database.rows("SELECT failures, total FROM counter WHERE failures > 0")).toEqual([
      { failures: 2, total: 2 },
    ]);
  });

  test("It was not me ends the visit, and its code is worth nothing", async () => {
    await using world = await createWorld();
    const { visitor, page, code } = await atCode(world);
    const farewell = await visitor.submit(page, "decline");
    expect(farewell.title).toContain("Nothing was confirmed");
    expect((await visitor.submit(page, "next", { code })).url).not.toContain("code=");
    expect(await eventsOf(world, "login.declined")).toHaveLength(1);
  });

  test("a page that was left behind leads on: no code was asked for, or the visit is over", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, CAROL);
    const path = new URL(page.url).pathname.replace(/challenge$/, "code");
    expect((await visitor.open(path)).url).toBe(page.url);
    expect((await visitor.post(path, "action=next&code=123456")).url).toBe(page.url);
    expect((await visitor.open(`${path}-email`)).url).toBe(page.url);
  });

  test("the code is in no log", async () => {
    await using world = await createWorld();
    const { visitor, page, code } = await atCode(world);
    await visitor.submit(page, "next", { code: wrongCode(code) });
    await visitor.submit(page, "next", { code });
    const events = await world.database.rows("SELECT detail FROM event");
    for (const text of [...world.log, JSON.stringify(events)]) expect(text).not.toContain(code);
    expect(await codeTo(world, CAROL)).toMatch(/^[0-9A-Z]{8}$/);
  });

  test("the figures tell what was asked for and tried", async () => {
    await using world = await createWorld();
    const { visitor, page, code } = await atCode(world);
    await visitor.submit(page, "next", { code: wrongCode(code) });
    await visitor.submit(page, "next", { code });
    const figures = await world.metrics();
    for (const verdict of ["sent", "wrong-code", "accepted"])
      expect(figures).toContain(`enum_id_sms_codes_total{purpose="login",verdict="${verdict}"} 1`);
  });
});
