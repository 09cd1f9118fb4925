import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { LOGIN, OPERATION } from "../../src/provider/assurance.ts";
import { atAccount, eventsOf, press } from "../account/support.ts";
import { policyFile } from "../policy/support.ts";
import { BY_SMS, CAROL, PHONES, SMS, signInBySms, smsTo, wrongCode } from "../support/by-sms.ts";
import { statementOf } from "../support/operations.ts";
import { leave, order, PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const ASKED = { scope: "openid", acr_values: SMS };
const lowered = { clients: [STORE], policy: BY_SMS };
const offers = (page: Page) => page.html.querySelector('button[value="sms"]') !== null;

async function orderedBy(
  world: World,
  email: string,
  operation: object = PAYMENT,
  more: Record<string, string> = ASKED,
) {
  const visitor = createVisitor(world.issuer);
  if (email === CAROL) await signInBySms(world, visitor, CAROL);
  else await signIn(world, { visitor, client: STORE });
  return { visitor, ...(await order(world, visitor, operation, more)) };
}

/** Presses the button and types the code. */
async function byCode(world: World, visitor: Visitor, page: Page, email: string): Promise<Page> {
  const code = await visitor.submit(page, "sms");
  return visitor.submit(code, "next", { code: await smsTo(world, email) });
}

describe("an operation is confirmed by SMS", () => {
  test("by an account without a device: the token, the receipt and the event say so", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page, finish } = await orderedBy(world, CAROL);
    const code = await visitor.submit(page, "sms");
    expect(code.url).toMatch(/\/operation-code$/);
    expect(code.text).toContain("10.50");
    expect(code.text).toContain("Others can come to read an SMS");
    expect(code.html.querySelector('a[href$="/operation"]')?.text).toBe("Use the E-num client instead");
    const tokens = await finish(await visitor.submit(code, "next", { code: await smsTo(world, CAROL) }));
    expect(tokens.claims()).toMatchObject({ acr: SMS, amr: ["sms", "otp"] });
    expect(tokens.authorization_details).toMatchObject([{ ...PAYMENT, confirmation: { binding: "sms" } }]);
    const id: string = JSON.parse(JSON.stringify(tokens.authorization_details))[0].confirmation.id;
    const answer = await fetch(`${world.issuer}/confirmations/${id}/receipt`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const receipt = await answer.text();
    expect(decodeJwt(receipt)).toMatchObject({
      acr: SMS,
      amr: ["sms", "otp"],
      authorization_details: [PAYMENT],
      binding: { mode: "sms", statement: { mode: "operation", operation: PAYMENT } },
    });
    expect(decodeJwt(receipt)["binding"]).not.toHaveProperty("challenge");
    const explained = await visitor.open("/confirmations/verify");
    expect((await visitor.submit(explained, "next", { receipt })).text).toContain("With a code that was sent by SMS");
    expect(await eventsOf(world, "operation.confirmed")).toMatchObject([{ type: "payment", binding: "sms" }]);
  });

  test("the SMS names site, amount and payee, in the owner's language, and ends with the line that fills it in", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page } = await orderedBy(world, ALICE);
    await visitor.submit(page, "sms");
    const { text } = await world.message(PHONES[ALICE] ?? "");
    expect(text).toMatch(
      /^(\d{6}) confirms for Book shop: Payment 10\.50 WMZ to Book shop Z 1234 5678 9012\. Read it to nobody\.\n\n@localhost #\1$/,
    );
  });

  test("the access token's introspection says sms as well", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page, finish, party } = await orderedBy(world, ALICE);
    const tokens = await finish(await byCode(world, visitor, page, ALICE));
    const { tokenIntrospection } = await import("openid-client");
    expect(await tokenIntrospection(party.config, tokens.access_token)).toMatchObject({
      acr: SMS,
      amr: ["sms", "otp"],
    });
  });

  test("a response confirms it as well, and says operation", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page, finish } = await orderedBy(world, ALICE);
    expect(offers(page)).toBe(true);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    expect((await finish(back)).claims()?.["acr"]).toBe(OPERATION);
  });
});

