import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { raisedFor } from "../../src/policy/store.ts";
import { listOf } from "../certificate/support.ts";
import { CAROL, linkTo } from "../contact/support.ts";
import { confirmBy, count, stage, state } from "../device/own-support.ts";
import { smsTo } from "../support/by-sms.ts";
import { codeTo, prove } from "../support/newcomer.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { order, PAYMENT, STORE } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, errorOf } from "../support/sign-in.ts";
import { askOnPhone, TILL } from "../support/till.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";
import { full, idOf, tablesOf } from "./full.ts";
import { atAccount, eventsOf, scan, toldOf } from "./support.ts";

const DELETION = "/account/deletion";
const ALICE_PHONE = "+15555550101";
const WAIT = 14 * DAY;
/** Milliseconds: an account with something of every kind takes its time to make, on a busy machine with PostgreSQL. */
const PATIENCE = 90_000;

/** Alice has asked for it, and her phone has confirmed it. */
async function asked(on: Awaited<ReturnType<typeof stage>>) {
  const operation = await on.visitor.submit(await on.visitor.open(`${DELETION}/confirm`), "confirm");
  return confirmBy(on.world, on.visitor, operation, on.phone);
}

const isThere = async (world: World, email = ALICE) =>
  (await world.database.rows("SELECT id FROM account WHERE email = ?", [email])).length === 1;

/** At the shop, after alice's response where one is asked for: the shop's own page, or one of ours that is in the way. */
async function atShop(world: World, visitor = createVisitor(world.issuer), parameters = {}): Promise<Page> {
  const { address } = await (await createRelyingParty(world.issuer, SHOP)).begin(parameters);
  const page = await visitor.open(address);
  if (page.html.querySelector("input[name=identifier]") === null) return page;
  const number = await visitor.submit(page, "next", { identifier: ALICE });
  return visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
}

