import { describe, expect, test } from "vitest";
import { atAccount, eventsOf, scan, toldOf } from "../account/support.ts";
import { scanned } from "../support/scan.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const PAGE = "/account/notifications";
const NAME = "Mails about sign-ins from a new browser";
const press = async (visitor: Visitor, button: string) => visitor.submit(await visitor.open(PAGE), button);

/** Which can be switched off, and which on. */
const buttons = (page: Page) =>
  page.html.querySelectorAll('button[form="settings"]').map((button) => button.getAttribute("value"));
const ALL_ON = ["off new-browser", "off kept-keys", "off certificate-expiring"];

async function muted(world: World) {
  return world.database.rows("SELECT account_id, notice FROM muted_notice");
}

describe("the page of notifications", () => {
  test("says what can be switched off and what is always sent, and asks a stranger to sign in", async () => {
    await using world = await createWorld();
    expect((await createVisitor(world.issuer).open(PAGE)).title).toContain("Sign in");
    const { visitor } = await atAccount(world);
    const page = await visitor.open(PAGE);
    expect(buttons(page)).toEqual(ALL_ON);
    expect(page.text).toContain("These are always sent");
    expect(page.text).toContain("A phone was connected or removed");
  });

  test("a guarding notice is switched off by scanning what it is; its owner is told a last time, and no more", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    const asked = await press(visitor, "off new-browser");
    expect((await scanned(world, asked.qr)).operation).toMatchObject({ setting: NAME, from: "On", to: "Off" });
    expect(await muted(world)).toEqual([]);
    const page = await scan(world, visitor, asked);
    expect(page.url).toBe(`${world.issuer}${PAGE}`);
    expect(toldOf(page)).toContain("It is switched off");
    expect(buttons(page)).toEqual(["on new-browser", ...ALL_ON.slice(1)]);
    const [confirmed] = await world.database.rows<{ id: string }>("SELECT id FROM confirmation");
    expect(await eventsOf(world, "account.notice-off")).toEqual([
      { clientId: null, notice: "new-browser", confirmation: confirmed?.id },
    ]);
    const { subject, text } = await world.message(ALICE);
    expect(subject).toBe("Switched off for your E-num account");
    expect(text).toContain(NAME);
    const before = await world.newBrowsers();
    await signIn(world);
    expect(await world.newBrowsers()).toEqual(before);
    // On it goes by a press; the confirmation of before switches nothing off again.
    const back = await press(visitor, "on new-browser");
    expect(toldOf(back)).toContain("It is switched on");
    await signIn(world);
    expect(await world.newBrowsers()).toHaveLength(before.length + 1);
    expect(await eventsOf(world, "account.notice-on")).toEqual([{ clientId: null, notice: "new-browser" }]);
    const history = await visitor.open("/account/history");
    for (const part of ["Notifications were switched off", "Notifications were switched on", NAME])
      expect(history.text).toContain(part);
  });

  test("reminders are switched off at once, and nobody is told", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    const page = await press(visitor, "off certificate-expiring");
    expect(toldOf(page)).toContain("It is switched off");
    expect(await world.messages()).toEqual([]);
    expect(await eventsOf(world, "account.notice-off")).toEqual([{ clientId: null, notice: "certificate-expiring" }]);
    await visitor.post(PAGE, "action=off+certificate-expiring", { origin: world.issuer });
    expect(await eventsOf(world, "account.notice-off")).toHaveLength(1);
  });

  test("what was declined switches nothing off", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    await visitor.submit(await press(visitor, "off kept-keys"), "decline");
    expect(buttons(await visitor.open(PAGE))).toEqual(ALL_ON);
    expect(await muted(world)).toEqual([]);
  });

  test.each(["off locked", "off", "on new-browser x", "maybe kept-keys"])("has no button %j", async (action) => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    const page = await visitor.post(PAGE, new URLSearchParams({ action }).toString(), { origin: world.issuer });
    expect(page.status).toBe(400);
    expect(await muted(world)).toEqual([]);
  });
});

test.each(["en", "ru"])("each operation fits into a code that phones can read, in %s", async (lang) => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer, { "accept-language": lang });
  await atAccount(world, { visitor });
  for (const notice of ["new-browser", "kept-keys"]) {
    const { qr } = await press(visitor, `off ${notice}`);
    expect(qr).toContain("&t=");
    expect((await scanned(world, qr)).operation).toMatchObject({ type: "security_settings" });
  }
});
