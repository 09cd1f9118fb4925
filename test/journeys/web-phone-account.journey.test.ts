import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import type { BundleSource } from "../../src/web-phone/web-phone.ts";
import { launchBrowser } from "../support/browser.ts";
import { bundledOnce } from "../support/bundles.ts";
import { prove } from "../support/newcomer.ts";
import { createVisitor } from "../support/visitor.ts";
import { type WebPhone, webPhone } from "../support/web-phone.ts";
import { asked, DORA, firstResponse, isSignedIn, personWithWebPhone } from "../support/web-phone-person.ts";
import { createWorld, type World } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function settings(phone: WebPhone): Promise<void> {
  const { w, page } = phone;
  await phone.press(w.home.accounts);
  await page.getByRole("button", { name: `${w.accounts.open}: ${DORA.email}` }).click();
  await page.getByRole("heading", { level: 2, name: w.account.unlink }).waitFor();
}

async function changePin(phone: WebPhone, old: string, next: string): Promise<void> {
  const { w } = phone;
  await settings(phone);
  await phone.press(w.account.changePin);
  await phone.at(w.renew.heading);
  await phone.type(old, w.renew.pin);
  await phone.press(w.next);
  await phone.at(w.newPin.headingNew);
  await phone.type(next, w.newPin.pin);
  await phone.type(next, w.newPin.again);
  await phone.press(w.newPin.change);
}

async function signsIn(world: World, phone: WebPhone, pin: string): Promise<boolean> {
  const { visitor, page } = await asked(world);
  const response = await phone.respond("login", page.challenge, pin);
  await phone.done();
  return isSignedIn(await visitor.submit(page, "next", { response }));
}

describe("the PIN", () => {
  test("is changed with a new pad: only the new one gives right responses", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    await changePin(phone, "271828", "804713");
    await phone.at(phone.w.renew.done);
    await phone.done();
    expect(await signsIn(world, phone, "271828")).toBe(false);
    expect(await signsIn(world, phone, "804713")).toBe(true);
    // Now that the new pad has answered the old one has ended.
    const ended = await world.database.rows("SELECT id FROM event WHERE type = 'device.renewed'");
    expect(ended).toHaveLength(1);
  });

  test("is not changed by who knows another, nor without a network, and the pad stays", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await changePin(phone, "907856", "804713");
    await page.getByRole("alert").getByText("the PIN until now was another").waitFor();
    await phone.at(w.renew.heading);
    await backHome(phone);
    await page.context().setOffline(true);
    await changePin(phone, "271828", "804713");
    await page.getByRole("alert").getByText(w.errors.problems["no-answer"]).waitFor();
    await backHome(phone);
    await page.context().setOffline(false);
    expect(await signsIn(world, phone, "271828")).toBe(true);
  });
});

/** From the old PIN, through the account's settings and the list. */
async function backHome(phone: WebPhone): Promise<void> {
  const { w, page } = phone;
  await phone.press(w.back);
  await page.getByRole("heading", { level: 2, name: w.account.unlink }).waitFor();
  for (const heading of [w.accounts.heading, w.home.heading]) {
    await phone.press(w.back);
    await phone.at(heading);
  }
}

describe("an account", () => {
  test("that is removed leaves nothing on the device, and the device answers no more", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w } = phone;
    await settings(phone);
    await phone.press(w.account.unlink);
    await phone.at(w.unlink.heading);
    await phone.press(w.unlink.yes);
    await phone.at(w.unlink.done);
    expect(await keptAccounts(phone)).toBe(0);
    await phone.press(w.done);
    await phone.at(w.welcome.heading);
    expect(await statuses(world)).toEqual(["revoked"]);
  });

  test("is erased here alone where the provider cannot be reached, or somebody else answers in its place", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await settings(phone);
    await phone.press(w.account.unlink);
    await page.context().route("**/device/v1", (route) => route.fulfill({ status: 200, body: "<h1>For sale</h1>" }));
    await phone.press(w.unlink.yes);
    await page.getByRole("alert").getByText(w.errors.problems.other).waitFor();
    await page.getByText(w.unlink.hereWhy).waitFor();
    await page.context().unroute("**/device/v1");
    await page.context().setOffline(true);
    await phone.press(w.unlink.yes);
    await page.getByRole("alert").getByText(w.errors.problems["no-answer"]).waitFor();
    await phone.at(w.unlink.heading);
    await phone.press(w.unlink.here);
    await phone.at(w.unlink.done);
    expect(await keptAccounts(phone)).toBe(0);
    expect(await statuses(world)).toEqual(["active"]);
  });

  test("whose device the provider has removed is wiped by its word, and the person is told", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    await world.database.rows(
      "UPDATE device SET status = 'revoked' WHERE id IN (SELECT d.id FROM device d JOIN account a ON a.id = d.account_id WHERE a.email = ?)",
      [DORA.email],
    );
    await phone.page.reload();
    await phone.at(phone.w.revoked.heading);
    expect(await keptAccounts(phone)).toBe(0);
  });

  test("lets a new browser in, and says until when", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser, { locale: "ru" });
    await settings(phone);
    await phone.press(phone.w.account.admit);
    await phone.at(phone.w.admitted.heading);
    await phone.page.getByText(/До \d\d:\d\d/).waitFor();
  });
});

