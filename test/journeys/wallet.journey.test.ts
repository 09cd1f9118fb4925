import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { type CommandLinePhone, connectedPhone } from "../support/journey-phone.ts";
import { answer } from "../support/journey-steps.ts";
import { type Walk, type Way, walk } from "../support/journey-walk.ts";
import { createWalletWorld, type WalletWorld } from "../support/wallet.ts";

const ALICE = "alice@example.com";
const WAYS: readonly (Way & { how: string })[] = [
  { how: "with a mouse" },
  {
    how: "on a phone of 360 pixels",
    context: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  },
  { how: "with JavaScript off", context: { javaScriptEnabled: false } },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function signIn(alice: Walk, { address }: WalletWorld, phone: CommandLinePhone): Promise<void> {
  const { page, hands, m, at, field, button } = alice;
  await page.goto(address);
  await at("Your wallet");
  await hands.press(button("Sign in with E-num"));
  await at(m.login.identifier.headingTo("Wallet"));
  await hands.type(ALICE, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await answer(alice, phone);
}

/** From the wallet's form to wherever it leads. */
async function choose({ page, button }: Walk, label: "Statements" | "Daily limit", to: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).selectOption(to);
  await button(`Change: ${label.toLowerCase()}`).click();
}

describe.each(WAYS)("$how", (way) => {
  test("alice reads her balance, is asked once for more when she changes a setting, and confirms a limit", async () => {
    await using wallet = await createWalletWorld();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(wallet.world, ALICE);
    const { page, hands, m, at, button } = alice;
    await signIn(alice, wallet, phone);

    // Somebody else's site: what it may do at the API is asked once, in the words of the API's entry.
    await at(m.consent.headingServers("Wallet"));
    await page.getByText("See your balance and settings").waitFor();
    await page.getByText("Change your settings").waitFor();
    await hands.press(button(m.consent.allow));
    await at("Your wallet");
    await page.getByText("1250.40 WMZ").waitFor();

    // However old the sign-in is.
    wallet.world.pass(3 * 3_600_000);
    await page.reload();
    await at("Your wallet");
    await page.getByText("1250.40 WMZ").waitFor();

    // A change wants her phone again, once.
    await choose(alice, "Statements", "by e-mail");
    await at(m.login.identifier.headingTo("Wallet"));
    await hands.type(ALICE, alice.field(m.login.identifier.label));
    await hands.press(button(m.login.identifier.next));
    await answer(alice, phone);
    await at("Your wallet");
    await page.getByText("Saved. Statements: by e-mail.").waitFor();
    await choose(alice, "Statements", "never");
    await at("Your wallet");
    await page.getByText("Saved. Statements: never.").waitFor();

    // The limit is confirmed with all that changes, and spent by the API.
    await choose(alice, "Daily limit", "500 WMZ");
    await page.locator("[data-enum-challenge]").waitFor();
    const said = (await phone.run("scan", await alice.shown("qr"))).replace(/\s+/g, " ");
    for (const detail of ["Daily limit", "100 WMZ", "500 WMZ", "Wallet (wallet)"]) expect(said).toContain(detail);
    await hands.type(await phone.respond("scan", await alice.shown("qr")), alice.field(m.login.challenge.response));
    await hands.press(button("Confirm change"));
    await at("Your wallet");
    await page.getByText("Saved. Daily limit: 500 WMZ.").waitFor();

    // It does not stick: a while later a change asks for her phone again.
    wallet.world.pass(5 * 60_000);
    await choose(alice, "Statements", "by post");
    await at(m.login.identifier.headingTo("Wallet"));
    expect(wallet.asked.filter((line) => line.startsWith("PUT"))).toEqual([
      "PUT /statements 401",
      "PUT /statements 204",
      "PUT /statements 204",
      "PUT /limit 204",
      "PUT /statements 401",
    ]);
  });
});
