import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { atAccount, eventsOf, toldOf } from "../account/support.ts";
import { confirmBy } from "../device/own-support.ts";
import { codeTo } from "../support/newcomer.ts";
import { scanned } from "../support/scan.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import {
  ALICE,
  ALICE_PHONE,
  asked,
  CAROL,
  CAROL_PHONE,
  callbackOf,
  carol,
  changed,
  contactsOf,
  linkTo,
  listener,
  NEW,
  proven,
  stage,
  waiting,
} from "./support.ts";

describe("with the phone", () => {
  test("the e-mail changes at once: shown on the phone, told on the old, the new and the number, and it signs in", async () => {
    await using on = await stage();
    const confirm = await proven(on.world, on.visitor, "email");
    expect(confirm.html.querySelectorAll("dd").map(({ text }) => text)).toEqual([ALICE, NEW.email]);
    expect(await contactsOf(on.world, NEW.email)).toBeUndefined();
    const page = await on.visitor.submit(confirm, "confirm");
    const { operation } = await scanned(on.world, page.qr);
    expect(operation).toMatchObject({
      type: "security_settings",
      setting: "E-mail of the account",
      from: "a•••@example.com",
      to: NEW.email,
    });
    const heard = listener(on.world);
    await heard();
    const done = await confirmBy(on.world, on.visitor, page, on.phone);
    expect(done.url).toBe(`${on.world.issuer}/account/contact`);
    expect(toldOf(done)).toContain("It is changed");
    expect(done.text).toContain(NEW.email);
    expect(await heard()).toEqual([ALICE_PHONE, ALICE, NEW.email].sort());
    const [confirmed] = await on.world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(await eventsOf(on.world, "contact.changed")).toMatchObject([
      { kind: "email", proof: "confirmation", confirmation: confirmed?.id },
    ]);
    // What is told once is told once.
    expect(toldOf(await on.visitor.open("/account/contact"))).toBeUndefined();

    const visitor = createVisitor(on.world.issuer);
    const number = await visitor.submit(await visitor.open("/account"), "next", { identifier: NEW.email });
    const inside = await visitor.submit(number, "next", { response: on.phone.respond(number.challenge) });
    expect(inside.text).toContain(NEW.email);
  });

  test("the phone number changes at once, and the old and the new are told by SMS", async () => {
    await using on = await stage();
    const heard = listener(on.world);
    await proven(on.world, on.visitor, "phone");
    await heard();
    const done = await changed(on.world, on.visitor, on.phone, "phone");
    expect(toldOf(done)).toContain("It is changed");
    expect(await contactsOf(on.world, ALICE)).toEqual({ email: ALICE, phone: NEW.phone });
    const told = (await on.world.messages()).filter(({ text, subject }) =>
      `${subject} ${text}`.includes("was changed"),
    );
    expect(told.map(({ to }) => to).sort()).toEqual([ALICE_PHONE, NEW.phone, ALICE].sort());
  });

  test("all other sessions end, and the browser in hand stays", async () => {
    await using on = await stage();
    const { visitor: other } = await atAccount(on.world);
    await changed(on.world, on.visitor, on.phone, "email");
    expect((await other.open("/account")).title).toContain("Sign in");
    expect((await on.visitor.open("/account")).title).toContain("Your E-num account");
    expect(await eventsOf(on.world, "session.ended")).toMatchObject([{ by: "provider" }]);
  });

  test("who signed in by SMS is asked for a sign-in by the phone as well, and goes on to the change", async () => {
    await using on = await stage();
    const visitor = await carol(on.world, ALICE);
    const identifier = await visitor.submit(await proven(on.world, visitor, "email"), "confirm");
    const number = await visitor.submit(identifier, "next", { identifier: ALICE });
    const page = await visitor.submit(number, "next", { response: on.phone.respond(number.challenge) });
    expect(page.title).toContain("Change the security setting");
    expect(toldOf(await confirmBy(on.world, visitor, page, on.phone))).toContain("It is changed");
    expect(await contactsOf(on.world, NEW.email)).toBeDefined();
  });

  test("a change that waited is made at once, and waits no more", async () => {
    await using on = await stage();
    expect(toldOf(await waiting(on.world, on.visitor, "email"))).toContain("It will change in 48 hours");
    const link = await linkTo(on.world, ALICE);
    const page = await on.visitor.submit(await on.visitor.open("/account/contact/email/confirm"), "confirm");
    expect(toldOf(await confirmBy(on.world, on.visitor, page, on.phone))).toContain("It is changed");
    expect((await on.visitor.open(link)).status).toBe(410);
    on.world.pass(48 * HOUR);
    await on.world.drain();
    expect(await eventsOf(on.world, "contact.changed")).toHaveLength(1);
  });

  test.each([
    ["another address", { to: "mallory@example.com" }],
    ["other words", { setting: "A free book" }],
  ])("a confirmation of %s changes nothing, whatever the browser has made of the request", async (_title, members) => {
    await using on = await stage();
    const confirm = await proven(on.world, on.visitor, "email");
    const { url } = await on.visitor.once(new URL(confirm.url).pathname, "action=confirm");
    const address = new URL(url);
    const [element] = JSON.parse(address.searchParams.get("authorization_details") ?? "[]");
    address.searchParams.set("authorization_details", JSON.stringify([{ ...element, ...members }]));
    const page = await on.visitor.open(address.href);
    expect(toldOf(await confirmBy(on.world, on.visitor, page, on.phone))).toContain("Nothing has changed");
    expect(await contactsOf(on.world, ALICE)).toBeDefined();
  });

  test("a decline changes nothing, nor a confirmation that is ten minutes old, nor one by a phone that has gone", async () => {
    await using on = await stage();
    const page = await on.visitor.submit(await proven(on.world, on.visitor, "email"), "confirm");
    const declined = await on.visitor.submit(page, "decline");
    const back = await on.visitor.open(declined.html.querySelector("a.button")?.getAttribute("href") ?? "");
    expect(toldOf(back)).toContain("Nothing has changed");

    const old = await callbackOf(on.world, on.visitor, on.phone, "email");
    on.world.pass(10 * MINUTE);
    expect(toldOf(await on.visitor.open(old))).toContain("Nothing has changed");

    const gone = await callbackOf(on.world, on.visitor, on.phone, "email");
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(toldOf(await on.visitor.open(gone))).toContain("Nothing has changed");
    expect(await contactsOf(on.world, ALICE)).toBeDefined();
  });

  test("what became another account's since it was proven is told, and nothing changes", async () => {
    await using on = await stage();
    const callback = await callbackOf(on.world, on.visitor, on.phone, "email");
    await on.world.database.rows("UPDATE account SET email = ? WHERE email = ?", [NEW.email, CAROL]);
    expect(toldOf(await on.visitor.open(callback))).toContain("it has come to belong to another account");
    expect(await contactsOf(on.world, ALICE)).toBeDefined();
    expect(await eventsOf(on.world, "contact.changed")).toEqual([]);
  });
});