describe("a deletion that waits", () => {
  test("is confirmed by the phone, told by mail and SMS with a link, shown on every page of the account, and stopped there", async () => {
    await using on = await stage();
    const page = await asked(on);
    expect(page.title).toContain("Your account will be deleted");
    const mail = await on.world.message(ALICE);
    expect(mail.subject).toBe("Your E-num account is to be deleted");
    expect(await linkTo(on.world, ALICE)).toBe(await linkTo(on.world, ALICE_PHONE));
    expect((await on.visitor.open("/account/sites")).text).toContain("This account will be deleted on");
    const kept = await on.visitor.submit(await on.visitor.open("/account"), "stop");
    expect(toldOf(kept)).toContain("Your account stays");
    expect((await on.world.message(ALICE)).subject).toBe("Your E-num account stays");
    expect((await on.visitor.open("/account/sites")).text).not.toContain("will be deleted");
    on.world.pass(WAIT);
    await on.world.drain();
    expect(await isThere(on.world)).toBe(true);
    expect((await atShop(on.world)).url).toContain("code=");
  });

  test("is stopped by the link in any browser, which to open changes nothing, and which is then over", async () => {
    await using on = await stage();
    await asked(on);
    const stranger = createVisitor(on.world.issuer);
    const link = await linkTo(on.world, ALICE);
    const page = await stranger.open(link);
    expect(page.title).toContain("Keep the account?");
    expect(await count(on.world, "account.deletion-stopped")).toBe(0);
    expect((await stranger.submit(page, "stop")).title).toContain("It is stopped");
    expect((await stranger.submit(page, "stop")).title).toContain("It is stopped");
    expect(await eventsOf(on.world, "account.deletion-stopped")).toMatchObject([{ by: "link" }]);
    expect((await on.visitor.open(DELETION)).title).toContain("Delete your account");
  });

  test.each([
    ["account", "keep the account and sign out everywhere", "sign in and press Sign out everywhere"],
    ["operator", "keep the account and tell them", "you did not ask them for this? Then tell them"],
  ])(
    "says what is to be done where %s has asked for it, while it waits and once it is stopped by the link",
    async (by, meanwhile, advice) => {
      await using on = await stage();
      await asked(on);
      await on.world.database.run("UPDATE account_deletion SET asked_by = ?", [by]);
      const waits = await on.visitor.open(DELETION);
      expect(waits.text).toContain(meanwhile);
      expect(waits.text.includes("everywhere")).toBe(by === "account");
      const stranger = createVisitor(on.world.issuer);
      const stopped = await stranger.submit(await stranger.open(await linkTo(on.world, ALICE)), "stop");
      expect(stopped.title).toContain("It is stopped");
      expect(stopped.text).toContain(advice);
      expect(stopped.text.includes("everywhere")).toBe(by === "account");
    },
  );

  test("is not confirmed by another operation, an old one, one that was used, or a session alone", async () => {
    await using on = await stage();
    expect((await on.visitor.open(`${DELETION}/callback?state=delete_account.AAAAAA`)).title).toContain("Delete your");
    expect((await on.visitor.post(`${DELETION}/confirm`, "action=other")).status).toBe(400);
    expect((await on.visitor.post(DELETION, "action=other")).status).toBe(400);
    const operation = await on.visitor.submit(await on.visitor.open(`${DELETION}/confirm`), "confirm");
    const declined = await on.visitor.submit(operation, "decline");
    const back = declined.html.querySelector("a.button")?.getAttribute("href") ?? "";
    expect(toldOf(await on.visitor.open(back))).toContain("Nothing has changed");
    expect(await count(on.world, "account.deletion-asked")).toBe(0);
  });

  test("ends every other session, and no site gets a sign-in, a confirmation, or anything for what it had", {
    timeout: PATIENCE,
  }, async () => {
    await using on = await full();
    const { world } = on;
    const userinfo = () =>
      fetch(`${world.issuer}/userinfo`, { headers: { authorization: `Bearer ${on.tokens.access_token}` } });
    expect((await userinfo()).status).toBe(200);
    await asked({ ...on, more: [], page: await on.visitor.open(DELETION) });
    expect((await userinfo()).status).toBe(401);
    const notices = await world.database.rows("SELECT client_id FROM logout_notice WHERE client_id = 'library'");
    expect(notices.length).toBeGreaterThan(0);
    const page = await atShop(world);
    expect(page.title).toContain("Your account is about to be deleted");
    expect(page.text).toContain("Back to Book shop");
  });

  test("who signs in to a site is told, and goes back to it with nothing; once it is stopped, the request goes on", async () => {
    await using on = await stage();
    await asked(on);
    const visitor = createVisitor(on.world.issuer);
    expect(errorOf(await visitor.submit(await atShop(on.world, visitor), "back"))).toBe("access_denied");
    expect(errorOf(await atShop(on.world, visitor, { prompt: "none" }))).toBe("access_denied");
    const again = await atShop(on.world, visitor);
    expect((await visitor.post(new URL(again.url).pathname.replace(/$/, "/closing"), "action=other")).status).toBe(400);
    await visitor.submit(await visitor.open(DELETION), "stop");
    expect((await visitor.open(again.url)).url).toContain("code=");
  });

  test("an operation of a site is refused, signed in or not, and says why", async () => {
    await using world = await createWorld({ clients: [STORE, LIBRARY] });
    const on = await stageIn(world);
    await asked({ ...on, more: [], page: await on.visitor.open(DELETION) });
    const visitor = createVisitor(world.issuer);
    const paid = await order(world, visitor, PAYMENT);
    const number = await visitor.submit(paid.page, "next", { identifier: ALICE });
    const refused = await scan(world, visitor, number);
    expect(refused.title).toContain("This cannot be confirmed now");
    expect(refused.text).toContain("Your account is about to be deleted");
    expect(await world.database.rows("SELECT id FROM confirmation WHERE client_id = ?", [STORE.client_id])).toEqual([]);
  });

  test("operations are refused until it is stopped or the account is gone, however late that is", async () => {
    await using on = await stage();
    await asked(on);
    const { id } = await idOf(on.world);
    const late = on.world.now() + 400 * DAY;
    expect(await raisedFor(on.world.database, { accountId: id }, late)).toMatchObject([
      { by: "deletion", demands: "refuse" },
    ]);
    await on.visitor.submit(await on.visitor.open(DELETION), "stop");
    expect(await raisedFor(on.world.database, { accountId: id }, on.world.now())).toEqual([]);
  });

  test("a site that asks by itself is answered as for nobody, and the phone is asked nothing", async () => {
    await using world = await createWorld({ clients: [TILL] });
    const on = await stageIn(world);
    await asked({ ...on, more: [], page: await on.visitor.open(DELETION) });
    expect((await askOnPhone(world)).status).toBe(200);
    expect((await on.phone.requests()).requests).toEqual([]);
    await on.visitor.submit(await on.visitor.open(DELETION), "stop");
    expect((await askOnPhone(world)).status).toBe(200);
    expect((await on.phone.requests()).requests).toHaveLength(1);
  });

  test("without a phone a sign-in of the last ten minutes is enough, by codes to e-mail and phone as well", async () => {
    await using world = await createWorld();
    const visitor = await carol(world);
    world.pass(10 * MINUTE);
    const late = await visitor.submit(await visitor.open(`${DELETION}/confirm`), "ask");
    expect(late.title).toContain("Sign in");
    expect(await count(world, "account.deletion-asked")).toBe(0);
    const again = await carol(world);
    expect((await again.submit(await again.open(`${DELETION}/confirm`), "ask")).title).toContain("will be deleted");
    expect(await eventsOf(world, "account.deletion-asked")).toMatchObject([{ proof: "sign-in" }]);
    world.pass(WAIT);
    await world.drain();
    expect(await isThere(world, CAROL)).toBe(false);
  });
});

