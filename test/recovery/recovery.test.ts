import { describe, expect, inject, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { atAccount, eventsOf, toldOf } from "../account/support.ts";
import { stage, state } from "../device/own-support.ts";
import { freshDatabase } from "../support/databases.ts";
import { listening, shape } from "../support/listening.ts";
import { codeTo } from "../support/newcomer.ts";
import { activate } from "../support/phone.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { atCode, begun, listed, made, ready } from "./support.ts";

const CAROL = "carol@example.com";
const ALICE_PHONE = "+15555550101";

describe("codes on paper", () => {
  test("are ten of 80 bits, allowed by a phone, shown once, kept as digests, and told of by mail", async () => {
    await using on = await stage();
    const own = await on.visitor.open("/account/recovery-codes");
    expect(own.text).toContain("You have none");
    expect(own.text).toContain("by your e-mail and your phone number it takes 48 hours");
    expect(own.text).not.toContain("The old ones");
    const asked = await on.visitor.submit(own, "make");
    expect((await scanned(on.world, asked.qr)).operation).toMatchObject({ setting: "Recovery codes" });
    const page = await ready(on.world, on.visitor, on.phone);
    expect(page.text).toContain("They are shown once");
    const codes = listed(await on.visitor.submit(page, "show"));
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(toldOf(await on.visitor.submit(page, "show"))).toContain("They were shown already");
    const after = await on.visitor.open("/account/recovery-codes");
    expect(after.text).toContain("10 recovery codes left");
    expect(after.text).not.toContain(codes[0] ?? "");
    const rows = JSON.stringify(await on.world.database.rows("SELECT * FROM recovery_code"));
    for (const code of codes) expect(rows).not.toContain(code.replaceAll("-", ""));
    expect(on.world.log.join("\n")).not.toContain(codes[0]);
    expect((await on.world.message(ALICE)).subject).toContain("New recovery codes");
    expect(await eventsOf(on.world, "recovery.codes-made")).toHaveLength(1);
  });

  test("are not shown for a decline, an old confirmation, or another's", async () => {
    await using on = await stage();
    const page = await ready(on.world, on.visitor, on.phone);
    expect((await createVisitor(on.world.issuer).open(page.url)).title).toContain("Sign in");
    expect((await on.visitor.open("/account/recovery-codes/new?operation=recovery_codes.x")).url).toBe(
      `${on.world.issuer}/account/recovery-codes`,
    );
    on.world.pass(10 * MINUTE);
    expect(toldOf(await on.visitor.submit(page, "show"))).toContain("They were shown already");
    expect(await on.world.database.rows("SELECT digest FROM recovery_code")).toEqual([]);
  });
});

describe("who has lost the phone", () => {
  test("sees the ladder before anything begins, from each page on which it is missed", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const identifier = await visitor.open("/account");
    expect(identifier.html.querySelector('a[href="/recovery"]')?.text).toBe("Lost your phone?");
    const number = await visitor.submit(identifier, "next", { identifier: ALICE });
    const help = await visitor.open(new URL(number.url).pathname.replace("challenge", "no-phone"));
    const ladder = await visitor.open(help.html.querySelector('a[href="/recovery"]')?.getAttribute("href") ?? "");
    for (const words of ["Another of your phones", "A recovery code on paper", "None of these", "At once"])
      expect(ladder.text).toContain(words);
    expect(await world.messages()).toEqual([]);
  });

  test("comes back with e-mail and a code: a new phone, the old ones and all sessions ended, told on all channels", async () => {
    await using on = await stage({ others: 1 });
    const [code = "", ...others] = await made(on.world, on.visitor, on.phone);
    const { visitor, page } = await atCode(on.world, ALICE);
    const activation = await visitor.submit(page, "next", { code: ` ${code.toLowerCase().replaceAll("-", " ")}` });
    expect(activation.url).toBe(`${on.world.issuer}/enrolment/activate`);
    expect(activation.text).not.toContain("Step 4 of 4");
    for (const phone of [on.phone, ...on.more]) expect(await state(phone)).toBe("device-revoked");
    expect((await on.visitor.open("/account")).title).toContain("Sign in");
    const told = await on.world.messages();
    for (const to of [ALICE, ALICE_PHONE]) {
      const texts = told.filter((message) => message.to === to).map(({ text }) => text);
      expect(texts.filter((text) => text.includes("was recovered with"))).toHaveLength(1);
      // Each phone that ended is told by its name.
      expect(texts.filter((text) => text.includes("was removed from your account"))).toHaveLength(2);
    }
    expect(told.find(({ subject }) => subject?.includes("recovered"))?.text).toContain("Left: 9 recovery codes");
    expect(await eventsOf(on.world, "device.revoked")).toEqual([
      { by: "recovery", clientId: null },
      { by: "recovery", clientId: null },
    ]);

    const phone = await activate(on.world.issuer, ALICE, activation.activation, "New phone");
    const first = await visitor.submit(activation, "answered");
    const done = await visitor.submit(first, "next", {
      response: phone.respond(first.challenge, { mode: "activate" }),
    });
    expect(done.text).toContain("One more response from the phone signs you in.");
    expect(done.html.querySelector("button[value=next]")?.text).toBe("Sign in to your account");
    const identifier = await visitor.submit(done, "next");
    const number = identifier.challenge ? identifier : await visitor.submit(identifier, "next", { identifier: ALICE });
    const inside = await visitor.submit(number, "next", {
      response: phone.respond(number.challenge, { mode: "login" }),
    });
    expect(inside.title).toContain("Your E-num account");

    // The code is used up, the others are not.
    const again = await atCode(on.world, ALICE);
    expect((await again.visitor.submit(again.page, "next", { code })).alert).toContain("does not fit");
    const next = await again.visitor.submit(again.page, "next", { code: others[0] ?? "" });
    expect(next.url).toBe(`${on.world.issuer}/enrolment/activate`);
  });

  test("does not come back by an older list, by another account's, without the e-mail, or after ten tries", async () => {
    await using on = await stage();
    const [old = ""] = await made(on.world, on.visitor, on.phone);
    const [code = ""] = await made(on.world, on.visitor, on.phone);
    const stranger = createVisitor(on.world.issuer);
    expect((await stranger.open("/recovery/code")).url).toBe(`${on.world.issuer}/recovery/start`);
    expect((await stranger.post("/recovery/code", `code=${code}`)).url).toBe(`${on.world.issuer}/recovery/start`);
    const carol = await atCode(on.world, CAROL);
    expect((await carol.visitor.submit(carol.page, "next", { code })).alert).toContain("does not fit");
    const alice = await atCode(on.world, ALICE);
    for (let tries = 0; tries < 10; tries += 1)
      expect((await alice.visitor.submit(alice.page, "next", { code: old })).status).toBe(422);
    expect((await alice.visitor.submit(alice.page, "next", { code })).status).toBe(429);
    on.world.pass(HOUR + SECOND);
    const later = await atCode(on.world, ALICE);
    expect((await later.visitor.submit(later.page, "next", { code })).activation).not.toBe("");
    expect(await eventsOf(on.world, "recovery.code-refused")).toHaveLength(11);
  });

  test("has ten minutes for the code by mail, to the second", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await begun(visitor, ALICE);
    const code = await codeTo(world, ALICE);
    world.pass(10 * MINUTE);
    expect((await visitor.submit(page, "next", { code })).alert).toContain("This code has run out");
    const resent = await visitor.submit(page, "resend");
    const next = await codeTo(world, ALICE);
    world.pass(10 * MINUTE - SECOND);
    expect((await visitor.submit(resent, "next", { code: next })).title).toContain("Enter a recovery code");
  });

  test.each(["nobody@example.com", CAROL, "bob@example.com", "+15550001111", "309999999999"])(
    "%s cannot be told from alice: the same statements, statuses and bytes, to the last wrong code",
    async (identifier) => {
      const fresh = await freshDatabase(inject("engine"), { holds: "people" });
      const { database, sent } = listening(fresh.database);
      await using world = await createWorld({ database: { ...fresh, database } });
      const own = identifier.startsWith("+") ? ALICE_PHONE : identifier.startsWith("3") ? "301234567890" : ALICE;
      const courses = [];
      for (const each of [own, identifier]) {
        const visitor = createVisitor(world.issuer);
        sent.length = 0;
        const first = await begun(visitor, each);
        const pages = [first, await visitor.submit(first, "resend")];
        for (const code of ["AAAAAAAA", "AAAAAAAB", "AAAAAAAC", "AAAAAAAD"])
          pages.push(await visitor.submit(first, "next", { code }));
        courses.push({ pages: pages.map(shape), statements: [...sent] });
      }
      expect(courses[1]).toEqual(courses[0]);
    },
  );
});

test("few codes are warned of", async () => {
  await using on = await stage();
  await made(on.world, on.visitor, on.phone);
  await on.world.database.rows(
    "UPDATE recovery_code SET used_at = 1 WHERE digest IN (SELECT digest FROM recovery_code LIMIT 7)",
  );
  const { visitor } = await atAccount(on.world);
  const page = await visitor.open("/account/recovery-codes");
  expect(page.text).toContain("3 recovery codes left");
  expect(page.text).toContain("Few are left");
});
