import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { MINUTE } from "../../src/clock.ts";
import { plain } from "../../src/locale/markup.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone } from "../support/connected-web-phone.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { pressSignIn, sayWho, signOut } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const ALICE = "alice@example.com";

/** As a hundred wrong responses of strangers leave it. */
async function closeOut({ world: { database, now } }: Journey): Promise<void> {
  await database.rows(
    `INSERT INTO counter (id, failures, total, locks, locked_until, admitted_until, updated_at)
     SELECT 'unknown:' || id, 0, 100, 20, 0, 0, CAST(? AS BIGINT) FROM account WHERE email = ?
     ON CONFLICT (id) DO UPDATE SET total = 100`,
    [now(), ALICE],
  );
}

test("a closed-out account is opened from the phone for a quarter of an hour, and its owner signs in from a new browser", async () => {
  await using journey = await createJourney();
  await using alice = await walk(browser);
  await using phone = await connectedWebPhone(browser, journey.world, ALICE);
  const { shop, world } = journey;
  const { m, at, hands, button, field, page, shown } = alice;
  const { w } = phone;
  const again = async () => {
    await hands.press(page.getByRole("link", { name: plain(m.login.closedOut.again), exact: true }));
    await sayWho(alice, shop, ALICE);
  };
  await closeOut(journey);

  // The page says that nobody new is let in, and what the owner can do.
  await pressSignIn(alice, shop);
  await sayWho(alice, shop, ALICE);
  await at(m.login.closedOut.heading);
  await page.getByText(plain(m.login.closedOut.phoneBody)).waitFor();
  await again();
  await at(m.login.closedOut.heading);

  // On the phone, in the words that the page has named.
  await phone.press(w.home.accounts);
  await phone.page.getByRole("button", { name: `${w.accounts.open}: ${ALICE}` }).click();
  await phone.press(w.account.admit);
  await phone.at(w.admitted.heading);
  await phone.done();

  await again();
  await at(m.login.challenge.heading);
  const response = await phone.respond("login", await shown("challenge"));
  await hands.type(response, field(m.login.challenge.response));
  await hands.press(button(m.login.challenge.submit));
  await at(BOOK_SHOP.heading);
  await phone.done();

  // Strangers go on guessing: when the quarter of an hour is over they are closed out, and the browser that is known by now is not.
  await signOut(alice, shop);
  await closeOut(journey);
  world.pass(15 * MINUTE);
  await pressSignIn(alice, shop);
  await sayWho(alice, shop, ALICE);
  await at(m.login.challenge.heading);
  await using mallory = await walk(browser);
  await pressSignIn(mallory, shop);
  await sayWho(mallory, shop, ALICE);
  await mallory.at(m.login.closedOut.heading);
  expect(await world.database.rows("SELECT type FROM event WHERE type = 'login.admitted'")).toHaveLength(1);
});