describe("the end", () => {
  test("comes when two weeks are over, to the second, and is told", async () => {
    await using on = await stage();
    await asked(on);
    const { due_at: due } = (await on.world.database.first<{ due_at: number }>(
      "SELECT due_at FROM account_deletion",
    )) ?? { due_at: 0 };
    on.world.pass(due - on.world.now() - SECOND);
    await on.world.drain();
    expect(await isThere(on.world)).toBe(true);
    on.world.pass(2 * SECOND);
    await on.world.drain();
    expect(await isThere(on.world)).toBe(false);
    expect((await on.world.message(ALICE)).subject).toBe("Your E-num account is deleted");
    expect((await on.world.message(ALICE_PHONE)).text).toContain("is deleted");
  });

  test("leaves no table with the account's id, e-mail or phone but those that tell of it, and these not for long", {
    timeout: PATIENCE,
  }, async () => {
    await using on = await full();
    const { world, id } = on;
    await asked({ ...on, more: [], page: await on.visitor.open(DELETION) });
    expect(await tablesWith(world, [id, ALICE, ALICE_PHONE])).toContain("account");
    world.pass(WAIT);
    await world.drain();
    expect(await tablesWith(world, [id])).toContain("erased_account");
    world.pass(10 * SECOND);
    await world.drain();
    // The last mail and SMS; sites that are told; and what was counted of the last hours.
    const left = await tablesWith(world, [id, ALICE, ALICE_PHONE]);
    expect(left.filter((table) => !["message", "logout_notice", "throttle"].includes(table))).toEqual([]);
    expect(left).toContain("message");
    // Nobody listens at the site; the last of five tries is within two hours.
    for (let tries = 0; tries < 5; tries += 1) {
      world.pass(2 * HOUR);
      await world.drain();
    }
    world.pass(8 * DAY);
    await world.sweep();
    expect(await tablesWith(world, [id, ALICE, ALICE_PHONE, on.phone.deviceId])).toEqual([]);
    expect(await count(world, "account.deleted")).toBe(1);
    const { revoked } = await listOf(world);
    expect(revoked).toContain(on.serial);
  });

  test("frees e-mail, phone and WMID, and a new account of the same person is a stranger to sites", async () => {
    await using on = await stage();
    const { id } = await idOf(on.world);
    await asked(on);
    on.world.pass(WAIT);
    await on.world.drain();
    await prove(on.world, createVisitor(on.world.issuer), { email: ALICE, phone: ALICE_PHONE });
    const after = await idOf(on.world);
    expect(after.id).not.toBe(id);
    expect(await on.world.database.rows("SELECT wmid FROM account_wmid WHERE wmid = '301234567890'")).toEqual([]);
  });

  test("a phone is told that it is removed, a browser that it is signed out, and a site has no receipt of who is gone", async () => {
    await using world = await createWorld({ clients: [STORE, LIBRARY] });
    const on = await stageIn(world);
    const paid = await order(world, on.visitor, PAYMENT);
    await scan(world, on.visitor, paid.page);
    const receipt = () =>
      fetch(`${world.issuer}/confirmations/receipt`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${STORE.client_id}:${STORE.client_secret}`)}` },
        body: new URLSearchParams({ operation_id: PAYMENT.operation_id }),
      });
    expect((await receipt()).status).toBe(200);
    await asked({ ...on, more: [], page: await on.visitor.open(DELETION) });
    world.pass(WAIT);
    await world.drain();
    expect(await state(on.phone)).toBe("device-revoked");
    expect((await on.visitor.open("/account")).title).toContain("Sign in");
    expect((await receipt()).status).toBe(404);
    const rows = await world.database.rows("SELECT operation, account_id FROM confirmation WHERE client_id = ?", [
      STORE.client_id,
    ]);
    expect(rows).toEqual([{ operation: "{}", account_id: "gone" }]);
  });

  test("a browser whose session has outlived the account begins a sign-in anew", async () => {
    await using on = await stage();
    const visitor = createVisitor(on.world.issuer);
    await atShop(on.world, visitor);
    await on.world.database.rows("DELETE FROM account WHERE email = ?", [ALICE]);
    const { address } = await (await createRelyingParty(on.world.issuer, SHOP)).begin();
    const page = await visitor.open(address);
    expect(page.status).toBe(200);
    expect(page.title).toContain("Sign in");
    expect(errorOf(await atShop(on.world, visitor, { prompt: "none" }))).toBe("login_required");
  });
});

async function stageIn(world: World) {
  const phone = await onlinePhone(world);
  const { visitor } = await atAccount(world);
  return { world, phone, visitor, [Symbol.asyncDispose]: async () => undefined };
}

/** Carol, who never had a phone client, signed in by codes at the page of the deletion. */
async function carol(world: World): Promise<Visitor> {
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open(DELETION), "next", { identifier: CAROL });
  const byMail = await visitor.submit(number, "sms");
  const bySms = await visitor.submit(byMail, "next", { code: await codeTo(world, CAROL) });
  const page = await visitor.submit(bySms, "next", { code: await smsTo(world, CAROL) });
  if (page.url !== `${world.issuer}${DELETION}`) throw new Error(`${CAROL} is at ${page.url}: ${page.text}`);
  return visitor;
}

/** Those in whose columns one of these stands, alone or within a text. */
async function tablesWith(world: World, wanted: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const table of (await tablesOf(world)).keys()) {
    const rows = await world.database.rows<Record<string, unknown>>(`SELECT * FROM ${table}`);
    const said = rows.flatMap((row) => Object.values(row)).map(String);
    if (said.some((text) => wanted.some((one) => text.includes(one)))) found.push(table);
  }
  return found;
}
