import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webPhone as en } from "../../src/locale/en/web-phone.ts";
import { plain } from "../../src/locale/markup.ts";
import { webPhone as ru } from "../../src/locale/ru/web-phone.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone } from "../support/connected-web-phone.ts";
import { createJourney } from "../support/journey.ts";
import { pressSignIn, register } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { prove } from "../support/newcomer.ts";
import { createVisitor } from "../support/visitor.ts";
import { PHONE, type WebPhone, type WebPhoneWay, webPhone } from "../support/web-phone.ts";
import { asked, DORA, firstResponse, isSignedIn, join, newcomerWithWebPhone } from "../support/web-phone-person.ts";
import { createWorld, type World } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe("the web client", () => {
  test.each(["en", "ru"] as const)(
    "speaks the browser's language, %s, and another when asked, for good",
    async (locale) => {
      await using world = await createWorld();
      await using own = await webPhone(browser, { locale });
      const other = locale === "en" ? ru : en;
      await own.open(`${world.issuer}/phone`);
      await own.at(own.w.welcome.heading);
      await own.press(locale === "en" ? "Русский" : "English");
      await own.at(other.welcome.heading);
      await own.page.reload();
      await own.at(other.welcome.heading);
    },
  );

  test.each(["en", "ru"] as const)("says so where its script does not come, in %s", async (locale) => {
    await using world = await createWorld();
    await using person = await walk(browser, { locale, context: PHONE });
    const { page, at, m } = person;
    await page.route("**/phone/assets/*.js", (route) => route.abort());
    await page.goto(`${world.issuer}/phone`);
    expect(await page.locator(".starting").isVisible()).toBe(false);
    // The time that it waits is over.
    await page.evaluate(() => document.getAnimations().forEach((animation) => void animation.finish()));
    await at(m.phone.starting.heading);
    await page.unroute("**/phone/assets/*.js");
    await page.reload();
    await page.locator(".starting").waitFor({ state: "detached" });
    expect(await page.getByRole("main").count()).toBe(1);
  });

  test("says without JavaScript what it needs, and which clients do without", async () => {
    await using world = await createWorld();
    await using person = await walk(browser, { context: { ...PHONE, javaScriptEnabled: false } });
    const { page, at, m } = person;
    await page.goto(`${world.issuer}/phone`);
    await at(m.phone.noScript.heading);
    await page.getByRole("link", { name: m.phone.noScript.others }).click();
    await at(m.phone.heading);
  });

  test("starts without a network once it was there, and keeps nothing but itself", async () => {
    await using world = await createWorld();
    await using person = await webPhone(browser);
    const { page, w } = person;
    await person.open(`${world.issuer}/phone`);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.context().setOffline(true);
    for (const address of ["/phone/", "/phone"]) {
      await person.open(world.issuer + address);
      await person.at(w.welcome.heading);
    }
    expect(
      await page.evaluate(() =>
        fetch("/device/v1").then(
          () => "answered",
          () => "no network",
        ),
      ),
    ).toBe("no network");
    const kept = await page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      return (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept.filter((path) => !/^\/phone(\/assets\/[^/]+)?$/.test(path))).toEqual([]);
  });
});

test("a browser finds nothing that keeps it from being installed, and the icon's menu leads to the scanner", async () => {
  await using world = await createWorld();
  await using person = await webPhone(browser);
  await person.open(`${world.issuer}/phone`);
  await person.at(person.w.welcome.heading);
  const session = await person.page.context().newCDPSession(person.page);
  const { errors, manifest } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { issuer } = world;
  expect(manifest).toMatchObject({ id: `${issuer}/phone`, startUrl: `${issuer}/phone`, scope: `${issuer}/phone` });
  // As the browser has understood it.
  const [shortcut] = manifest.shortcuts ?? [];
  expect(shortcut).toMatchObject({ name: person.w.requests.scan.mode, url: `${issuer}/phone#scan` });
  const shown = manifest.screenshots?.map(({ formFactor }) => formFactor);
  expect(shown).toEqual(["kNarrow", "kNarrow", "kNarrow", "kWide"]);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // A test's window is a private one.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
  // Without an account there is nothing to scan for.
  await person.page.goto("about:blank");
  await person.open(shortcut?.url ?? "none");
  await person.at(person.w.welcome.heading);
  await connectedWebPhone(browser, world, "alice@example.com", { on: person });
  await person.page.goto("about:blank");
  await person.open(shortcut?.url ?? "none");
  await person.at(person.w.requests.scan.heading);
  expect(person.page.url()).toBe(`${issuer}/phone`);
  await person.press(person.w.back);
  await person.at(person.w.home.heading);
});