describe("where a code by SMS is offered", () => {
  const raise = async (world: World, by: string, demands: string) =>
    void (await world.database.rows(
      "INSERT INTO policy_raised (id, raised_by, demands, account_id, created_at) SELECT 'r', ?, ?, id, 0 FROM account WHERE email = ?",
      [by, demands, ALICE],
    ));
  const none = async () => undefined;
  const amount = (value: string) => ({ ...PAYMENT, amount: { value, currency: "WMZ" } });

  test.each<
    [
      string,
      {
        asked?: Record<string, string>;
        policy?: typeof BY_SMS;
        prepare?(world: World): Promise<void>;
        operation?: object;
      },
      boolean,
    ]
  >([
    ["all let it", {}, true],
    ["operation or sms", { asked: { scope: "openid", acr_values: `${OPERATION} ${SMS}` } }, true],
    ["the request does not name it", { asked: { scope: "openid" } }, false],
    ["it names operation alone", { asked: { scope: "openid", acr_values: OPERATION } }, false],
    ["it names login alone", { asked: { scope: "openid", acr_values: LOGIN } }, false],
    ["the operator has not lowered it", { policy: policyFile({ rules: [] }) }, false],
    ["the owner takes no SMS", { prepare: (world) => raise(world, "person", "no-sms") }, false],
    ["the owner takes scanned payments alone", { prepare: (world) => raise(world, "person", "operation") }, false],
    ["the bot takes no SMS", { prepare: (world) => raise(world, "security", "no-sms") }, false],
    ["the bot takes scanned ones alone", { prepare: (world) => raise(world, "security", "operation") }, false],
    ["as much as the limit", { operation: amount("50") }, true],
    ["more than the limit", { operation: amount("50.01") }, false],
  ])("%s", async (_title, { asked = ASKED, policy = BY_SMS, prepare = none, operation = PAYMENT }, offered) => {
    await using world = await createWorld({ clients: [STORE], policy });
    const visitor = createVisitor(world.issuer);
    await signIn(world, { visitor, client: STORE });
    await prepare(world);
    const { page } = await order(world, visitor, operation, asked);
    expect(offers(page)).toBe(offered);
    if (offered) return;
    expect((await visitor.post(new URL(page.url).pathname, "action=sms")).status).toBe(400);
    expect(await world.database.rows("SELECT context FROM sms_code")).toEqual([]);
  });
});

describe("what demands more after the SMS was sent", () => {
  test("the owner's word: the code confirms nothing, costs no try, and the page says what does", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page } = await orderedBy(world, ALICE);
    const code = await visitor.submit(page, "sms");
    const sent = await smsTo(world, ALICE);
    await press((await atAccount(world)).visitor, "on no-sms");
    const refused = await visitor.submit(code, "next", { code: sent });
    expect([refused.status, refused.alert.includes("a code by SMS is not enough")]).toEqual([422, true]);
    expect([refused.challenge, offers(refused)]).toEqual([page.challenge, false]);
    expect(await world.database.rows("SELECT id FROM confirmation")).toEqual([]);
    expect(await world.database.rows("SELECT tries FROM sms_code")).toEqual([{ tries: 0 }]);
  });

  test("what was confirmed elsewhere meanwhile: the day's limit counts codes with responses", async () => {
    await using world = await createWorld(lowered);
    const pay = (operation_id: string) => ({ ...PAYMENT, operation_id, amount: { value: "50", currency: "WMZ" } });
    const { visitor, page } = await orderedBy(world, ALICE, pay("a"));
    const code = await visitor.submit(page, "sms");
    const sent = await smsTo(world, ALICE);
    for (const id of ["b", "c"]) {
      const other = await order(world, visitor, pay(id), ASKED);
      const statement = statementOf({ mode: "payment", amount: "50", recipient: "Z123456789012" });
      await visitor.submit(other.page, "next", {
        response: world.answer(ALICE, other.page.challenge, statement),
      });
    }
    const refused = await visitor.submit(code, "next", { code: sent });
    expect(refused.alert).toMatch(/With it the day would come to more than 100\sWMZ/);
    expect(await world.database.rows("SELECT id FROM confirmation")).toHaveLength(2);
  });
});

