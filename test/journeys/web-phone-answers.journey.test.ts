import { randomBytes } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccounts } from "../../src/account/account.ts";
import { parseEmail } from "../../src/account/identifier.ts";
import { SECOND } from "../../src/clock.ts";
import { createDevices } from "../../src/device/device.ts";
import { type Challenge, parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import { parseStatement } from "../../src/e-num/statement.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone } from "../support/connected-web-phone.ts";
import { PIN } from "../support/web-phone.ts";
import {
  asked,
  DORA,
  EDWARD,
  isSignedIn,
  join,
  newcomerWithWebPhone,
  personWithWebPhone,
} from "../support/web-phone-person.ts";
import { createWorld, type World } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

function challenge(digits: string): Challenge {
  const parsed = parseChallenge(digits);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

/** As the provider has it. */
async function padOf({ database, sealer, now }: World, email: string): Promise<Uint8Array> {
  const random = { bytes: (length: number) => randomBytes(length) };
  const identifier = parseEmail(email);
  if (identifier === undefined) throw new Error(`${email} is no e-mail`);
  const account = await createAccounts({ clock: now, random }).find(database, { kind: "email", value: identifier });
  const [pad] = await createDevices({ clock: now, random, sealer }).padsOf(database, account?.id, undefined);
  if (pad === undefined) throw new Error(`${email} has no pad`);
  return pad.pad;
}

describe("a response", () => {
  test("for a payment fits check number, amount and purse as the page shows them, however they are typed", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    const typed = { number: "4821 9370", amount: "1 010,50", recipient: "z 1234-5678-9012" };
    expect(await phone.pay(typed)).toMatch(/^\d{7}$/);
    await phone.done();

    await page.getByRole("button", { name: w.screens.payment }).click();
    await phone.at(w.payment.heading);
    await phone.type(typed.number, w.payment.number);
    await phone.type(typed.amount, w.payment.amount);
    await phone.type(typed.recipient, w.payment.recipient);
    await phone.press(w.next);
    await phone.at(w.agree.heading.payment);
    // Before anything is computed it is shown as it will be bound.
    const shown = await page.locator(".operation").innerText();
    expect(shown.replace(/\s+/g, " ")).toBe("Amount 1 010.50 WMZ US dollars Purse Z 1234 5678 9012");
  });

  test("for a payment is not given before what is unclear has been asked", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await page.getByRole("button", { name: w.screens.payment }).click();
    await phone.at(w.payment.heading);
    await phone.type("48219370", w.payment.number);
    await phone.type("1,500", w.payment.amount);
    await phone.type("123456789012", w.payment.recipient);
    await phone.press(w.next);
    await page.getByRole("radio", { name: "1 500", exact: true }).check();
    await phone.at(w.payment.heading);
    await phone.press(w.next);
    expect(await page.title()).toBe("Error: Payment · E-num");
    await page.getByRole("combobox").selectOption("WMZ");
    await phone.press(w.next);
    await phone.at(w.agree.heading.payment);
    const shown = await page.locator(".operation").innerText();
    expect(shown.replace(/\s+/g, " ")).toBe("Amount 1 500 WMZ US dollars WMID 1234 5678 9012");
  });

  test("typed with a wrong PIN looks like any other; five of them close the account's door for a while", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { visitor, page: first } = await asked(world);
    let page = first;
    // Another one each time: the same response once more is no other try.
    for (const wrong of ["907856", "907857", "907858", "907859", "907850"]) {
      if (page.html.querySelector("input[name=response]") === null) page = await visitor.submit(page, "new-challenge");
      const response = await phone.respond("login", page.challenge, wrong);
      await phone.page.getByText(phone.w.answer.refused).waitFor();
      await phone.done();
      page = await visitor.submit(page, "next", { response });
      expect(isSignedIn(page)).toBe(false);
    }
    expect(page.title).toContain("Too many wrong responses");
  });

  test("comes with the network cut and the provider gone", async () => {
    await using stack = new AsyncDisposableStack();
    const world = stack.use(await createWorld());
    await using phone = await newcomerWithWebPhone(world, browser);
    const { page } = phone;
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const right = await padOf(world, DORA.email);
    await page.context().setOffline(true);
    await stack.disposeAsync();
    await page.reload();
    const number = challenge("48219370");
    expect(await phone.respond("login", number)).toBe(computeResponse(right, number, { mode: "login" }));
    await phone.done();
    const payment = { mode: "payment", amount: "10.5", recipient: "Z123456789012" };
    const statement = parseStatement(payment);
    if (!statement.ok) throw new Error(statement.reason);
    const typed = { number, amount: "10,50", recipient: "z123456789012" };
    expect(await phone.pay(typed)).toBe(computeResponse(right, number, statement.value));
  });

  test("comes after the browser has let its database go, and not after it has erased it: that is said", async () => {
    await using world = await createWorld();
    await using phone = await connectedWebPhone(browser, world, "alice@example.com");
    const { page, w } = phone;
    // As iOS does while the page is out of sight.
    await page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (...given) {
        IDBDatabase.prototype.transaction = transaction;
        this.close();
        return this.transaction(...given);
      };
    });
    expect(await phone.respond("login", "48219370")).toMatch(/^[0-9]{7}$/);
    await phone.done();
    const session = await page.context().newCDPSession(page);
    await session.send("Storage.clearDataForOrigin", { origin: world.issuer, storageTypes: "indexeddb" });
    await page.getByRole("button", { name: w.screens.login }).click();
    await phone.type("48219370", w.number.label);
    await phone.press(w.next);
    await phone.type(PIN, w.agree.pin);
    await phone.press(w.agree.show);
    await phone.at(w.gone.heading);
    await phone.press(w.done);
    await phone.at(w.welcome.heading);
  });

  test("is given for the account that was chosen, of two on one device", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await phone.press(w.home.accounts);
    await phone.at(w.accounts.heading);
    await phone.press(w.accounts.add);
    await phone.at(w.connect.heading);
    await join(world, phone, EDWARD);
    for (const who of [EDWARD, DORA]) {
      await page.getByRole("radio", { name: who.email }).check();
      const { visitor, page: challenge } = await asked(world, who.email);
      const response = await phone.respond("login", challenge.challenge);
      await page.getByText(who.email).waitFor();
      expect(isSignedIn(await visitor.submit(challenge, "next", { response }))).toBe(true);
      await phone.done();
    }
    // The choice stays when the client is opened again.
    await page.reload();
    await phone.at(w.home.heading);
    expect(await page.getByRole("radio", { name: DORA.email }).isChecked()).toBe(true);
  });
});

