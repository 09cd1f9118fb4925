import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { askForSms, CAROL, numberFor, PHONES } from "../support/by-sms.ts";
import { countHmacs } from "../support/hmacs.ts";
import { codeTo, prove as proveAs, start as startAs } from "../support/newcomer.ts";
import { activate } from "../support/phone.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };
const start = (_world: World, visitor: Visitor, typed = DORA) => startAs(visitor, typed);
const proven = (world: World, visitor: Visitor) => proveAs(world, visitor, DORA);

describe("a newcomer", () => {
  test("proves e-mail and phone, enrols a phone, and is signed in at the site that sent them", async () => {
    await using world = await createWorld();
    const shop = await createRelyingParty(world.issuer, SHOP);
    const signIn = await shop.begin({ scope: "openid email phone" });
    const visitor = createVisitor(world.issuer);

    const register = await visitor.submit(await visitor.open(signIn.address), "register");
    expect(register.text).toContain("Book shop");
    const email = await visitor.submit(register, "next", DORA);
    const phone = await visitor.submit(email, "next", { code: (await codeTo(world, DORA.email)).toLowerCase() });
    const enrolment = await visitor.submit(phone, "next", { code: await codeTo(world, DORA.phone) });
    expect(enrolment.activation).toMatch(/^[0-9A-Z]{10}$/);
    expect(enrolment.qr).toBe(
      `${world.issuer}/phone#enum:a?i=${encodeURIComponent(world.issuer)}&u=${encodeURIComponent(DORA.email)}&c=${enrolment.activation}`,
    );

    const device = await activate(world.issuer, DORA.email, enrolment.activation, "Dora's phone");
    expect(device.status).toBe("pending");
    const first = await visitor.submit(enrolment, "answered");
    expect(first.text).toContain("Dora's phone");
    const done = await visitor.submit(first, "next", {
      response: device.respond(first.challenge, { mode: "activate" }),
    });
    expect((await world.message(DORA.email)).subject).toContain("phone was connected");

    const number = await visitor.submit(done, "next");
    expect(number.text).toContain("Book shop");
    const back = await visitor.submit(number, "next", {
      response: device.respond(number.challenge, { mode: "login" }),
    });
    const tokens = await signIn.finish(back.url);
    expect(tokens.claims()?.["email"]).toBeUndefined();
    expect(tokens.scope).toBe("openid email phone");
    // The mail about the phone has told of this browser.
    expect(await world.newBrowsers()).toEqual([]);
  });

  test("who comes with prompt=create is led to registration, and can say that there is an account already", async () => {
    await using world = await createWorld();
    const shop = await createRelyingParty(world.issuer, SHOP);
    const signIn = await shop.begin({ prompt: "create" });
    const visitor = createVisitor(world.issuer);
    const register = await visitor.open(signIn.address);
    expect(register.url).toBe(`${world.issuer}/register`);
    const identifier = await visitor.open(
      register.html.querySelector('a[href$="/identifier"]')?.getAttribute("href") ?? "",
    );
    const number = await visitor.submit(identifier, "next", { identifier: "alice@example.com" });
    const back = await visitor.submit(number, "next", {
      response: world.answer("alice@example.com", number.challenge),
    });
    expect((await signIn.finish(back.url)).claims()?.["acr"]).toBe("urn:e-num:acr:login");
  });

  test("who closed the page before the phone was enrolled registers again with the same e-mail and phone and goes on", async () => {
    await using world = await createWorld();
    const first = await proven(world, createVisitor(world.issuer));
    const again = await proven(world, createVisitor(world.issuer));
    expect(again.activation).toMatch(/^[0-9A-Z]{10}$/);
    expect(again.activation).not.toBe(first.activation);
  });
});