describe("a code belongs to its operation alone", () => {
  test("one of another operation is refused, of another request for the same, and of a sign-in", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page } = await orderedBy(world, CAROL);
    const signInCode = await smsTo(world, CAROL);
    const own = await visitor.submit(page, "sms");
    const first = await smsTo(world, CAROL);
    const other = await order(world, visitor, { ...PAYMENT, operation_id: "other" }, ASKED);
    const asked = await visitor.submit(other.page, "sms");
    const second = await smsTo(world, CAROL);
    expect(new Set([signInCode, first, second]).size).toBe(3);
    expect((await visitor.submit(own, "next", { code: second })).status).toBe(422);
    expect((await visitor.submit(own, "next", { code: signInCode })).status).toBe(422);
    expect((await visitor.submit(asked, "next", { code: first })).status).toBe(422);
    const again = await order(world, visitor, PAYMENT, ASKED);
    const path = new URL(again.page.url).pathname.replace(/operation$/, "operation-code");
    // No code was sent for this request: it leads to the check number.
    expect((await visitor.post(path, `action=next&code=${first}`)).challenge).toBe(again.page.challenge);
    expect((await visitor.submit(own, "next", { code: first })).url).toContain("code=");
  });

  test("an operation that another request has confirmed meanwhile is not confirmed twice", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page } = await orderedBy(world, ALICE);
    const code = await visitor.submit(page, "sms");
    const other = await order(world, visitor, PAYMENT, ASKED);
    const sent = await smsTo(world, ALICE);
    await visitor.submit(other.page, "next", { response: world.answer(ALICE, other.page.challenge, TYPED) });
    const farewell = await visitor.submit(code, "next", { code: sent });
    expect(farewell.status).toBe(409);
    expect(errorOf(await leave(visitor, farewell))).toBe("invalid_authorization_details");
  });
});

describe("failures, with a way on", () => {
  test("wrong codes cost tries; three end the code, and five the lock", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page } = await orderedBy(world, ALICE);
    const code = await visitor.submit(page, "sms");
    const right = await smsTo(world, ALICE);
    for (let count = 1; count <= 2; count += 1)
      expect((await visitor.submit(code, "next", { code: wrongCode(right, count) })).status).toBe(422);
    const used = await visitor.submit(code, "next", { code: wrongCode(right, 3) });
    expect(used.text).toContain("This code is used up");
    expect(await eventsOf(world, "operation.refused")).toHaveLength(3);
    const back = await visitor.open(used.html.querySelector(".below a")?.getAttribute("href") ?? "");
    for (const response of ["1000000", "1000001"]) await visitor.submit(back, "next", { response });
    expect((await visitor.submit(used, "resend")).status).toBe(429);
  });

  test("declining ends code and check number, with the reason", async () => {
    await using world = await createWorld(lowered);
    const { visitor, page } = await orderedBy(world, ALICE);
    const code = await visitor.submit(page, "sms");
    const farewell = await visitor.submit(code, "decline", { reason: "wrong_details" });
    const back = await leave(visitor, farewell);
    expect([errorOf(back), new URL(back.url).searchParams.get("error_description")]).toEqual([
      "access_denied",
      "declined by the person: wrong_details",
    ]);
    expect(await world.database.rows("SELECT status FROM sms_code")).toEqual([{ status: "declined" }]);
  });

  test("a session by SMS has a response asked for by openid, unless the request names sms", async () => {
    await using world = await createWorld(lowered);
    const visitor = createVisitor(world.issuer);
    await signInBySms(world, visitor, ALICE);
    const plain = await order(world, visitor, PAYMENT, { scope: "openid" });
    expect(plain.page.html.querySelector("input[name=identifier]")).not.toBeNull();
    const named = await order(world, visitor, { ...PAYMENT, operation_id: "b" }, ASKED);
    expect(named.page.challenge).not.toBe("");
    const without = await order(world, visitor, { ...PAYMENT, operation_id: "c" }, {});
    const back = await visitor.submit(without.page, "next", {
      response: world.answer(ALICE, without.page.challenge, TYPED),
    });
    const tokens = await without.finish(back);
    expect([tokens.id_token, tokens.authorization_details?.length]).toEqual([undefined, 1]);
  });
});
