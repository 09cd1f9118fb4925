import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/clock.ts";
import { LOGIN, OPERATION } from "../../src/provider/assurance.ts";
import { atAccount, eventsOf, press } from "../account/support.ts";
import { askForSms, CAROL, numberFor, PHONES, SMS, signInBySms, smsTo } from "../support/by-sms.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";

const claimOf = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr } }) });
const offers = (page: Page) => page.html.querySelector('button[value="sms"]') !== null;

async function openAt(world: World, visitor: Visitor, parameters: Record<string, string>, entry = LIBRARY) {
  return visitor.open((await (await createRelyingParty(world.issuer, entry)).begin(parameters)).address);
}

async function idOf(world: World, email: string): Promise<string> {
  return (await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [email]))?.id ?? "";
}

describe("an account without a device", () => {
  test("signs in by SMS at a site that takes it: the e-mail's code first, then the SMS", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { page, attempt } = await numberFor(world, visitor, CAROL);
    expect((await visitor.submit(page, "sms")).url).toMatch(/\/code-email$/);
    const code = await askForSms(world, visitor, page, CAROL);
    expect(code.url).toMatch(/\/code$/);
    const field = code.html.querySelector("input[name=code]");
    expect([field?.getAttribute("autocomplete"), field?.getAttribute("inputmode")]).toEqual([
      "one-time-code",
      "numeric",
    ]);
    const back = await visitor.submit(code, "next", { code: await smsTo(world, CAROL) });
    expect((await attempt.finish(back.url)).claims()).toMatchObject({ acr: SMS, amr: ["sms", "otp"] });
    expect(await eventsOf(world, "login.accepted")).toEqual([{ clientId: "shop", by: "sms" }]);
    expect(await eventsOf(world, "code.sent")).toEqual([{ clientId: "shop", purpose: "login" }]);
  });

  test("is told that an SMS can be read by others, and led back to the number that the phone answers", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, ALICE);
    expect(page.html.querySelector('button[value="sms"]')?.text).toBe("Code by SMS (less safe)");
    const code = await askForSms(world, visitor, page, ALICE);
    expect(code.text).toContain("Others can come to read an SMS");
    const safer = code.html.querySelectorAll("a").find(({ text }) => text === "Use the E-num client instead");
    const number = await visitor.open(safer?.getAttribute("href") ?? "");
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    expect(back.url).toContain("code=");
  });

  test("comes by SMS at once where this browser has signed it in before", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    await signInBySms(world, visitor, CAROL);
    world.pass(13 * HOUR);
    const { page } = await numberFor(world, visitor, CAROL);
    expect((await visitor.submit(page, "sms")).url).toMatch(/\/code$/);
  });

  test("reads the code with spaces and hyphens, and in its own language", async () => {
    await using world = await createWorld();
    await world.database.rows("UPDATE account SET locale = 'ru' WHERE email = ?", [CAROL]);
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, CAROL);
    const code = await askForSms(world, visitor, page, CAROL);
    const { text } = await world.message(PHONES[CAROL] ?? "");
    expect(text).toContain("код для входа: Book shop");
    const typed = (await smsTo(world, CAROL)).replace(/(\d\d)(\d)/, "$1-$2 ");
    expect((await visitor.submit(code, "next", { code: typed })).url).toContain("code=");
  });
});

describe("a code by SMS is offered where the request names it, and nowhere else", () => {
  test.each<[string, Record<string, string>, boolean]>([
    ["sms", { acr_values: SMS }, true],
    ["login or sms", { acr_values: `${LOGIN} ${SMS}` }, true],
    ["sms and an unknown one", { acr_values: `urn:other ${SMS}` }, true],
    ["an essential claim", claimOf({ essential: true, value: SMS }), true],
    ["an essential claim with values", claimOf({ essential: true, values: [LOGIN, SMS] }), true],
    ["a voluntary claim, which demands nothing", claimOf({ value: SMS }), false],
    ["an essential login before acr_values", { ...claimOf({ essential: true, value: LOGIN }), acr_values: SMS }, false],
    ["nothing", {}, false],
    ["login", { acr_values: LOGIN }, false],
  ])("%s", async (_title, parameters, offered) => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const { page } = await numberFor(world, visitor, ALICE, parameters);
    expect(offers(page)).toBe(offered);
    if (offered) return;
    // Nor to who presses a button that is not there.
    const pressed = await visitor.post(new URL(page.url).pathname, "action=sms");
    expect(pressed.status).toBe(400);
    expect(await world.database.rows("SELECT context FROM sms_code")).toEqual([]);
  });

  test("a client's default_acr_values count as the request's own", async () => {
    await using world = await createWorld({ clients: [{ ...SHOP, default_acr_values: [SMS] }] });
    expect(offers((await numberFor(world, createVisitor(world.issuer), ALICE, {})).page)).toBe(true);
  });

  test("not where the operator lists no country", async () => {
    await using world = await createWorld({ config: { smsCountries: [] } });
    expect(offers((await numberFor(world, createVisitor(world.issuer), ALICE)).page)).toBe(false);
  });

  test("a response meets it as well, and then the token says what was asked for", async () => {
    await using world = await createWorld();
    const { tokens } = await signIn(world, { parameters: { acr_values: `${LOGIN} ${SMS}` } });
    expect((await tokens()).claims()).toMatchObject({ acr: LOGIN, amr: ["otp", "mfa"] });
  });
});