describe("without the phone", () => {
  test("carol, signed in by SMS, changes her number after 48 hours, to the second; then every session has ended", async () => {
    await using world = await createWorld();
    const visitor = await carol(world);
    const heard = listener(world);
    await proven(world, visitor, "phone");
    await heard();
    const page = await visitor.submit(await visitor.open("/account/contact/phone/confirm"), "wait");
    expect(toldOf(page)).toContain("It will change in 48 hours");
    expect(page.text).toContain("The phone number changes to +15•••••77");
    expect(await heard()).toEqual([CAROL_PHONE, NEW.phone, CAROL].sort());
    world.pass(48 * HOUR - SECOND);
    await world.drain();
    expect(await contactsOf(world, CAROL)).toEqual({ email: CAROL, phone: CAROL_PHONE });
    expect(await heard()).toEqual([]);
    world.pass(SECOND);
    await world.drain();
    expect(await contactsOf(world, CAROL)).toEqual({ email: CAROL, phone: NEW.phone });
    expect(await heard()).toEqual([CAROL_PHONE, NEW.phone, CAROL].sort());
    expect(await eventsOf(world, "contact.changed")).toMatchObject([{ kind: "phone", proof: "wait" }]);
    expect((await visitor.open("/account/contact")).title).toContain("Sign in");
  });

  test("the link stops it in any browser: to look changes nothing, to press does, and everybody is told", async () => {
    await using on = await stage();
    await waiting(on.world, on.visitor, "email");
    const link = await linkTo(on.world, ALICE);
    expect(await linkTo(on.world, NEW.email)).toBe(link);
    expect(await linkTo(on.world, ALICE_PHONE)).toBe(link);
    const stranger = createVisitor(on.world.issuer);
    const page = await stranger.open(link);
    await stranger.open(link);
    expect(page.text).toContain("The e-mail of an E-num account is to change to n•••@example.com");
    expect((await on.visitor.open("/account/contact")).text).toContain("The e-mail changes to");
    const heard = listener(on.world);
    await heard();
    expect((await stranger.submit(page, "stop")).title).toContain("It is stopped");
    expect(await heard()).toEqual([ALICE_PHONE, ALICE, NEW.email].sort());
    expect((await stranger.submit(page, "stop")).title).toContain("It is stopped");
    expect(await heard()).toEqual([]);
    expect(await eventsOf(on.world, "contact.change-stopped")).toMatchObject([{ kind: "email", by: "link" }]);
    on.world.pass(48 * HOUR);
    await on.world.drain();
    expect(await contactsOf(on.world, ALICE)).toBeDefined();
  });

  test("another site's form stops nothing, and a link that was never sent says so", async () => {
    await using on = await stage();
    await waiting(on.world, on.visitor, "email");
    const { pathname } = new URL(await linkTo(on.world, ALICE));
    const foreign = await on.visitor.post(pathname, "action=stop", { origin: "https://mallory.example" });
    expect(foreign.status).toBe(403);
    for (const path of ["/stop/AAAAAAAAAAAAAAAAAAAAAA", "/stop/no", "/stop/%00"]) {
      const { status, title } = await on.visitor.open(path);
      expect([status, title.split(" · ")[0]]).toEqual([410, "There is nothing to stop"]);
    }
    expect((await on.visitor.post("/stop/AAAAAAAAAAAAAAAAAAAAAA", "action=stop")).status).toBe(410);
    expect((await on.visitor.open("/account/contact")).text).toContain("The e-mail changes to");
  });

  test("it is stopped from any signed-in place, one at a time waits, and the key is in no table and no log", async () => {
    await using on = await stage();
    await waiting(on.world, on.visitor, "email");
    const link = await linkTo(on.world, ALICE);
    expect(toldOf(await waiting(on.world, on.visitor, "email", "third@example.com"))).toContain("Another change waits");
    const { visitor: other } = await atAccount(on.world);
    const stopped = await other.submit(await other.open("/account/contact"), "stop email");
    expect(toldOf(stopped)).toContain("The change is stopped");
    expect(await eventsOf(on.world, "contact.change-stopped")).toMatchObject([{ by: "account" }]);
    expect(toldOf(await other.post("/account/contact", "action=stop+email"))).toContain("Nothing has changed");
    const key = link.slice(-22);
    await on.visitor.open(link);
    expect(JSON.stringify(await on.world.database.rows("SELECT * FROM contact_change"))).not.toContain(key);
    expect(on.world.log.join("\n")).not.toContain(key);
  });

  test("what has come to another account when the time is there is not made, and its owner is told", async () => {
    await using on = await stage();
    await waiting(on.world, on.visitor, "email");
    await on.world.database.rows("UPDATE account SET email = ? WHERE email = ?", [NEW.email, CAROL]);
    const heard = listener(on.world);
    await heard();
    on.world.pass(48 * HOUR);
    await on.world.drain();
    expect(await contactsOf(on.world, ALICE)).toBeDefined();
    expect(await heard()).toEqual([ALICE_PHONE, ALICE].sort());
    expect((await on.world.message(ALICE)).subject).toContain("was not changed");
    expect(await eventsOf(on.world, "contact.change-refused")).toHaveLength(1);
  });

  test("who signed in ten minutes ago signs in once more, and goes on where it was", async () => {
    await using on = await stage();
    const page = await proven(on.world, on.visitor, "email");
    on.world.pass(10 * MINUTE);
    const identifier = await on.visitor.submit(page, "wait");
    expect(identifier.url).toContain("/interaction/");
    const number = identifier.challenge
      ? identifier
      : await on.visitor.submit(identifier, "next", { identifier: ALICE });
    const back = await on.visitor.submit(number, "next", { response: on.phone.respond(number.challenge) });
    expect(back.url).toBe(`${on.world.issuer}/account/contact/email/confirm`);
    expect(toldOf(await on.visitor.submit(back, "wait"))).toContain("It will change in 48 hours");
  });

  test("a code by SMS alone reaches neither the account page nor the removal of a phone", async () => {
    await using world = await createWorld();
    const visitor = await carol(world);
    await world.database.rows(
      "UPDATE device SET account_id = (SELECT id FROM account WHERE email = ?) WHERE account_id = (SELECT id FROM account WHERE email = ?)",
      [CAROL, ALICE],
    );
    const path = `/account/devices/${world.phone(ALICE).deviceId}/remove`;
    for (const address of ["/account", path]) expect((await visitor.open(address)).url).toContain("/interaction/");
    expect((await visitor.post(path, "action=email")).url).toContain("/interaction/");
    expect(await world.database.rows("SELECT id FROM device WHERE status = 'revoked'")).toEqual([]);
  });
});

