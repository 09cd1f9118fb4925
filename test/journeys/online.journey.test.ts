import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney, type LiveSite } from "../support/journey.ts";
import { type CommandLinePhone, connectedPhone } from "../support/journey-phone.ts";
import { pressSignIn, sayWho, signIn, signOut } from "../support/journey-steps.ts";
import { type Walk, type Way, walk } from "../support/journey-walk.ts";

const WAYS: readonly (Way & { how: string; scripted: boolean })[] = [
  { how: "with JavaScript", scripted: true },
  { how: "with JavaScript off", scripted: false, context: { javaScriptEnabled: false } },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe.each(WAYS)("$how", (way) => {
  test("alice's phone answers by itself the browser that signed in before, and the page goes on", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { shop } = journey;
    await comeBack(alice, shop, phone);
    expect(await phone.run("requests")).toContain("yes: it has signed this account in before");
    expect(await phone.run("answer", "1", await alice.shown("challenge"))).toContain("Sent.");
    if (!way.scripted) await alice.hands.press(alice.button(alice.m.login.challenge.answered));
    await alice.at(BOOK_SHOP.heading);
    await alice.page.getByText("alice@example.com").waitFor();
  });

  test("declined on the phone, the page says so and leads back to the site", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { shop } = journey;
    await comeBack(alice, shop, phone);
    await phone.run("requests");
    await phone.run("decline", "1", "changed_mind");
    if (!way.scripted) await alice.hands.press(alice.button(alice.m.login.challenge.answered));
    await alice.at(alice.m.request.declined.heading);
    await alice.hands.press(alice.page.getByRole("link", { name: /Book shop/ }));
    await alice.page.waitForURL((url) => url.href.startsWith(shop.address));
  });
});

/** Until the check number of a second sign-in is shown in a browser that has signed alice in once. */
async function comeBack(alice: Walk, shop: LiveSite, phone: CommandLinePhone): Promise<void> {
  await signIn(alice, shop, "alice@example.com", phone);
  await alice.at(BOOK_SHOP.heading);
  await signOut(alice, shop);
  await pressSignIn(alice, shop);
  await sayWho(alice, shop, "alice@example.com");
  await alice.at(alice.m.login.challenge.heading);
}
