import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKeeper } from "../../examples/native/keeper.ts";
import { createStoredKeys } from "../../examples/native/stored-keys.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, scan } from "../support/journey-steps.ts";
import { type Way, walk } from "../support/journey-walk.ts";
import { KEEPER } from "../support/keeper.ts";
import { createWorld } from "../support/world.ts";

const ALICE = "alice@example.com";
const WMID = "301234567890";
const BACK = "Back to Keeper";
const PASSWORD = "correct horse battery staple";
const WAY: Way = { context: { javaScriptEnabled: false } };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test("with JavaScript off, alice has her keys stored by a program, has them back, sees both, and deletes them", async () => {
  await using world = await createWorld({ clients: [KEEPER] });
  await using alice = await walk(browser, WAY);
  await using phone = await connectedPhone(world, ALICE);
  const { page, hands, m, at, field, button } = alice;
  const { account, storage } = m;
  let opened: Promise<unknown> = Promise.resolve();
  const keeper = await createKeeper({
    issuer: world.issuer,
    clientId: KEEPER.client_id,
    open: (address) => {
      opened = page.goto(address);
    },
  });
  /** What she does in the browser once the program has opened it. */
  const confirmed = async (heading: string): Promise<string> => {
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await opened;
    return scan(alice, phone, heading, "Confirm");
  };

  const signingIn = keeper.signIn();
  await at(m.login.identifier.headingTo("Keeper"));
  await hands.type(ALICE, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await answer(alice, phone);
  await at(m.consent.headingAgain("Keeper"));
  await hands.press(button(m.consent.goOn));
  await at(BACK);
  const keys = createStoredKeys({ issuer: world.issuer, keeper, by: await signingIn });

  const file = Uint8Array.from({ length: 164 }, (_, place) => (place * 89 + 7) % 256);
  const storing = keys.store(file, PASSWORD);
  const said = await confirmed("Back up the keys of WMID 3012 3456 7890?");
  for (const detail of ["site Keeper", "action back_up", "wmid 3012 3456 7890"])
    expect(said.replace(/\s+/g, " ")).toContain(detail);
  await at(BACK);
  expect(await storing).toBe(1);

  const retrieving = keys.retrieve(PASSWORD);
  await confirmed("Retrieve the keys of WMID 3012 3456 7890?");
  await at(BACK);
  expect(await retrieving).toEqual(file);

  await page.goto(`${world.issuer}/account`);
  await at(account.heading);
  await hands.press(page.locator(".sections").getByRole("link", { name: storage.heading }));
  await at(storage.heading);
  await page.getByText("Version 1").waitFor();
  await expect(page.locator("dl.rows div", { hasText: storage.read }).innerText()).resolves.toContain("by Keeper");
  await hands.press(page.getByRole("button", { name: storage.remove }));
  const setting = storage.removing.setting(WMID);
  const told = await scan(alice, phone, `Change the security setting “${setting}”?`, "Confirm change");
  for (const detail of [setting, storage.removing.to]) expect(told).toContain(detail);
  await at(storage.heading);
  await page.getByRole("status").getByText(account.told["keys-deleted"].title).waitFor();
  await page.getByText(storage.none).waitFor();
});