describe("a newer version", () => {
  /** The same client as another bundle, as soon as the test says so. */
  function versions(): { source: BundleSource; publish(): void } {
    let newer = false;
    return {
      source: async () => {
        const bundle = await bundledOnce();
        const mark = 'document.documentElement.dataset.newer="yes";';
        return newer ? { ...bundle, script: bundle.script + mark } : bundle;
      },
      publish: () => {
        newer = true;
      },
    };
  }
  /** What is published from here on comes after the start of the page: one that finds a newer version at its start takes it by itself. */
  const begunAnew = async ({ page }: WebPhone) => {
    await page.addInitScript(() => {
      const container = ServiceWorkerContainer.prototype;
      const { register } = container;
      container.register = async function (...given) {
        const registration = await register.apply(this, given);
        document.documentElement.dataset["registered"] = "yes";
        return registration;
      };
    });
    await page.reload();
    await page.waitForFunction(() => document.documentElement.dataset["registered"] === "yes");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  };
  const isNewer = ({ page }: WebPhone) => page.evaluate(() => document.documentElement.dataset["newer"] === "yes");
  const look = ({ page }: WebPhone) =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
    });

  test("waits while a number is on the screen, comes by one press, and keeps the pad", async () => {
    const { source, publish } = versions();
    await using world = await createWorld({ webPhone: source });
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await begunAnew(phone);
    publish();
    await world.restart();
    await page.getByRole("button", { name: w.screens.login }).click();
    await phone.type("48219370", w.number.label);
    await look(phone);
    await page.waitForFunction(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting !== null));
    await phone.at(w.number.heading.login);
    expect(await page.getByText(w.update.body).count()).toBe(0);
    expect((await phone.field(w.number.label).inputValue()).replace(" ", "")).toBe("48219370");

    await phone.press(w.back);
    await phone.press(w.update.now);
    await page.waitForFunction(() => document.documentElement.dataset["newer"] === "yes");
    await phone.at(w.home.heading);
    expect(await signsIn(world, phone, "271828")).toBe(true);
  });

  test("takes over by itself when the client is opened the next time, and once", async () => {
    const { source, publish } = versions();
    await using world = await createWorld({ webPhone: source });
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await begunAnew(phone);
    publish();
    await world.restart();
    await look(phone);
    await page.waitForFunction(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting !== null));
    expect(await isNewer(phone)).toBe(false);
    await page.reload();
    await page.waitForFunction(() => document.documentElement.dataset["newer"] === "yes");
    await phone.at(w.home.heading);
    // The older one's files are gone.
    expect(await page.evaluate(async () => (await caches.keys()).length)).toBe(1);
    await page.context().setOffline(true);
    await page.reload();
    await phone.at(w.home.heading);
    expect(await isNewer(phone)).toBe(true);
  });
});

describe("on an origin of its own", () => {
  test("the page's link leads there with its code, and the client connects, renews and signs in across origins", async () => {
    await using world = await createWorld({ phoneOrigin: true });
    await using phone = await webPhone(browser);
    const { w, page } = phone;
    const visitor = createVisitor(world.issuer);
    const code = await prove(world, visitor, DORA);
    await phone.open(`${world.issuer}/phone#${code.qr.split("#")[1]}`);
    await phone.at(w.connect.heading);
    expect(page.url()).toBe(`http://127.0.0.1:${world.port}/phone`);
    expect(await phone.field(w.connect.email).inputValue()).toBe(DORA.email);
    await phone.press(w.next);
    await phone.choosePin("271828");
    await phone.at(w.number.heading.activate);
    expect((await firstResponse(phone, visitor, code)).url).toBe(`${world.issuer}/enrolment/done`);
    await phone.at(w.answer.active);
    await phone.done();
    await changePin(phone, "271828", "804713");
    await phone.at(w.renew.done);
    await phone.done();
    expect(await signsIn(world, phone, "804713")).toBe(true);
  });
});

test("a client whose clock is an hour off says nothing of it, and the provider takes its proofs", async () => {
  await using world = await createWorld();
  await using phone = await personWithWebPhone(world, browser);
  await phone.page.clock.install({ time: new Date(Date.now() + HOUR) });
  await phone.page.reload();
  await changePin(phone, "271828", "804713");
  await phone.at(phone.w.renew.done);
});

async function keptAccounts({ page }: WebPhone): Promise<number> {
  return page.evaluate(async () => {
    const request = indexedDB.open("enum-phone");
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const count = database.transaction("accounts").objectStore("accounts").count();
    return new Promise<number>((resolve) => {
      count.onsuccess = () => resolve(count.result);
    });
  });
}

async function statuses(world: World): Promise<unknown[]> {
  const rows = await world.database.rows<{ status: string }>(
    "SELECT d.status FROM device d JOIN account a ON a.id = d.account_id WHERE a.email = ?",
    [DORA.email],
  );
  return rows.map(({ status }) => status);
}
