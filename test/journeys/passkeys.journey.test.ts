import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, confirm, pressBuy } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";

const PURSE = BOOK_SHOP.purse ?? "";
const ALICE = "alice@example.com";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** Chromium's own authenticator: a device's, with resident keys, whose owner is there and verified. */
async function authenticatorIn(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { keys: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials };
}

test("alice adds a passkey with her phone, signs in by it without a name, and pays with her phone all the same", async () => {
  await using journey = await createJourney();
  await using alice = await walk(browser, {});
  await using phone = await connectedPhone(journey.world, ALICE);
  const { page, hands, m, at, field, button, shown } = alice;
  const authenticator = await authenticatorIn(page);
  const { account, passkey } = m;

  await page.goto(`${journey.world.issuer}/account`);
  await at(m.login.identifier.headingTo("E-num account"));
  await hands.type(ALICE, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await answer(alice, phone);
  await at(account.heading);
  await hands.press(page.locator(".sections").getByRole("link", { name: passkey.heading }));
  await at(passkey.heading);
  await hands.press(button(passkey.add));
  await at(`Change the security setting “${passkey.operation.setting}”?`);
  await confirm(alice, await phone.respond("scan", await shown("qr")), "Confirm change");
  await at(passkey.headingNew);
  await hands.press(button(passkey.make));
  await at(passkey.heading);
  await page.getByRole("status").getByText(account.told["passkey-added"].title).waitFor();
  expect(await authenticator.keys()).toHaveLength(1);

  // The browser offers it by itself, in the field for the name.
  await page.context().clearCookies();
  await page.goto(`${journey.world.issuer}/account`, { waitUntil: "commit" });
  await at(account.heading);

  // One that does not is asked by the button.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
  await page.context().clearCookies();
  await page.goto(`${journey.world.issuer}/account`);
  await at(m.login.identifier.headingTo("E-num account"));
  await hands.press(button(passkey.signIn));
  await at(account.heading);

  await pressBuy(alice, journey.shop);
  await at("Pay 10.50 WMZ to Book shop?");
  await confirm(alice, await phone.respond("pay", await shown("challenge"), PURSE, "10.5"), "Confirm payment");
  await at("Paid: The House by the Lake");
});
