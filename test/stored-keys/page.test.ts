import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { atAccount, eventsOf, scan, toldOf } from "../account/support.ts";
import { confirmedUntilCallback } from "../device/own-support.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import { anEnvelope, confirmed, keysPath, PROGRAM, present, putting, stored, WMID } from "../support/stored-keys.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const KEYS = "/account/keys";
const DELETE = `delete ${WMID}`;
const textOf = (page: Page) => page.text.replace(/\s+/g, " ");

/** Alice at her account page, whose keys are kept in two versions. */
async function withKeys(headers: Record<string, string> = {}) {
  const world = await createWorld({ clients: [PROGRAM] });
  const visitor = createVisitor(world.issuer, headers);
  await atAccount(world, { visitor });
  const tag = (await stored(world)).headers.get("etag") ?? "";
  await present(world, await confirmed(world, "change"), putting(anEnvelope(WMID, 9), { "if-match": tag }));
  return { world, visitor, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const press = async (visitor: Visitor) => visitor.submit(await visitor.open(KEYS), DELETE);
const kept = (world: World) => world.database.rows("SELECT wmid FROM kept_keys");

describe("the page of kept keys", () => {
  test("says that there are none, and asks who is not signed in to sign in", async () => {
    await using world = await createWorld({ clients: [PROGRAM] });
    expect((await createVisitor(world.issuer).open(KEYS)).title).toContain("Sign in");
    const { visitor, page } = await atAccount(world);
    expect(page.html.querySelector(`a[href="${KEYS}"]`)?.text).toContain("Your keys in E-num Storage");
    const empty = await visitor.open(KEYS);
    expect([empty.status, textOf(empty)]).toEqual([200, expect.stringContaining("No keys are kept for you")]);
    expect(empty.html.querySelectorAll("main button")).toEqual([]);
  });

  test("shows versions, who put them there, who had them last, and when what was moved out is gone", async () => {
    await using on = await withKeys();
    const before = textOf(await on.visitor.open(KEYS));
    expect(before).toContain("WMID 3012 3456 7890");
    expect(before).toMatch(/Version 2.+, by Wallet program.*Version 1.+, by Wallet program/);
    expect(before).toMatch(/Last retrieved\s*Never/);
    await present(on.world, await confirmed(on.world, "move"), { method: "POST", path: `${keysPath()}/move` });
    const after = textOf(await on.visitor.open(KEYS));
    expect(after).toMatch(/Last retrieved(?!\s*Never).+, by Wallet program/);
    expect(after).toContain("Moved out");
  });

  test("has what is not its own not at all", async () => {
    await using on = await withKeys();
    await on.world.database.rows(
      "UPDATE kept_keys SET account_id = (SELECT id FROM account WHERE email = 'bob@example.com')",
    );
    expect(textOf(await on.visitor.open(KEYS))).toContain("No keys are kept for you");
    const pressed = await on.visitor.post(KEYS, `action=delete+${WMID}`);
    expect(pressed.url).toBe(`${on.world.issuer}${KEYS}`);
  });

  test.each(["delete", "delete 1", `delete ${WMID} x`, `keep ${WMID}`, ""])("has no button %j", async (button) => {
    await using world = await createWorld({ clients: [PROGRAM] });
    const { visitor } = await atAccount(world);
    expect((await visitor.post(KEYS, new URLSearchParams({ action: button }).toString())).status).toBe(400);
  });
});

describe("deleting", () => {
  test("is confirmed by scanning what it is; then nothing is kept, it is an event, and its owner is told", async () => {
    await using on = await withKeys();
    const asked = await press(on.visitor);
    expect((await scanned(on.world, asked.qr)).operation).toMatchObject({
      type: "security_settings",
      setting: "Keys of WMID 301234567890 in E-num Storage",
      from: "Kept",
      to: "Deleted, with all versions",
    });
    expect(await kept(on.world)).toHaveLength(1);
    const page = await scan(on.world, on.visitor, asked);
    expect([page.url, toldOf(page)]).toEqual([
      `${on.world.issuer}${KEYS}`,
      expect.stringContaining("The keys are deleted"),
    ]);
    expect(await kept(on.world)).toEqual([]);
    expect(await eventsOf(on.world, "storage.deleted")).toEqual([
      { clientId: "account", wmid: WMID, version: 2, confirmation: expect.any(String) },
    ]);
    expect((await on.world.message(ALICE)).text).toContain("asked for by E-num account");
  });

  test("in Russian the phone shows it in Russian", async () => {
    await using on = await withKeys({ "accept-language": "ru" });
    const asked = await press(on.visitor);
    expect((await scanned(on.world, asked.qr)).operation).toMatchObject({ from: "Хранятся" });
    expect(toldOf(await scan(on.world, on.visitor, asked))).toContain("Ключи удалены");
    expect(await kept(on.world)).toEqual([]);
  });

  test("happens once, by sixteen ways back at once, and not to what is kept anew since", async () => {
    await using on = await withKeys();
    const phone = await onlinePhone(on.world);
    const callback = await confirmedUntilCallback(on.world, on.visitor, await press(on.visitor), phone);
    const pages = await Promise.all(Array.from({ length: 16 }, () => on.visitor.open(callback)));
    for (const { status } of pages) expect(status).toBe(200);
    expect(await eventsOf(on.world, "storage.deleted")).toHaveLength(1);
    expect((await stored(on.world)).status).toBe(201);
    await on.visitor.open(callback);
    expect(await kept(on.world)).toHaveLength(1);
  });

  test("does not happen when it was declined, or confirmed too long ago", async () => {
    await using on = await withKeys();
    const declined = await on.visitor.submit(await press(on.visitor), "decline");
    const back = await on.visitor.open(declined.html.querySelector("a.button")?.getAttribute("href") ?? "");
    expect(toldOf(back)).toContain("Nothing has changed");
    const phone = await onlinePhone(on.world);
    const callback = await confirmedUntilCallback(on.world, on.visitor, await press(on.visitor), phone);
    on.world.pass(11 * MINUTE);
    expect(toldOf(await on.visitor.open(callback))).toContain("Nothing has changed");
    expect(await kept(on.world)).toHaveLength(1);
  });
});