describe("a session that was opened by SMS", () => {
  async function bySms(world: World) {
    const visitor = createVisitor(world.issuer);
    await signInBySms(world, visitor, ALICE);
    return visitor;
  }

  test("is asked for a response by another site that asks for nothing, or for login", async () => {
    await using world = await createWorld();
    for (const parameters of [{}, { acr_values: LOGIN }, claimOf({ essential: true, value: LOGIN })]) {
      const visitor = await bySms(world);
      const page = await openAt(world, visitor, parameters);
      expect(page.url).toContain("/interaction/");
      expect(offers(page)).toBe(false);
      const { tokens } = await signIn(world, { visitor, client: LIBRARY, parameters });
      expect((await tokens()).claims()).toMatchObject({ acr: LOGIN, amr: ["otp", "mfa"] });
      world.pass(HOUR);
    }
  });

  test("serves another site that names sms", async () => {
    await using world = await createWorld();
    const visitor = await bySms(world);
    const { tokens, back } = await signIn(world, {
      visitor,
      client: SHOP,
      parameters: { acr_values: SMS, prompt: "none" },
    });
    expect(back.url).toContain("code=");
    expect((await tokens()).claims()?.["acr"]).toBe(SMS);
  });

  test("has prompt=none answered by the error that fits, and no page", async () => {
    await using world = await createWorld();
    const visitor = await bySms(world);
    const ask = async (parameters: Record<string, string>) =>
      errorOf((await signIn(world, { visitor, parameters: { prompt: "none", ...parameters } })).back);
    expect(await ask({})).toBe("login_required");
    expect(await ask({ acr_values: LOGIN })).toBe("unmet_authentication_requirements");
    expect(await ask({ acr_values: OPERATION })).toBe("unmet_authentication_requirements");
    world.pass(10 * MINUTE);
    expect(await ask({ acr_values: SMS, max_age: "60" })).toBe("login_required");
  });

  test("is asked anew where max_age is over, and a code answers it; auth_time is the code's", async () => {
    await using world = await createWorld();
    const visitor = await bySms(world);
    world.pass(10 * MINUTE);
    const { tokens } = await signInBySms(world, visitor, ALICE, { acr_values: SMS, max_age: "60" });
    const claims = (await tokens()).claims();
    expect(claims?.["acr"]).toBe(SMS);
    expect(Math.abs(Number(claims?.["auth_time"]) - world.now() / 1000)).toBeLessThan(30);
  });

  test("opens no account page: that is for who has answered on the phone", async () => {
    await using world = await createWorld();
    const visitor = await bySms(world);
    const page = await visitor.open("/account");
    expect(page.url).toContain("/interaction/");
    expect(offers(page)).toBe(false);
  });
});

describe("the person's own word", () => {
  test("no codes by SMS: no button where signed in, and elsewhere the same pages without an SMS", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await press(visitor, "on no-sms");
    expect(offers((await numberFor(world, visitor, ALICE, { acr_values: SMS, prompt: "login" })).page)).toBe(false);
    const stranger = createVisitor(world.issuer);
    const { page } = await numberFor(world, stranger, ALICE);
    expect(offers(page)).toBe(true);
    const code = await askForSms(world, stranger, page, ALICE);
    expect(code.url).toMatch(/\/code$/);
    expect((await world.messages()).filter(({ to }) => to === PHONES[ALICE])).toEqual([]);
    expect(await eventsOf(world, "code.withheld")).toMatchObject([{ purpose: "login", reason: "not-taken" }]);
  });

  test("a response at every sign-in to a site is a response there", async () => {
    await using world = await createWorld();
    await signIn(world);
    const { visitor } = await atAccount(world);
    await press(visitor, "on login shop");
    expect(offers((await numberFor(world, visitor, ALICE, { acr_values: SMS, prompt: "login" })).page)).toBe(false);
  });

  test("what is switched on after the SMS was sent makes its code worth nothing", async () => {
    await using world = await createWorld();
    const stranger = createVisitor(world.issuer);
    const { page } = await numberFor(world, stranger, ALICE);
    const code = await askForSms(world, stranger, page, ALICE);
    const sent = await smsTo(world, ALICE);
    await press((await atAccount(world)).visitor, "on no-sms");
    const refused = await stranger.submit(code, "next", { code: sent });
    expect(refused.title).toContain("run out");
    expect(await eventsOf(world, "login.accepted")).toEqual([{ clientId: "account" }]);
  });

  test("after It was not me none is sent for a day", async () => {
    await using world = await createWorld();
    const insert = "INSERT INTO guard (account_id, expires_at) VALUES (?, ?)";
    await world.database.rows(insert, [await idOf(world, ALICE), world.now() + 24 * HOUR]);
    const visitor = createVisitor(world.issuer);
    await askForSms(world, visitor, (await numberFor(world, visitor, ALICE)).page, ALICE);
    expect((await world.messages()).filter(({ channel }) => channel === "sms")).toEqual([]);
    world.pass(24 * HOUR + 1);
    await askForSms(world, visitor, (await numberFor(world, visitor, ALICE)).page, ALICE);
    expect((await world.messages()).filter(({ channel }) => channel === "sms")).toHaveLength(1);
  });
});
