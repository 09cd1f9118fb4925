import { describe, expect, inject, test } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { atAccount, eventsOf } from "../account/support.ts";
import { changed, listener } from "../contact/support.ts";
import { stage, state } from "../device/own-support.ts";
import { PHONES, wrongCode } from "../support/by-sms.ts";
import { freshDatabase } from "../support/databases.ts";
import { listening, shape } from "../support/listening.ts";
import { activate } from "../support/phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import {
  ALICE_PHONE,
  atCode,
  atPhone,
  atPhoneCode,
  atWait,
  begun,
  made,
  smsCode,
  statuses,
  stopLink,
} from "./support.ts";

const CAROL = "carol@example.com";
const WAIT = 48 * HOUR;

describe("by e-mail and phone number", () => {
  test("what waits is told at once by mail and SMS with a link, and everything goes on as it was", async () => {
    await using on = await stage();
    const { visitor, page } = await atPhone(on.world);
    for (const words of ["48 hours must pass", "your phones go on working", "7 days"])
      expect(page.text).toContain(words);
    const code = await visitor.submit(page, "send");
    expect(code.url).toBe(`${on.world.issuer}/recovery/phone-code`);
    const typed = await smsCode(on.world);
    const heard = listener(on.world);
    await heard();
    const waits = await visitor.submit(code, "next", { code: typed });
    expect(waits.title).toContain("Your recovery waits");
    expect(await heard()).toEqual([ALICE_PHONE, ALICE].sort());
    expect((await on.world.message(ALICE)).text).toContain("somebody has proven your e-mail and your phone number");
    expect(await stopLink(on.world, ALICE)).toBe(await stopLink(on.world, ALICE_PHONE));
    expect(await eventsOf(on.world, "recovery.asked")).toMatchObject([{ way: "contacts" }]);
    expect(await state(on.phone)).toBe("there");
    expect((await on.visitor.open("/account")).title).toContain("Your E-num account");
    expect(on.world.log.join("\n")).not.toContain(typed);
    const rows = JSON.stringify(await on.world.database.rows("SELECT * FROM recovery_wait"));
    expect(rows).not.toContain((await stopLink(on.world, ALICE)).slice(-22));
  });

  test("after 48 hours, to the second, both are proven again and the account is taken up: all that was ends, and is told", async () => {
    await using on = await stage();
    const codes = await made(on.world, on.visitor, on.phone);
    await atWait(on.world);
    on.world.pass(WAIT - SECOND);
    await on.world.drain();
    const early = await atWait(on.world);
    expect(early.page.title).toContain("Your recovery waits");
    expect((await early.visitor.post("/recovery/wait", "action=finish")).title).toContain("Your recovery waits");
    expect(await state(on.phone)).toBe("there");
    on.world.pass(SECOND);
    expect((await on.world.message(ALICE)).subject).toContain("You can recover your E-num account now");
    const owner = await atAccount(on.world);
    expect((await owner.visitor.open("/account")).text).toContain("all your phones can be replaced now, until");
    // Nobody is told to wait once more.
    const once = await atPhone(on.world);
    expect(once.page.text).toContain("The 48 hours are over");
    expect(once.page.text).not.toContain("must pass");
    const { visitor, page } = await atWait(on.world);
    expect(page.title).toContain("Recover the account now?");
    const activation = await visitor.submit(page, "finish");
    expect(activation.url).toBe(`${on.world.issuer}/enrolment/activate`);
    expect(await state(on.phone)).toBe("device-revoked");
    expect((await on.visitor.open("/account")).title).toContain("Sign in");
    expect(await eventsOf(on.world, "recovery.by-contacts")).toMatchObject([{ codes: 10 }]);
    expect(await eventsOf(on.world, "device.revoked")).toMatchObject([{ by: "recovery" }]);
    for (const to of [ALICE, ALICE_PHONE]) {
      const texts = (await on.world.messages()).filter((message) => message.to === to).map(({ text }) => text);
      expect(
        texts.filter((text) => /account (at \S+ )?was recovered/.test(text) && !text.includes("the phone")),
      ).toHaveLength(1);
      expect(texts.filter((text) => text.includes("was removed from your account"))).toHaveLength(1);
    }
    // The codes on paper are void.
    const paper = await atCode(on.world, ALICE);
    const [code = ""] = codes;
    expect((await paper.visitor.submit(paper.page, "next", { code })).alert).toContain("does not fit");

    const phone = await activate(on.world.issuer, ALICE, activation.activation, "New phone");
    const first = await visitor.submit(activation, "answered");
    await visitor.submit(first, "next", { response: phone.respond(first.challenge, { mode: "activate" }) });
    const number = await visitor.submit(await visitor.open("/account"), "next", { identifier: ALICE });
    const inside = await visitor.submit(number, "next", {
      response: phone.respond(number.challenge, { mode: "login" }),
    });
    expect(inside.title).toContain("Your E-num account");
    expect(inside.text).not.toContain("Your account is being recovered");
  });

  test("who begins again while one waits makes it neither longer nor shorter, and nobody is told twice", async () => {
    await using world = await createWorld();
    await atWait(world);
    const [before] = await world.database.rows("SELECT * FROM recovery_wait");
    world.pass(24 * HOUR);
    const phone = await atPhone(world);
    expect(phone.page.text).toContain("waits already");
    expect(phone.page.text).not.toContain("48 hours");
    const { page } = await atWait(world);
    expect(page.title).toContain("Your recovery waits");
    expect(await world.database.rows("SELECT * FROM recovery_wait")).toEqual([before]);
    expect(await eventsOf(world, "recovery.asked")).toHaveLength(1);
    expect((await world.messages()).filter(({ text }) => text.includes("/stop/"))).toHaveLength(2);
  });

  test("one that is not taken up for seven days lapses, to the second, and its owner is told", async () => {
    await using world = await createWorld();
    await atWait(world);
    world.pass(WAIT + 7 * DAY - SECOND);
    const { visitor, page } = await atWait(world);
    expect(page.title).toContain("Recover the account now?");
    world.pass(SECOND);
    expect((await visitor.submit(page, "finish")).title).toContain("No recovery waits");
    const heard = listener(world);
    await heard();
    expect(await statuses(world)).toEqual(["lapsed"]);
    expect((await world.message(ALICE)).subject).toContain("is over");
    expect(await eventsOf(world, "recovery.lapsed")).toHaveLength(1);
    expect(await eventsOf(world, "device.revoked")).toEqual([]);
  });

  test("one that has lapsed is in nobody's way, also where no worker has come by", async () => {
    await using world = await createWorld();
    await atWait(world);
    await world.database.rows("UPDATE recovery_wait SET next_at = next_at + ?", [365 * DAY]);
    world.pass(WAIT + 7 * DAY);
    expect((await atWait(world)).page.title).toContain("Your recovery waits");
    expect((await statuses(world)).sort()).toEqual(["lapsed", "waiting"]);
    expect((await world.messages()).filter(({ subject }) => subject?.includes("is over"))).toHaveLength(1);
  });

  test("a recovery that was taken up, and left before a phone was connected, is taken up once more", async () => {
    await using world = await createWorld();
    await atWait(world);
    world.pass(WAIT);
    const first = await atWait(world);
    await first.visitor.submit(first.page, "finish");
    world.pass(HOUR);
    const again = await atWait(world);
    expect(again.page.title).toContain("Recover the account now?");
    expect((await again.visitor.submit(again.page, "finish")).activation).not.toBe("");
    world.pass(7 * DAY);
    expect((await atWait(world)).page.title).toContain("Your recovery waits");
  });

  test("a code on paper is faster, and what waited is over", async () => {
    await using on = await stage();
    const [code = ""] = await made(on.world, on.visitor, on.phone);
    await atWait(on.world);
    const link = await stopLink(on.world, ALICE);
    const paper = await atCode(on.world, ALICE);
    expect((await paper.visitor.submit(paper.page, "next", { code })).activation).not.toBe("");
    expect(await statuses(on.world)).toEqual(["replaced"]);
    expect((await createVisitor(on.world.issuer).open(link)).status).toBe(410);
  });

  test("a change of the e-mail by the phone stops it: what was proven is the account's no more", async () => {
    await using on = await stage();
    await atWait(on.world);
    await changed(on.world, on.visitor, on.phone, "email");
    expect(await statuses(on.world)).toEqual(["stopped"]);
    expect(await eventsOf(on.world, "recovery.stopped")).toMatchObject([{ by: "contact" }]);
  });

  test("nobody is asked for an SMS before the e-mail is proven, nor comes to the wait before both are", async () => {
    await using world = await createWorld();
    const stranger = createVisitor(world.issuer);
    for (const path of ["/recovery/phone", "/recovery/phone-code", "/recovery/wait"])
      expect((await stranger.open(path)).url).toBe(`${world.issuer}/recovery/start`);
    expect((await stranger.post("/recovery/phone", "action=send")).url).toBe(`${world.issuer}/recovery/start`);
    const { visitor } = await atPhone(world);
    for (const path of ["/recovery/phone-code", "/recovery/wait"])
      expect((await visitor.open(path)).url).toBe(`${world.issuer}/recovery/phone`);
    expect((await world.messages()).filter(({ to }) => to === ALICE_PHONE)).toEqual([]);
  });
});

