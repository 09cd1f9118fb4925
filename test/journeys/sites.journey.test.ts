import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOK_SHOP, CITY_LIBRARY } from "../../examples/shop/pages.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { pressSignIn, sayWho, signIn, signOut } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe("a site of somebody else", () => {
  test("sees nothing before alice allows it, and asks her once", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { hands, m, at, button, page } = alice;
    const { library } = journey;
    await signIn(alice, library, "alice@example.com", phone);
    await at(m.consent.heading("City library"));
    await page.getByText(m.consent.scopes.wmid).waitFor();
    await hands.press(button(m.consent.allow));
    await at(CITY_LIBRARY.heading);
    await page.getByText("alice@example.com").waitFor();

    // The library forgets her, E-num does not: the sign-in is there at once.
    await page.context().clearCookies({ name: "library-session" });
    await page.goto(library.address);
    await hands.press(button("Sign in with E-num"));
    await page.getByText("alice@example.com").waitFor();
  });

  test("is told no more than a no when alice does not allow it", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { hands, m, at, button, page } = alice;
    await signIn(alice, journey.library, "alice@example.com", phone);
    await at(m.consent.heading("City library"));
    await hands.press(button(m.consent.decline));
    await at("You did not sign in");
    await hands.press(page.getByRole("link", { name: "Back to the books" }));
    await at(CITY_LIBRARY.heading);
    await button("Sign in with E-num").waitFor();
  });
});

describe("a no", () => {
  test("before the check number and after it brings the person back to the site, not signed in", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    const { hands, m, at, button, page } = alice;
    const { shop } = journey;
    await pressSignIn(alice, shop);
    await at(m.login.identifier.headingTo("Book shop"));
    await hands.press(button(m.common.cancel));
    await at("You did not sign in");
    await hands.press(button("Sign in with E-num"));
    await sayWho(alice, shop, "alice@example.com");
    await at(m.login.challenge.heading);
    await hands.press(button(m.login.challenge.decline));
    await at(m.login.declined.heading);
    await hands.press(page.getByRole("link", { name: "Back to Book shop" }));
    await at("You did not sign in");
  });
});

describe("signing out", () => {
  test("at one site ends the sessions at the others, which the provider tells by the back channel", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { hands, m, at, button, page } = alice;
    const { shop, library } = journey;
    await signIn(alice, shop, "alice@example.com", phone);
    await at(BOOK_SHOP.heading);
    await page.goto(library.address);
    await hands.press(button("Sign in with E-num"));
    await at(m.consent.heading("City library"));
    await hands.press(button(m.consent.allow));
    await at(CITY_LIBRARY.heading);
    await signOut(alice, library);
    await journey.world.drain();

    // The shop is told behind her back, a moment after she has gone on.
    await journey.world.messages();
    const shopShowsSignIn = async () => {
      await page.goto(shop.address);
      return button("Sign in with E-num").isVisible();
    };
    await expect.poll(shopShowsSignIn, { timeout: 10_000 }).toBe(true);
    await hands.press(button("Sign in with E-num"));
    await at(m.login.identifier.headingTo("Book shop"));
  });

  test("at the site alone leaves E-num signed in: the next sign-in asks for nothing", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedPhone(journey.world, "alice@example.com");
    const { hands, m, at, button, page } = alice;
    await signIn(alice, journey.shop, "alice@example.com", phone);
    await at(BOOK_SHOP.heading);
    await hands.press(button("Sign out"));
    await at(m.signingOut.confirm.heading);
    await hands.press(button(m.signingOut.confirm.stay));
    await at(BOOK_SHOP.heading);
    expect(await page.getByText("alice@example.com").count()).toBe(0);
    await hands.press(button("Sign in with E-num"));
    await page.getByText("alice@example.com").waitFor();
  });
});
