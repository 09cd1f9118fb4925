import * as oidc from "openid-client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, confirm } from "../support/journey-steps.ts";
import { type Walk, type Way, walk } from "../support/journey-walk.ts";
import { PAYMENT } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { TELEVISION } from "../support/user-code.ts";
import { createWorld, type World } from "../support/world.ts";

const ALICE = "alice@example.com";
const PAY = "Pay 10.50 WMZ to Book shop?";
const WAYS: readonly (Way & { how: string })[] = [
  { how: "with JavaScript" },
  {
    how: "with JavaScript off, on a phone",
    context: { javaScriptEnabled: false, viewport: { width: 390, height: 844 } },
  },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** The television shows a code; `told` is what it hears when it asks once. */
async function shows(world: World, parameters: Record<string, string>) {
  const { config } = await createRelyingParty(world.issuer, TELEVISION);
  const shown = await oidc.initiateDeviceAuthorization(config, parameters);
  const told = () => oidc.pollDeviceAuthorizationGrant(config, { ...shown, interval: 0 });
  return { shown, told };
}

/** From the code to the page that asks whether it is the person's own device. */
async function sendCode({ hands, button, m }: Walk): Promise<void> {
  await hands.press(button(m.userCode.enter.next));
}

describe.each(WAYS)("$how", (way) => {
  test("alice signs a television in by its code, says no to a stranger's, pays on it, and declines to pay", async () => {
    await using world = await createWorld({ clients: [TELEVISION] });
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(world, ALICE);
    const { page, hands, m, at, field, button, shown } = alice;
    const { enter, confirm: asking, end } = m.userCode;

    const signIn = await shows(world, { scope: "openid email" });
    await page.goto(signIn.shown.verification_uri);
    await at(enter.heading);
    await hands.type("BBBB-BBBB", field(enter.label));
    await sendCode(alice);
    await page.getByRole("alert").getByText("No device waits with this code").first().waitFor();
    await at(enter.heading);
    await hands.type(signIn.shown.user_code.toLowerCase().replace("-", ""), field(enter.label));
    await sendCode(alice);
    await at(asking.heading("Television"));
    // What she compares with the device, and what a stranger's story does not fit.
    await page.getByText(signIn.shown.user_code, { exact: true }).waitFor();
    await page.getByText("127.0.0.1").waitFor();
    await hands.press(button(asking.yes));
    await at(m.login.identifier.headingTo("Television"));
    await hands.type(ALICE, field(m.login.identifier.label));
    await hands.press(button(m.login.identifier.next));
    await answer(alice, phone);
    await at(end["signed-in"].heading);
    expect((await signIn.told()).claims()).toMatchObject({ acr: "urn:e-num:acr:login" });

    // A code that somebody has sent: by the complete address it is filled in, and nothing is sent.
    const strange = await shows(world, { scope: "openid" });
    await page.goto(strange.shown.verification_uri_complete ?? "");
    await at(enter.heading);
    expect((await field(enter.label).inputValue()).replace(/\W/g, "")).toBe(strange.shown.user_code.replace("-", ""));
    await page.getByText(enter.warning).waitFor();
    await sendCode(alice);
    await at(asking.heading("Television"));
    await hands.press(button(asking.no));
    await at(end.stopped.heading);
    await expect(strange.told()).rejects.toMatchObject({ error: "access_denied" });

    const paying = { authorization_details: JSON.stringify([PAYMENT]) };
    const payment = await shows(world, paying);
    await page.goto(payment.shown.verification_uri_complete ?? "");
    await sendCode(alice);
    await at(asking.headingOperation("Television"));
    await hands.press(button(asking.yes));
    await at(PAY);
    const response = await phone.respond("pay", await shown("challenge"), PAYMENT.payee.purse, PAYMENT.amount.value);
    await confirm(alice, response, "Confirm payment");
    await at(end.confirmed.heading);
    expect((await payment.told())["authorization_details"]).toMatchObject([{ operation_id: PAYMENT.operation_id }]);

    const other = { ...PAYMENT, operation_id: `${PAYMENT.operation_id}-2` };
    const declined = await shows(world, { authorization_details: JSON.stringify([other]) });
    await page.goto(declined.shown.verification_uri_complete ?? "");
    await sendCode(alice);
    await hands.press(button(asking.yes));
    await at(PAY);
    await hands.press(button(m.confirmation.operation.decline));
    await at(m.confirmation.declined.heading);
    await page.locator("main").getByRole("link").first().click();
    await at(end.stopped.heading);
    await expect(declined.told()).rejects.toMatchObject({ error: "access_denied" });
  });
});
