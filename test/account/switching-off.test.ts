import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { policyFile } from "../policy/support.ts";
import { order, STORE } from "../support/payment.ts";
import { scanned } from "../support/scan.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { client, createWorld, type World } from "../support/world.ts";
import { atAccount, CARE, eventsOf, HEADING, on, press, scan, toldOf } from "./support.ts";

const SCANNED = "Payments by scanning only";
const NOTHING = "Nothing has changed";

describe("switching off", () => {
  test("is confirmed by scanning what it is, and then works, is an event, and its owner is told", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await press(visitor, "on operation");
    const asked = await press(visitor, "off operation");
    expect(asked.text).toContain(`Change the security setting “${SCANNED}”?`);
    expect(asked.text).toContain("Scan this code with your phone");
    expect(on(await visitor.open(CARE))).toEqual(["operation"]);
    const { operation, client: site } = await scanned(world, asked.qr);
    expect(operation).toMatchObject({ type: "security_settings", setting: SCANNED, from: "On", to: "Off" });
    expect(site).toEqual({ id: "account", name: "E-num account" });
    // The page has told of something else since, in another tab.
    const page = await scan(world, visitor, await press(visitor, "off operation"));
    expect(page.url).toBe(`${world.issuer}${CARE}`);
    expect(toldOf(page)).toContain("It is switched off");
    expect(on(page)).toEqual([]);
    const [confirmed] = await world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(await eventsOf(world, "account.setting-off")).toEqual([
      { clientId: null, demands: "operation", confirmation: confirmed?.id },
    ]);
    const { subject, text } = await world.message(ALICE);
    expect(subject).toBe("Switched off for your E-num account");
    expect(text).toContain(SCANNED);
  });

  test("in Russian the phone shows it in Russian", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer, { "accept-language": "ru" });
    await atAccount(world, { visitor });
    await press(visitor, "on no-sms");
    const asked = await press(visitor, "off no-sms");
    expect((await scanned(world, asked.qr)).operation).toMatchObject({
      setting: "Без кодов по SMS",
      from: "Включено",
      to: "Выключено",
    });
    expect(on(await scan(world, visitor, asked))).toEqual([]);
  });

  test.each(["en", "ru"])(
    "fits into a code that phones can read, for the longest name of a site, in %s",
    async (lang) => {
      const name = "Международная кредитная биржа взаимопомощи «Северное сияние» №12";
      const site = client({ client_id: "kreditnaya-birzha-severnoe-siyanie-12", client_name: name });
      await using world = await createWorld({ clients: [site] });
      const visitor = createVisitor(world.issuer, { "accept-language": lang });
      await atAccount(world, { visitor });
      await visitor.post(CARE, `action=on+login+${site.client_id}`);
      const asked = await press(visitor, `off login ${site.client_id}`);
      expect(asked.qr.length).toBeGreaterThan(500);
      expect((await scanned(world, asked.qr)).operation["setting"]).toContain(site.client_id);
      expect(on(await scan(world, visitor, asked))).toEqual([]);
    },
  );

  test("declined, the page says that nothing has changed", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await press(visitor, "on operation");
    const declined = await visitor.submit(await press(visitor, "off operation"), "decline");
    expect(declined.text).toContain("Nothing was confirmed");
    const page = await visitor.open(declined.html.querySelector("a.button")?.getAttribute("href") ?? "");
    expect(page.title).toContain("More care with your account");
    expect(toldOf(page)).toContain(NOTHING);
    expect(on(page)).toEqual(["operation"]);
    expect(await eventsOf(world, "account.setting-off")).toEqual([]);
  });

  test("what is off already needs no confirmation", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    const page = await visitor.post(CARE, "action=off+operation");
    expect([page.url, on(page)]).toEqual([`${world.issuer}${CARE}`, []]);
  });

  test("a typed response to confirm is not enough, whatever it is for", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await press(visitor, "on operation");
    const asked = await press(visitor, "off operation");
    const typed = await visitor.submit(asked, "next", {
      response: world.answer(ALICE, asked.challenge, { mode: "confirm" }),
    });
    expect(typed.status).toBe(422);
    expect(on(await visitor.open(CARE))).toEqual(["operation"]);
  });

  test("the operator's policy for our own client holds, and says so", async () => {
    const rule = { name: "settings", types: ["security_settings"], demands: "confirm", clients: ["shop"] };
    await using world = await createWorld({ policy: policyFile({ rules: [rule] }) });
    const { visitor } = await atAccount(world);
    await press(visitor, "on operation");
    expect((await press(visitor, "off operation")).text).toContain("Scan this code");
    const relaxed = { time_zone: "UTC", rules: [{ ...policyFile({ rules: [rule] }).rules[0], clients: ["account"] }] };
    await using other = await createWorld({ policy: JSON.parse(JSON.stringify(relaxed)) });
    const { visitor: here } = await atAccount(other);
    await press(here, "on operation");
    const asked = await press(here, "off operation");
    const response = other.answer(ALICE, asked.challenge, { mode: "confirm" });
    expect(on(await here.submit(asked, "next", { response }))).toEqual([]);
  });
});