describe("on an iPhone", () => {
  const SAFARI =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

  test.each(["en", "ru"] as const)("it is said that one installs first and connects then, in %s", async (locale) => {
    await using world = await createWorld();
    await using phone = await webPhone(browser, { locale, context: { ...PHONE, userAgent: SAFARI } });
    const { w, page } = phone;
    await phone.open(`${world.issuer}/phone`);
    await phone.at(w.welcome.heading);
    await page.getByText(w.install.iosWhy).waitFor();
    await page.getByText(w.install.iosOpen).waitFor();
    await phone.press(w.welcome.connect);
    await phone.at(w.connect.heading);
    expect(await phone.field(w.connect.name).inputValue()).toBe("iPhone");
  });
});

describe("what the browser does not promise to keep", () => {
  test("is said plainly, until the person has let it promise, which keeps nothing waiting", async () => {
    await using world = await createWorld();
    await using phone = await webPhone(browser);
    const { w, page } = phone;
    // As Firefox does, which asks the person.
    await page.addInitScript(() => {
      let promised = false;
      navigator.storage.persisted = async () => promised;
      navigator.storage.persist = () =>
        new Promise((resolve) => {
          addEventListener("allowed", () => {
            promised = true;
            resolve(true);
          });
        });
    });
    await phone.open(`${world.issuer}/phone`);
    await join(world, phone, DORA);
    await page.getByText(w.install.notKeptWhy).waitFor();
    await page.evaluate(() => dispatchEvent(new Event("allowed")));
    await page.getByText(w.install.notKeptWhy).waitFor({ state: "detached" });
  });
});

/** At a site, whose pages are seen by nobody. */
async function signsIn(world: World, phone: WebPhone): Promise<boolean> {
  const { visitor, page } = await asked(world);
  const response = await phone.respond("login", page.challenge);
  return isSignedIn(await visitor.submit(page, "next", { response }));
}