describe("what is on the screen", () => {
  test("goes a minute after the last touch: a PIN that was typed, and the number", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await page.clock.install();
    await page.reload();
    await phone.at(w.home.heading);
    await page.getByRole("button", { name: w.screens.login }).click();
    await phone.type("48219370", w.number.label);
    await phone.press(w.next);
    await phone.at(w.agree.heading.login);
    await page.clock.fastForward(40 * SECOND);
    await phone.type("314159", w.agree.pin);
    await page.clock.fastForward(59 * SECOND);
    expect(await page.getByLabel(w.agree.pin).inputValue()).toBe("314159");
    await page.clock.fastForward(2 * SECOND);
    await phone.at(w.home.heading);
    await page.getByText(w.closed).waitFor();
    expect(await page.content()).not.toContain("4821");
    expect(await page.getByRole("textbox").count()).toBe(0);
  });

  test("an answer counts down and closes itself", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    await page.clock.install();
    await page.reload();
    const response = await phone.respond("login", "48219370");
    await page.clock.fastForward(31 * SECOND);
    await page.getByText(/^Closes by itself in 2[0-9] s$/).waitFor();
    expect(await page.locator('p[role="status"]').innerText()).toBe(w.answer.said([...response].join(" ")));
    await page.clock.fastForward(30 * SECOND);
    await phone.at(w.home.heading);
    expect(await page.content()).not.toContain(response);
    // It has closed as it had said.
    expect(await page.getByText(w.closed).count()).toBe(0);
  });

  test("is left by the system's own way back, which does not leave the client", async () => {
    await using world = await createWorld();
    await using phone = await personWithWebPhone(world, browser);
    const { w, page } = phone;
    const asked = async () => {
      await page.getByRole("button", { name: w.screens.login }).click();
      await phone.type("48219370", w.number.label);
      await phone.press(w.next);
      await phone.at(w.agree.heading.login);
    };
    await page.goto("about:blank");
    await page.goto(`${world.issuer}/phone`);
    const session = await page.context().newCDPSession(page);
    // The browser's own button, and nothing that counts as a touch of the page: browsers skip on the way back what a page that nobody touches puts there.
    const back = () =>
      session.send("Input.dispatchMouseEvent", {
        type: "mouseReleased",
        x: 200,
        y: 300,
        button: "back",
        clickCount: 1,
      });
    const read = async (expression: string): Promise<unknown> =>
      (await session.send("Runtime.evaluate", { expression, userGesture: false })).result.value;
    const comes = (expression: string, value: string) =>
      expect.poll(() => read(expression), { timeout: 15_000 }).toBe(value);
    const heading = 'document.querySelector("h1")?.textContent';
    await asked();
    await back();
    await comes(heading, w.number.heading.login);
    await comes("document.querySelector('[name=number]')?.value", "4821 9370");
    await back();
    await comes(heading, w.home.heading);
    // The page's own button goes the same way, and leaves nothing behind.
    await asked();
    await phone.press(w.back);
    await phone.at(w.number.heading.login);
    await phone.press(w.back);
    await phone.at(w.home.heading);
    await comes("String(history.state ?? 0)", "0");
    await back();
    await comes("location.href", "about:blank");
  });
});