describe("what is typed wrongly", () => {
  test("an e-mail and a phone that nobody could have are named, and both stay in their fields", async () => {
    await using world = await createWorld();
    const page = await start(world, createVisitor(world.issuer), { email: "dora at example", phone: "12" });
    expect(page.status).toBe(422);
    expect(page.html.querySelector("input[name=email]")?.getAttribute("value")).toBe("dora at example");
    expect(page.html.querySelectorAll("[aria-invalid=true]")).toHaveLength(2);
  });

  test("three wrong e-mail codes end that code; a new one works", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    let page = await start(world, visitor);
    for (const left of ["2", "1"]) {
      page = await visitor.submit(page, "next", { code: "WRONGC0D" });
      expect(page.alert).toContain(left);
    }
    page = await visitor.submit(page, "next", { code: "WRONGC0D" });
    page = await visitor.submit(page, "next", { code: await codeTo(world, DORA.email) });
    expect(page.status).toBe(422);
    page = await visitor.submit(page, "resend");
    page = await visitor.submit(page, "next", { code: await codeTo(world, DORA.email) });
    expect(page.url).toBe(`${world.issuer}/register/phone-code`);
  });

  test("an e-mail code is good for ten minutes, an SMS code for five", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    let page = await start(world, visitor);
    const late = await codeTo(world, DORA.email);
    world.pass(10 * MINUTE + 1);
    page = await visitor.submit(page, "next", { code: late });
    expect(page.status).toBe(422);
    page = await visitor.submit(page, "resend");
    page = await visitor.submit(page, "next", { code: await codeTo(world, DORA.email) });
    const lateAsWell = await codeTo(world, DORA.phone);
    world.pass(5 * MINUTE + 1);
    page = await visitor.submit(page, "next", { code: lateAsWell });
    expect(page.status).toBe(422);
  });

  test("no SMS is sent before the e-mail is proven, and at most three an hour from one address", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    let page = await start(world, visitor);
    expect((await world.messages()).filter(({ channel }) => channel === "sms")).toEqual([]);
    page = await visitor.submit(page, "next", { code: await codeTo(world, DORA.email) });
    page = await visitor.submit(page, "resend");
    page = await visitor.submit(page, "resend");
    expect(page.status).toBe(200);
    page = await visitor.submit(page, "resend");
    expect(page.status).toBe(422);
    expect((await world.messages()).filter(({ channel }) => channel === "sms")).toHaveLength(3);
    world.pass(HOUR + 1);
    expect((await visitor.submit(page, "resend")).status).toBe(200);
  });

  test("a number of a country that the operator does not list is told so, and nothing is sent", async () => {
    await using world = await createWorld({ config: { smsCountries: [{ prefix: "+44", budget: 10 }] } });
    const page = await start(world, createVisitor(world.issuer));
    expect([page.status, page.alert.includes("cannot send SMS to this country")]).toEqual([422, true]);
    expect(await world.messages()).toEqual([]);
  });

  test("codes of registrations and sign-ins are counted together, to a number and to a country", async () => {
    await using world = await createWorld({ config: { smsCountries: [{ prefix: "+1", budget: 2 }] } });
    const carol = createVisitor(world.issuer);
    await askForSms(world, carol, (await numberFor(world, carol, CAROL)).page, CAROL);
    await proven(world, createVisitor(world.issuer));
    const eve = createVisitor(world.issuer);
    const email = await startAs(eve, { email: "eve@example.com", phone: "+15555550198" });
    const refused = await eve.submit(email, "next", { code: await codeTo(world, "eve@example.com") });
    expect(refused.status).toBe(422);
    expect((await world.messages()).filter(({ channel }) => channel === "sms")).toHaveLength(2);
  });

  test("a page whose registration is gone says so instead of failing", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await start(world, visitor);
    world.pass(DAY + 1);
    expect((await visitor.submit(page, "next", { code: "ABCDEFGH" })).status).toBe(400);
  });
});

