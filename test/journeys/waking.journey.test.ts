import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone } from "../support/connected-web-phone.ts";
import { fakePush } from "../support/fake-push.ts";
import { startPushService } from "../support/push-service.ts";
import { type WebPhone, webPhone } from "../support/web-phone.ts";
import { asked } from "../support/web-phone-person.ts";
import { createWorld, type World } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const ALICE = "alice@example.com";

async function settings({ w, page, press, at }: WebPhone): Promise<void> {
  await press(w.home.accounts);
  await page.getByRole("button", { name: `${w.accounts.open}: ${ALICE}` }).click();
  await page.getByRole("heading", { level: 2, name: w.account.unlink }).waitFor();
  await at("Phone");
}

/** How many of alice's phones are woken. */
async function woken({ database }: World): Promise<number> {
  return (await database.rows("SELECT id FROM device WHERE push_sealed IS NOT NULL")).length;
}

test("a person has a sleeping phone told that something waits, and no more", async () => {
  const locale = "ru";
  await using service = await startPushService();
  await using world = await createWorld({ push: service });
  await using empty = await webPhone(browser, { locale });
  const system = await fakePush(empty, service);
  const phone = await connectedWebPhone(browser, world, ALICE, { on: empty });
  const { w, page } = phone;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  /** A request comes to a phone of alice's; what the provider has pushed. */
  const request = async () => {
    const before = service.received.length;
    const { page: shown } = await asked(world, ALICE);
    await world.drain();
    return { shown, pushed: service.received.slice(before) };
  };

  // Not allowed at first: it is said, and after that only the browser's settings help.
  await system.allows(false);
  await settings(phone);
  await phone.press(w.push.on);
  await page.getByRole("alert").getByText(w.push.notAllowed).waitFor();
  await page.getByText(w.push.blocked).waitFor();
  await phone.at("Phone");
  await system.allows(true);
  await phone.press(w.back);
  await phone.at(w.accounts.heading);
  await phone.press(w.back);
  await settings(phone);
  await phone.press(w.push.on);
  await page.locator("main").getByText(w.push.turnedOn).waitFor();
  await phone.at("Phone");
  expect(await woken(world)).toBe(1);

  // Nobody has the client open: the system says that something waits.
  await page.goto("about:blank");
  const first = await request();
  expect(first.pushed).toHaveLength(1);
  const shown = await system.comes(first.pushed[0]?.content ?? "");
  expect(shown).toMatchObject({
    title: "E-num",
    body: w.push.notification,
    silent: false,
    lang: locale,
    closed: false,
  });
  expect(JSON.stringify(shown)).not.toMatch(/shop|alice/i);
  expect((await fetch(new URL(shown.icon, world.issuer))).headers.get("content-type")).toBe("image/png");
  const opened = await system.press();
  expect(opened).toBe("/phone#waiting");
  await page.goto(`${world.issuer}${opened}`);
  await page.getByRole("heading", { level: 2, name: w.requests.inbox.heading }).waitFor();
  await phone.at(w.home.heading);
  expect(page.url()).toBe(`${world.issuer}/phone`);

  // The client is in sight, on another screen: nothing rings, and a press leads to the list.
  await settings(phone);
  const second = await request();
  expect(await system.comes(second.pushed[0]?.content ?? "")).toMatchObject({ silent: true, closed: true });
  await system.press();
  await phone.at(w.home.heading);
  // What is being typed stays.
  await page.locator("main > .modes .mode").filter({ hasText: w.home.login }).click();
  await phone.type("48219370", w.number.label);
  await system.press();
  await phone.at(w.number.heading.login);
  await phone.press(w.back);

  // The browser changes its address while nobody has the client open: the worker tells the provider by itself.
  await system.changes();
  await page.goto("about:blank");
  const moved = await request();
  expect(moved.pushed).toHaveLength(1);
  expect(moved.pushed[0]?.path).not.toBe(second.pushed[0]?.path);
  await page.goto(`${world.issuer}/phone`);
  await phone.at(w.home.heading);

  // The browser has taken another address since, of which the worker has heard nothing: the provider is told of it when the client is opened.
  await system.moves();
  const [told] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "PUT"),
    page.reload(),
  ]);
  expect(told.status()).toBe(204);
  await phone.at(w.home.heading);
  const third = await request();
  expect(third.pushed).toHaveLength(1);
  expect(third.pushed[0]?.path).not.toBe(moved.pushed[0]?.path);

  // Off again, and on, and away with the device.
  await settings(phone);
  await phone.press(w.push.off);
  await page.locator("main").getByText(w.push.turnedOff).waitFor();
  await phone.at("Phone");
  expect([await woken(world), await system.isThere(), (await request()).pushed]).toEqual([0, false, []]);
  await phone.press(w.push.on);
  await page.locator("main").getByText(w.push.turnedOn).waitFor();
  expect([await woken(world), await system.isThere()]).toEqual([1, true]);
  await phone.press(w.account.unlink);
  await phone.press(w.unlink.yes);
  await phone.at(w.unlink.done);
  expect([await woken(world), await system.isThere()]).toEqual([0, false]);
  expect(service.faults).toEqual([]);
});