describe("the code by SMS", () => {
  test("has five minutes, to the second, three tries and three codes", async () => {
    await using world = await createWorld();
    const { visitor, page } = await atPhoneCode(world);
    const code = await smsCode(world);
    expect((await visitor.submit(page, "next", { code: "12345" })).alert).toContain("not the whole code");
    world.pass(5 * MINUTE);
    expect((await visitor.submit(page, "next", { code })).alert).toContain("This code has run out");
    const resent = await visitor.submit(page, "resend");
    const next = await smsCode(world);
    for (const left of ["2 tries left", "1 try left", "This code is used up", "This code is used up"])
      expect((await visitor.submit(resent, "next", { code: wrongCode(next) })).alert).toContain(left);
    expect((await visitor.submit(resent, "next", { code: next })).alert).toContain("This code is used up");
    await visitor.submit(resent, "resend");
    const last = await smsCode(world);
    expect((await visitor.submit(resent, "resend")).status).toBe(429);
    world.pass(5 * MINUTE - SECOND);
    expect((await visitor.submit(resent, "next", { code: last })).title).toContain("Your recovery waits");
    expect(await eventsOf(world, "recovery.sms-refused")).toHaveLength(3);
    expect(await eventsOf(world, "recovery.sms-sent")).toHaveLength(3);
  });

  test("is not sent to a country that is not served, and too many not from one address; It was not me stops none", async () => {
    await using world = await createWorld({ config: { smsCountries: [{ prefix: "+7", budget: 10 }] } });
    const unserved = await atPhone(world);
    const told = await unserved.visitor.submit(unserved.page, "send");
    expect([told.status, told.alert]).toEqual([422, expect.stringContaining("No SMS can be sent")]);

    await using other = await createWorld();
    const { id } =
      (await other.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE])) ?? {};
    await other.database.rows("INSERT INTO guard (account_id, expires_at) VALUES (?, ?)", [
      id ?? "",
      other.now() + DAY,
    ]);
    for (let count = 0; count < 3; count += 1)
      expect((await atPhoneCode(other)).page.title).toContain("code from the SMS");
    expect((await atPhoneCode(other)).page.status).toBe(429);
  });

  test("begins three recoveries in a week, and no more", async () => {
    await using on = await stage();
    for (let count = 0; count < 3; count += 1) {
      await atWait(on.world);
      await on.visitor.submit(await on.visitor.open("/account"), "stop");
      on.world.pass(2 * HOUR);
      on.visitor = (await atAccount(on.world)).visitor;
    }
    on.world.pass(DAY);
    expect((await atWait(on.world)).page.alert).toContain("Too many recoveries were begun");
    expect(await statuses(on.world)).toEqual(["stopped", "stopped", "stopped"]);
  });
});

