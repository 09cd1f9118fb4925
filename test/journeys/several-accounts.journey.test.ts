import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asset } from "../../src/http/assets.ts";
import { plain } from "../../src/locale/markup.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone } from "../support/connected-web-phone.ts";
import { asked, isSignedIn } from "../support/web-phone-person.ts";
import { createWorld, SHOP } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const ALICE = "alice@example.com";
const OTHER_PIN = "314159";

const LOGO = asset(
  "logo",
  "svg",
  "image/svg+xml",
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>',
);

test("requests of two accounts at two providers stand in one list, and each is answered by its own account with its own PIN", async () => {
  await using home = await createWorld({ phoneOrigin: true, clients: [{ ...SHOP, logo: LOGO }] });
  const origin = `http://127.0.0.1:${home.port}`;
  // The other provider sends its people to the same client, and lets it call.
  await using other = await createWorld({ phoneOrigin: origin, clients: [{ ...SHOP, logo: LOGO }] });
  await using first = await connectedWebPhone(browser, home, ALICE);
  const phone = await connectedWebPhone(browser, other, ALICE, { on: first, pin: OTHER_PIN });
  const { w, page } = phone;
  expect(new URL(page.url()).origin).toBe(origin);
  await page.context().route(`${other.issuer}${LOGO.path}`, (route) => route.abort());
  const hostOf = (issuer: string) => new URL(issuer).host;
  const listed = (issuer: string) =>
    page.locator(".waiting .mode", { hasText: plain(w.answersAs(ALICE, hostOf(issuer))) });

  const atHome = await asked(home, ALICE);
  const elsewhere = await asked(other, ALICE);
  await listed(home.issuer).waitFor();
  await listed(other.issuer).waitFor();
  await phone.at(w.home.heading);
  // The account of the first provider answers what is typed; what is opened is answered by the account that it is for.
  await page.getByRole("radio", { name: hostOf(home.issuer) }).check();
  await listed(other.issuer).click();
  await phone.at(w.requests.source.heading("Book shop"));
  expect(await page.locator(".site .origin").first().innerText()).toBe(hostOf(other.issuer));
  // This logo cannot be had: the name's first letter stands there, as in the account's own line.
  await expect.poll(() => page.locator(".site .tile:visible").count()).toBe(2);
  await phone.type(elsewhere.page.challenge, w.number.label);
  await phone.press(w.next);
  await phone.at(w.requests.source.heading("Book shop"));
  const response = await phone.agree(OTHER_PIN);
  expect(isSignedIn(await elsewhere.visitor.submit(elsewhere.page, "next", { response }))).toBe(true);
  await phone.done();

  await listed(other.issuer).waitFor({ state: "detached" });
  await listed(home.issuer).click();
  await phone.at(w.requests.source.heading("Book shop"));
  // The site's logo, from the provider's origin and without its cookies.
  const logo = page.locator(`.site img[src="${home.issuer}${LOGO.path}"]`);
  await expect
    .poll(() => logo.evaluate((image: HTMLImageElement) => [image.complete, image.naturalWidth]))
    .toEqual([true, 40]);
  expect(await page.locator(".site .tile:visible").count()).toBe(1);
  await phone.type(atHome.page.challenge, w.number.label);
  await phone.press(w.next);
  const own = await phone.agree();
  expect(isSignedIn(await atHome.visitor.submit(atHome.page, "next", { response: own }))).toBe(true);
  await phone.done();
  await page.getByRole("heading", { level: 2, name: w.requests.inbox.heading }).waitFor({ state: "detached" });
});
