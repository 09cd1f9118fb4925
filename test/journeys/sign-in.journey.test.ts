import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { commandLinePhone, connectedPhone } from "../support/journey-phone.ts";
import { answer, pressSignIn, register, signIn, signOut } from "../support/journey-steps.ts";
import { type Way, walk } from "../support/journey-walk.ts";

const NARROW = { width: 360, height: 740 };
const WAYS: readonly (Way & { how: string; scripted: boolean })[] = [
  { how: "on a phone of 360 pixels", scripted: true, context: { viewport: NARROW, hasTouch: true, isMobile: true } },
  { how: "with JavaScript off", scripted: false, context: { javaScriptEnabled: false } },
  { how: "in Russian", scripted: true, locale: "ru" },
  { how: "by the keyboard alone", scripted: true, keyboard: true },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe.each(WAYS)("$how", (way) => {
  test("alice signs in at the shop with her phone, and out again", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { shop, world } = journey;
    const origins: Promise<string | null>[] = [];
    alice.page.on("request", (request) => {
      if (request.method() === "POST" && request.url().startsWith(world.issuer))
        origins.push(request.headerValue("origin"));
    });
    await signIn(alice, shop, "alice@example.com", phone);
    await alice.at(BOOK_SHOP.heading);
    await alice.page.getByText("alice@example.com").waitFor();
    await alice.page.getByText("3012 3456 7890").waitFor();
    await signOut(alice, shop);
    await alice.button("Sign in with E-num").waitFor();
    expect(await alice.page.getByText("alice@example.com").count()).toBe(0);
    // By this alone browsers without Fetch Metadata show whose form it is.
    expect(new Set(await Promise.all(origins))).toEqual(new Set([world.issuer]));
  });

  test("a newcomer registers, connects a phone, and is signed in at the shop that sent them", async () => {
    await using journey = await createJourney();
    await using newcomer = await walk(browser, way);
    await using phone = await commandLinePhone();
    const { shop, world } = journey;
    const { hands, m, at, button, field, shown } = newcomer;
    const dora = { email: "dora@example.com", phone: "+15555550199" };
    await pressSignIn(newcomer, shop);
    await at(m.login.identifier.headingTo("Book shop"));
    await hands.press(button(m.login.identifier.register));
    await register(newcomer, journey, dora);

    await phone.run("activate", dora.email, await shown("activation"), "--issuer", world.issuer, "--name", "Laptop");
    // With JavaScript the page goes on by itself.
    if (!way.scripted) await hands.press(button(m.enrolment.activate.answered));
    await at(m.enrolment.firstResponse.heading);
    await hands.type(await phone.respond("first", await shown("challenge")), field(m.login.challenge.response));
    await hands.press(button(m.enrolment.firstResponse.submit));
    await at(m.enrolment.done.heading);
    await hands.press(button(m.enrolment.done.nextTo("Book shop")));
    await answer(newcomer, phone);
    await at(BOOK_SHOP.heading);
    await newcomer.page.getByText(dora.email).waitFor();
    await signOut(newcomer, shop);
  });
});