describe("a new account", () => {
  /** From the empty client to the response that the account's page asks for first. */
  async function connectByHand(phone: WebPhone, code: string, number: () => Promise<string>): Promise<string> {
    const { w } = phone;
    await phone.at(w.welcome.heading);
    await phone.press(w.welcome.connect);
    await phone.at(w.connect.heading);
    await phone.type(DORA.email, w.connect.email);
    await phone.type(code, w.connect.code);
    await phone.press(w.next);
    await phone.at(w.newPin.heading);
    await phone.choosePin("271828");
    await phone.at(w.number.heading.activate);
    const first = await phone.respond("activate", await number());
    await phone.at(w.answer.heading);
    return first;
  }

  test("is connected with a typed code on a phone, answers for the first time, and signs in", async () => {
    await using journey = await createJourney();
    await using dora = await walk(browser);
    await using phone = await webPhone(browser);
    const { m, at, field, button, shown, hands } = dora;
    const { w } = phone;
    await pressSignIn(dora, journey.shop);
    await hands.press(button(m.login.identifier.register));
    await register(dora, journey, DORA);

    await phone.open(`${journey.world.issuer}/phone`);
    const first = await connectByHand(phone, await shown("activation"), async () => {
      await at(m.enrolment.firstResponse.heading);
      return shown("challenge");
    });
    await hands.type(first, field(m.login.challenge.response));
    await hands.press(button(m.enrolment.firstResponse.submit));
    await at(m.enrolment.done.heading);
    await phone.at(w.answer.active);
    await phone.done();
    await phone.at(w.home.heading);

    await hands.press(button(m.enrolment.done.nextTo("Book shop")));
    await at(m.login.challenge.heading);
    const response = await phone.respond("login", await shown("challenge"));
    await hands.type(response, field(m.login.challenge.response));
    await hands.press(button(m.login.challenge.submit));
    await at(journey.shop.look.heading);
    await dora.page.getByText(DORA.email).waitFor();
  });

  test.each([
    ["on a wide screen in the dark", { context: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" } }],
    ["by the keyboard alone", { keyboard: true, context: { viewport: { width: 1280, height: 800 } } }],
  ] satisfies [string, WebPhoneWay][])(
    "is connected with a typed code %s, answers for the first time, and signs in",
    async (_how, way) => {
      await using world = await createWorld();
      await using phone = await webPhone(browser, way);
      const { w } = phone;
      const visitor = createVisitor(world.issuer);
      const code = await prove(world, visitor, DORA);
      await phone.open(`${world.issuer}/phone`);
      let asking = code;
      const response = await connectByHand(phone, code.activation, async () => {
        asking = await visitor.submit(code, "answered");
        return asking.challenge;
      });
      expect((await visitor.submit(asking, "next", { response })).url).toBe(`${world.issuer}/enrolment/done`);
      // A network that comes back has the client look by itself, before the screen does.
      await phone.page.evaluate(() => void dispatchEvent(new Event("online")));
      await phone.at(w.answer.active);
      await phone.done();
      await phone.at(w.home.heading);
      expect(await signsIn(world, phone)).toBe(true);
    },
  );

  test("is connected by the page's own link on one and the same phone, and the code does not stay in the address", async () => {
    await using journey = await createJourney();
    await using dora = await webPhone(browser, { locale: "ru" });
    const { m, page, hands, button, w } = dora;
    await dora.open(`${journey.world.issuer}/register`);
    await register(dora, journey, DORA);
    const code = await dora.shown("activation");
    const [opened] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("link", { name: m.enrolment.activate.openHere }).click(),
    ]);
    await opened.getByRole("heading", { level: 1, name: w.connect.heading }).waitFor();
    expect(await opened.getByLabel(w.connect.email).inputValue()).toBe(DORA.email);
    expect((await opened.getByLabel(w.connect.code).inputValue()).replace(/[ -]/, "")).toBe(code);
    expect(await opened.evaluate(() => location.href)).toBe(`${journey.world.issuer}/phone`);
    await opened.getByRole("button", { name: w.next }).click();
    for (const label of [w.newPin.pin, w.newPin.again]) await opened.getByLabel(label, { exact: true }).fill("271828");
    await opened.getByRole("button", { name: w.newPin.connect }).click();
    // The page is in this same browser: nobody carries numbers between the two.
    await opened.getByRole("heading", { level: 1, name: w.answer.active }).waitFor();
    await dora.at(m.enrolment.done.heading);
    await hands.press(button(m.enrolment.done.next));
  });

  test.each(["en", "ru"] as const)(
    "is registered from the empty client on a phone, without a digit that is carried over, and signs in, in %s",
    async (locale) => {
      await using world = await createWorld();
      await using phone = await webPhone(browser, { locale });
      const { m, w, page, hands } = phone;
      await phone.open(`${world.issuer}/phone`);
      await phone.at(w.welcome.heading);
      await hands.press(page.getByRole("link", { name: w.welcome.register }));
      await register(phone, { world }, DORA);
      await hands.press(page.getByRole("link", { name: m.enrolment.activate.backToClient }));
      await phone.at(w.connect.heading);
      // Its secret is gone from the address, and the provider's pages never had it there.
      expect(await page.evaluate(() => location.href)).toBe(`${world.issuer}/phone`);
      await phone.press(w.next);
      await phone.choosePin("271828");
      await phone.at(w.answer.active);
      await phone.done();

      expect(await signsIn(world, phone)).toBe(true);
    },
  );

  test("keeps a place for its first response when the client is closed in between", async () => {
    await using world = await createWorld();
    await using phone = await webPhone(browser);
    const visitor = createVisitor(world.issuer);
    const code = await prove(world, visitor, DORA);
    await phone.open(`${world.issuer}/phone`);
    await phone.connect({ email: DORA.email, code: code.activation });
    await phone.page.reload();
    await phone.at(phone.w.home.heading);
    expect((await firstResponse(phone, visitor, code)).url).toBe(`${world.issuer}/enrolment/done`);
    await phone.at(phone.w.answer.active);
  });

  test("that was lost on its way begins again with a new code, as the page says", async () => {
    await using world = await createWorld();
    await using phone = await webPhone(browser);
    const { w, page } = phone;
    const visitor = createVisitor(world.issuer);
    const code = await prove(world, visitor, DORA);
    await phone.open(`${world.issuer}/phone`);
    // The provider's answer never arrives, and a code works once.
    await page.route("**/device/v1/activations", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await phone.press(w.welcome.connect);
    await phone.type(DORA.email, w.connect.email);
    await phone.type(code.activation, w.connect.code);
    await phone.press(w.next);
    await phone.choosePin("271828");
    await page.getByRole("alert").getByText(w.errors.problems["no-answer"]).waitFor();
    await page.unroute("**/device/v1/activations");
    const waiting = await visitor.submit(code, "answered");
    expect(waiting.text).toContain("or does it not show Activate? Then press It was not me");
    const ended = await visitor.submit(waiting, "decline");
    const anew = await visitor.submit(ended, "new-challenge");
    await phone.connect({ email: DORA.email, code: anew.activation });
    expect((await firstResponse(phone, visitor, anew)).url).toBe(`${world.issuer}/enrolment/done`);
  });

  test("is refused with another code, and nothing that was typed is lost but the PIN", async () => {
    await using world = await createWorld();
    await using phone = await webPhone(browser);
    const { w, page } = phone;
    await phone.open(`${world.issuer}/phone`);
    await phone.press(w.welcome.connect);
    await phone.at(w.connect.heading);
    await phone.press(w.next);
    await phone.at(w.connect.heading);
    await phone.type(DORA.email, w.connect.email);
    await phone.type("K7QF2 9XWTA", w.connect.code);
    await phone.type("Dora's phone", w.connect.name);
    await phone.press(w.next);
    await phone.choosePin("271828");
    await page.getByRole("alert").getByText(w.errors.problems["invalid-code"]).waitFor();
    await phone.at(w.connect.heading);
    expect(await phone.field(w.connect.email).inputValue()).toBe(DORA.email);
    expect(await phone.field(w.connect.name).inputValue()).toBe("Dora's phone");
  });

  test("that works already is kept, whatever code comes for its account", async () => {
    await using world = await createWorld();
    await using phone = await connectedWebPhone(browser, world, "alice@example.com");
    const { w, page } = phone;
    const code = `enum:a?i=${encodeURIComponent(world.issuer)}&u=Alice%40example.com&c=K7QF29XWTA`;
    await page.goto("about:blank");
    await phone.open(`${world.issuer}/phone#${code}`);
    await phone.at(w.connect.already.heading);
    await phone.press(w.done);
    await phone.press(w.home.accounts);
    await phone.press(w.accounts.add);
    await phone.at(w.connect.heading);
    await phone.type("ALICE@example.com", w.connect.email);
    await phone.type("K7QF2 9XWTA", w.connect.code);
    await phone.press(w.next);
    await page
      .getByRole("alert")
      .getByText(plain(w.connect.already.body("ALICE@example.com")))
      .waitFor();
    await phone.at(w.connect.heading);
  });

  test("that was revoked while nobody looked is connected anew by a link", async () => {
    await using world = await createWorld();
    await using phone = await connectedWebPhone(browser, world, "alice@example.com");
    const { w, page } = phone;
    await page.goto("about:blank");
    await world.database.run("UPDATE device SET status = 'revoked'", []);
    const code = `enum:a?i=${encodeURIComponent(world.issuer)}&u=alice%40example.com&c=K7QF29XWTA`;
    await phone.open(`${world.issuer}/phone#${code}`);
    await phone.at(w.connect.heading);
    expect(await phone.field(w.connect.code).inputValue()).toBe("K7QF2-9XWTA");
    await phone.press(w.next);
    await phone.at(w.newPin.heading);
  });
});

describe("the PIN", () => {
  test("is refused where anybody would try it, where it is mistyped, and where it is no PIN", async () => {
    await using world = await createWorld();
    await using phone = await webPhone(browser);
    const { w, page } = phone;
    await phone.open(`${world.issuer}/phone#enum:a?i=${encodeURIComponent(world.issuer)}&u=${DORA.email}&c=K7QF29XWTA`);
    await phone.at(w.connect.heading);
    await phone.press(w.next);
    const tried = async (pin: string, again: string, why: string) => {
      await phone.type(pin, w.newPin.pin);
      await phone.type(again, w.newPin.again);
      await phone.press(w.newPin.connect);
      await page.getByText(why).waitFor();
      await phone.at(w.newPin.heading);
      expect(await page.title()).toBe(`Error: ${w.newPin.heading} · E-num`);
    };
    // The key that goes on leads to the second field first, and says so where a keyboard is on the screen.
    const [first, second] = [phone.field(w.newPin.pin), phone.field(w.newPin.again)];
    await phone.type("123456", w.newPin.pin);
    await first.press("Enter");
    expect(await second.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.title()).toBe(`${w.newPin.heading} · E-num`);
    expect(await Promise.all([first, second].map((field) => field.getAttribute("enterkeyhint")))).toEqual([
      "next",
      "go",
    ]);
    await phone.type("123456", w.newPin.again);
    await second.press("Enter");
    await page.getByText(w.newPin.weak).waitFor();
    await tried("123456", "123456", w.newPin.weak);
    await tried("271828", "271829", w.newPin.differ);
    await tried("27182", "27182", w.errors.pin["wrong-length"]);
    await page.getByText(w.newPin.reason).waitFor();
  });

  test("is nowhere in what the browser keeps, nor is the pad; the key cannot be taken out", async () => {
    await using world = await createWorld();
    await using phone = await newcomerWithWebPhone(world, browser);
    const kept = await phone.page.evaluate(async () => {
      const request = indexedDB.open("enum-phone");
      const database = await new Promise<IDBDatabase>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
      const all = database.transaction("accounts").objectStore("accounts").getAll();
      const [first] = await new Promise<{ account: Record<string, unknown> & { key: { private: CryptoKey } } }[]>(
        (resolve) => {
          all.onsuccess = () => resolve(all.result);
        },
      );
      if (first === undefined) throw new Error("nothing is kept");
      const { key } = first.account;
      const taken = await crypto.subtle.exportKey("jwk", key.private).then(
        () => "taken",
        () => "refused",
      );
      return {
        members: Object.keys(first.account).sort(),
        pad: first.account["pad"],
        taken,
        extractable: key.private.extractable,
        others: { ...localStorage, ...sessionStorage },
      };
    });
    expect(kept.members).toEqual([
      "clockOffset",
      "device",
      "identifier",
      "issuer",
      "key",
      "pad",
      "pending",
      // The provider's public one, by which it wakes phones.
      "pushKey",
      "statementKeys",
    ]);
    expect(kept.pad).toEqual({ masked: expect.any(String), salt: expect.any(String), rounds: 600_000, version: 1 });
    expect([kept.extractable, kept.taken]).toEqual([false, "refused"]);
    expect(kept.others).toEqual({});
  });
});
