import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone } from "../support/connected-web-phone.ts";
import { walk } from "../support/journey-walk.ts";
import { createWorld } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const ALICE = "alice@example.com";

test("a client that was moved and brought back connects where it is, though the browser has kept the page that leads away", async () => {
  await using world = await createWorld();
  await using phone = await connectedWebPhone(browser, world, ALICE);
  const { page, w } = phone;
  const { issuer } = world;
  const origin = `http://127.0.0.1:${world.port}`;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await world.restart({ phoneOrigin: origin, formerPhoneOrigins: [issuer] });
  await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting !== null));
  await page.reload();
  await page.getByText(w.moved.title).waitFor();
  await world.restart({ phoneOrigin: undefined, formerPhoneOrigins: [origin] });
  // From elsewhere, as by a link, before the newer version has been looked for.
  await page.goto("about:blank");
  await page.goto(`${issuer}/phone#enum:a?i=${encodeURIComponent(issuer)}&u=bob%40example.com&c=K7QF29XWTA`);
  await phone.at(w.connect.heading);
  expect(new URL(page.url()).origin).toBe(issuer);
});

test("a client whose provider gives it another origin goes on at the old one, is told so, and leads to the new one with an account that stays open all the time", async () => {
  await using world = await createWorld();
  await using alice = await walk(browser);
  await using phone = await connectedWebPhone(browser, world, ALICE);
  const { issuer } = world;
  const { m, hands, button, field, shown } = alice;
  const { w, page } = phone;
  const { moved } = w;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  const origin = `http://127.0.0.1:${world.port}`;
  await world.restart({ phoneOrigin: origin, formerPhoneOrigins: [issuer] });
  await page.reload();
  await phone.at(w.home.heading);
  // The newer version is loaded while the old one is looked at, and takes over by itself at the next start.
  await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting !== null));
  await page.reload();
  await page.getByText(moved.title).waitFor();
  await phone.at(w.home.heading);
  expect(new URL(page.url()).origin).toBe(issuer);

  // Without a network nothing is missing, neither the client nor its answers.
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText(moved.title).waitFor();
  await alice.page.goto(`${issuer}/account/devices`);
  await alice.at(m.login.identifier.headingTo("E-num account"));
  await hands.type(ALICE, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await alice.at(m.login.challenge.heading);
  await hands.type(await phone.respond("login", await shown("challenge")), field(m.login.challenge.response));
  await hands.press(button(m.login.challenge.submit));
  await alice.at(m.device.heading);
  await phone.done();
  await page.context().setOffline(false);

  await phone.press(moved.how);
  await phone.at(moved.heading);
  expect(await page.getByRole("link", { name: `Phones of ${ALICE}` }).getAttribute("href")).toBe(
    `${issuer}/account/devices`,
  );
  await hands.press(button(m.device.add));
  await alice.page.locator("[data-enum-qr]").waitFor();
  await phone.open(`${issuer}/phone#${await shown("qr")}`);
  await phone.type("271828", w.agree.pin);
  await phone.press(w.requests.agree.send);
  await phone.at(w.requests.sent.heading);

  await alice.at(m.enrolment.activate.heading);
  const link = await alice.page.getByRole("link", { name: m.enrolment.activate.openHere }).getAttribute("href");
  await phone.open(new URL(link ?? "", issuer).href);
  await phone.at(w.connect.heading);
  expect(page.url()).toBe(`${origin}/phone`);
  expect(await phone.field(w.connect.email).inputValue()).toBe(ALICE);
  await phone.press(w.next);
  await phone.choosePin("271828");
  await alice.at(m.enrolment.firstResponse.heading);
  await hands.type(await phone.respond("activate", await shown("challenge")), field(m.login.challenge.response));
  await hands.press(button(m.enrolment.firstResponse.submit));
  await alice.at(m.enrolment.done.heading);

  await phone.open(`${issuer}/phone`);
  await phone.press(moved.how);
  await phone.press(`Remove from ${ALICE}`);
  await phone.at(w.unlink.heading);
  await phone.press(w.unlink.yes);
  await phone.at(w.unlink.done);
  await phone.press(w.done);
  await phone.at(moved.title);
  await page.getByRole("link", { name: moved.open }).click();
  await phone.at(w.home.heading);
  expect(page.url()).toBe(`${origin}/phone`);
  // Nothing is left there that would open without asking the server.
  await phone.open(`${issuer}/phone`);
  await page.waitForURL(`${origin}/phone`);
  await phone.at(w.home.heading);
  expect(page.url()).toBe(`${origin}/phone`);
});