describe("nothing is switched off by", () => {
  test("a confirmation of what was on before: each switch is confirmed by itself", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await press(visitor, "on operation");
    const [before] = await raised(world);
    await scan(world, visitor, await press(visitor, "off operation"));
    await press(visitor, "on operation");
    const [confirmed] = await world.database.rows<{ operation_id: string }>("SELECT operation_id FROM confirmation");
    expect(confirmed?.operation_id).toContain(before?.id);
    const again = await withState(world, visitor, confirmed?.operation_id ?? "");
    expect(again.title).toContain(HEADING);
    expect(on(await visitor.open(CARE))).toEqual(["operation"]);
  });

  test.each<[string, (operation: object) => object]>([
    ["other words for it", (operation) => ({ ...operation, setting: "A prize for you" })],
    ["the words of another setting", (operation) => ({ ...operation, setting: "No codes by SMS" })],
    ["the other direction", (operation) => ({ ...operation, from: "Off", to: "On" })],
    ["more words than ours", (operation) => ({ ...operation, description: "Win a prize" })],
  ])("a confirmation that had %s", async (_title, change) => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await press(visitor, "on operation");
    const { operation } = await scanned(world, (await press(visitor, "off operation")).qr);
    const operationId = String(operation["operation_id"]);
    const asked = await visitor.open(authorize(world, "account", operationId, change(operation)));
    const page = await scan(world, visitor, asked);
    expect(toldOf(page)).toContain(NOTHING);
    expect(on(page)).toEqual(["operation"]);
    expect(await world.database.rows("SELECT id FROM confirmation")).toHaveLength(1);
  });

  test("a confirmation of another client's, with the same number and words", async () => {
    const site = { ...STORE, authorization_details_types: ["security_settings"] };
    await using world = await createWorld({ clients: [site] });
    const { visitor } = await atAccount(world);
    await press(visitor, "on operation");
    const { operation } = await scanned(world, (await press(visitor, "off operation")).qr);
    const { page } = await order(world, visitor, operation, {}, site);
    await scan(world, visitor, page);
    expect(await world.database.rows("SELECT client_id FROM confirmation")).toEqual([{ client_id: "shop" }]);
    expect(toldOf(await withState(world, visitor, String(operation["operation_id"])))).toContain(NOTHING);
    expect(on(await visitor.open(CARE))).toEqual(["operation"]);
  });

  test("a request to confirm it that has expired", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await press(visitor, "on operation");
    const asked = await press(visitor, "off operation");
    const response = world.answer(ALICE, asked.challenge, await scanned(world, asked.qr));
    world.pass(6 * MINUTE);
    await visitor.submit(asked, "next", { response });
    expect(on(await visitor.open(CARE))).toEqual(["operation"]);
  });
});

const raised = (world: World) => world.database.rows<{ id: string }>("SELECT id FROM policy_raised");

/** As the answer to a request would come back. */
function withState(world: World, visitor: Visitor, state: string): Promise<Page> {
  return visitor.open(`/account/callback?${new URLSearchParams({ state, code: "x", iss: world.issuer })}`);
}

/** A request that somebody has written by hand in this browser. */
function authorize(world: World, clientId: string, state: string, operation: object): string {
  const parameters = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    scope: "openid",
    redirect_uri: `${world.issuer}/account/callback`,
    state,
    code_challenge: "A".repeat(43),
    code_challenge_method: "S256",
    authorization_details: JSON.stringify([operation]),
  });
  return `/authorize?${parameters}`;
}
