import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKeeper } from "../../examples/native/keeper.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, confirm } from "../support/journey-steps.ts";
import { type Way, walk } from "../support/journey-walk.ts";
import { KEEPER } from "../support/keeper.ts";
import { createWorld } from "../support/world.ts";

const ALICE = "alice@example.com";
const PURSE = "Z123456789012";
const WAYS: readonly (Way & { how: string })[] = [
  { how: "with a mouse" },
  { how: "with JavaScript off", context: { javaScriptEnabled: false } },
];
const BACK = "Back to Keeper";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe.each(WAYS)("$how", (way) => {
  test("alice signs in to an app, comes back to it by a loopback port, and pays from it; the next time she is asked again", async () => {
    await using world = await createWorld({ clients: [KEEPER] });
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(world, ALICE);
    const { page, hands, m, at, field, button, shown } = alice;
    // The system's browser is where the person is signed in already; here it is hers.
    let opened: Promise<unknown> = Promise.resolve();
    const keeper = await createKeeper({
      issuer: world.issuer,
      clientId: KEEPER.client_id,
      open: (address) => {
        opened = page.goto(address);
      },
    });

    const signingIn = keeper.signIn();
    await at(m.login.identifier.headingTo("Keeper"));
    await hands.type(ALICE, field(m.login.identifier.label));
    await hands.press(button(m.login.identifier.next));
    await answer(alice, phone);
    await at(m.consent.headingAgain("Keeper"));
    await hands.press(button(m.consent.goOn));
    await at(BACK);
    const person = await signingIn;
    expect(person.wmid).toBe("301234567890");

    const operation = {
      type: "payment",
      operation_id: "transfer-1",
      payee: { purse: PURSE },
      amount: { value: "10.5", currency: "WMZ" },
    };
    const confirming = keeper.confirm(operation, person);
    await page.locator("[data-enum-challenge]").waitFor();
    await opened;
    const response = await phone.respond("pay", await shown("challenge"), PURSE, "10.5");
    await confirm(alice, response, "Confirm payment");
    await at(BACK);
    expect((await confirming).receipt).toMatchObject({ sub: person.sub, authorization_details: [operation] });

    // Signed in at the provider, and still asked: any app could say that it is Keeper.
    const refused = expect(keeper.signIn()).rejects.toMatchObject({ error: "access_denied" });
    await at(m.consent.headingAgain("Keeper"));
    await hands.press(button(m.consent.stop));
    await at(BACK);
    await refused;
  });
});