test.each(["nobody@example.com", CAROL, "bob@example.com", "+15550001111", "309999999999"])(
  "%s cannot be told from alice on the way by the phone number: the same statements, statuses and bytes",
  async (identifier) => {
    const fresh = await freshDatabase(inject("engine"), { holds: "people" });
    const { database, sent } = listening(fresh.database);
    await using world = await createWorld({ database: { ...fresh, database } });
    const own = identifier.startsWith("+") ? ALICE_PHONE : identifier.startsWith("3") ? "301234567890" : ALICE;
    const courses = [];
    for (const each of [own, identifier]) {
      const visitor = createVisitor(world.issuer);
      sent.length = 0;
      const first = await begun(visitor, each, "?by=phone");
      const pages = [first, await visitor.submit(first, "resend"), await visitor.open("/recovery/phone")];
      for (const code of ["AAAAAAAA", "AAAAAAAB", "AAAAAAAC", "AAAAAAAD"])
        pages.push(await visitor.submit(first, "next", { code }));
      courses.push({ pages: pages.map(shape), statements: [...sent] });
    }
    expect(courses[1]).toEqual(courses[0]);
  },
);

test("carol, who never had a phone client, comes back as well; her number is PHONES'", async () => {
  await using world = await createWorld();
  await atWait(world, CAROL, PHONES[CAROL]);
  world.pass(WAIT);
  const { visitor, page } = await atWait(world, CAROL, PHONES[CAROL]);
  expect((await visitor.submit(page, "finish")).activation).not.toBe("");
});