describe("a code", () => {
  test("is good for ten minutes by mail and five by SMS, to the second", async () => {
    await using on = await stage();
    for (const [kind, minutes] of [
      ["email", 10],
      ["phone", 5],
    ] as const) {
      const page = await asked(on.visitor, kind);
      const code = await codeTo(on.world, NEW[kind]);
      on.world.pass(minutes * MINUTE);
      expect((await on.visitor.submit(page, "next", { code })).alert).toContain("This code has run out");
      const resent = await on.visitor.submit(page, "resend");
      expect(toldOf(resent)).toContain("A new code is on its way");
      const next = await codeTo(on.world, NEW[kind]);
      on.world.pass(minutes * MINUTE - SECOND);
      expect((await on.visitor.submit(resent, "next", { code: next })).title).toContain("Change the");
    }
  });

  test("has three tries, is of its own session, and nothing is confirmed before it", async () => {
    await using on = await stage();
    const page = await asked(on.visitor, "email");
    const code = await codeTo(on.world, NEW.email);
    expect((await on.visitor.open("/account/contact/email/confirm")).url).toContain("/email/code");
    expect((await on.visitor.post("/account/contact/email/confirm", "action=wait")).url).toContain("/email/code");
    const { visitor: other } = await atAccount(on.world);
    expect((await other.open("/account/contact/email/code")).url).toBe(`${on.world.issuer}/account/contact/email`);
    for (const left of ["2 tries left", "1 try left", "This code is used up", "This code is used up"]) {
      const wrong = await on.visitor.submit(page, "next", { code: "00000000" === code ? "11111111" : "00000000" });
      expect([wrong.status, wrong.alert]).toEqual([422, expect.stringContaining(left)]);
    }
    expect((await on.visitor.submit(page, "next", { code })).alert).toContain("This code is used up");
  });

  test("is not sent for what is no address, the account's own, or a country that is not served, nor too often", async () => {
    await using on = await stage({ config: { smsCountries: [{ prefix: "+1555555", budget: 50 }] } });
    for (const [kind, value, words] of [
      ["email", "", "Enter your e-mail"],
      ["email", "nonsense", "This is no e-mail address"],
      ["email", ALICE.toUpperCase(), "This is the account’s e-mail already"],
      ["phone", "12", "This is no phone number"],
      ["phone", ALICE_PHONE, "This is the account’s number already"],
      ["phone", "+447700900123", "We cannot send SMS to this country"],
    ] as const) {
      const page = await asked(on.visitor, kind, value);
      expect([page.status, page.alert]).toEqual([422, expect.stringContaining(words)]);
    }
    expect(await on.world.messages()).toEqual([]);
    const page = await asked(on.visitor, "email");
    for (const status of [200, 200]) expect((await on.visitor.submit(page, "resend")).status).toBe(status);
    const refused = await on.visitor.submit(page, "resend");
    expect([refused.status, refused.alert]).toEqual([429, expect.stringContaining("Wait an hour")]);
  });
});

test("proofs and changes that are over are swept", async () => {
  await using on = await stage();
  await waiting(on.world, on.visitor, "email");
  await on.visitor.submit(await on.visitor.open("/account/contact"), "stop email");
  const rows = async (table: string) => (await on.world.database.rows(`SELECT id FROM ${table}`)).length;
  on.world.pass(HOUR + SECOND);
  await on.world.sweep();
  expect([await rows("contact_proof"), await rows("contact_change")]).toEqual([0, 1]);
  on.world.pass(90 * 24 * HOUR);
  await on.world.sweep();
  expect(await rows("contact_change")).toBe(0);
});