describe("somebody else's e-mail or phone", () => {
  test("costs as many HMACs as one that nobody has", async () => {
    await using world = await createWorld();
    using hmacs = countHmacs();
    const costOf = async (step: () => Promise<unknown>) => {
      hmacs.taken();
      await step();
      return hmacs.taken();
    };
    const ofMail = async (email: string) => {
      const visitor = createVisitor(world.issuer);
      const page = await visitor.open("/register");
      return costOf(() => visitor.submit(page, "next", { ...DORA, email }));
    };
    const ofPhone = async (email: string, phone: string) => {
      const visitor = createVisitor(world.issuer);
      const page = await startAs(visitor, { email, phone });
      const code = await codeTo(world, email);
      return costOf(() => visitor.submit(page, "next", { code }));
    };
    expect(await ofMail(ALICE)).toEqual(await ofMail(DORA.email));
    expect(await ofPhone("eve@example.com", PHONES[ALICE] ?? "")).toEqual(
      await ofPhone("frank@example.com", DORA.phone),
    );
  });

  test("an e-mail with an account gets the same pages, and its owner a message without a code", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const page = await start(world, visitor, { email: "alice@example.com", phone: "+15555550199" });
    const other = await start(world, createVisitor(world.issuer), DORA);
    const shape = (each: Page) => each.text.replaceAll(/alice@example.com|dora@example.com/g, "…");
    expect(shape(page)).toBe(shape(other));
    const { text, subject } = await world.message("alice@example.com");
    expect(subject).toContain("account already");
    expect(text).not.toMatch(/^ *[0-9A-Z]{8}$/m);
    expect((await visitor.submit(page, "next", { code: "ABCDEFGH" })).status).toBe(422);
  });

  test("a phone with an account gets a message instead of a code, and makes no second account", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const typed = { email: DORA.email, phone: "+15555550101" };
    let page = await start(world, visitor, typed);
    page = await visitor.submit(page, "next", { code: await codeTo(world, typed.email) });
    expect((await world.message(typed.phone)).text).toContain("already");
    page = await visitor.submit(page, "next", { code: "123456" });
    expect(page.status).toBe(422);
    expect(await world.database.rows("SELECT id FROM account WHERE email = ?", [DORA.email])).toEqual([]);
  });
});

describe("the first response", () => {
  test("of another mode is told so, and five wrong ones end the enrolment, which begins anew with another code", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const enrolment = await proven(world, visitor);
    const device = await activate(world.issuer, DORA.email, enrolment.activation);
    let page = await visitor.submit(enrolment, "answered");
    page = await visitor.submit(page, "next", { response: device.respond(page.challenge, { mode: "login" }) });
    expect(page.alert).not.toBe("");
    for (let tries = 2; tries <= 5; tries += 1) {
      if (page.html.querySelector("input[name=response]") === null) page = await visitor.submit(page, "new-challenge");
      page = await visitor.submit(page, "next", { response: `000000${tries}` });
    }
    expect(page.url).toBe(`${world.issuer}/enrolment/ended`);
    const again = await visitor.submit(page, "new-challenge");
    expect(again.activation).not.toBe(enrolment.activation);
    expect((await device.get()).body).toMatchObject({ type: "urn:e-num:problem:device-revoked" });
  });

  test("of the device that has the code now is right at once, whatever was asked of the one before", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const enrolment = await proven(world, visitor);
    await activate(world.issuer, DORA.email, enrolment.activation, "Lost on its way");
    let page = await visitor.submit(enrolment, "answered");
    page = await visitor.submit(page, "next", { response: "0000001" });
    page = await visitor.submit(await visitor.submit(page, "decline"), "new-challenge");
    const device = await activate(world.issuer, DORA.email, page.activation, "Dora's phone");
    const first = await visitor.submit(page, "answered");
    const response = device.respond(first.challenge, { mode: "activate" });
    expect((await visitor.submit(first, "next", { response })).url).toBe(`${world.issuer}/enrolment/done`);
  });

  test("an activation code works once, for ten minutes, with its own e-mail only", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const enrolment = await proven(world, visitor);
    await expect(activate(world.issuer, "alice@example.com", enrolment.activation)).rejects.toThrow("invalid-code");
    world.pass(10 * MINUTE + 1);
    await expect(activate(world.issuer, DORA.email, enrolment.activation)).rejects.toThrow("invalid-code");
    const renewed = await visitor.submit(await visitor.open("/enrolment/activate"), "new-challenge");
    expect((await activate(world.issuer, DORA.email, renewed.activation)).status).toBe("pending");
    await expect(activate(world.issuer, DORA.email, renewed.activation)).rejects.toThrow("invalid-code");
  });
});
