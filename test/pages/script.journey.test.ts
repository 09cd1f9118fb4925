import { createServer, type Server } from "node:http";
import Koa from "koa";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { securityHeaders } from "../../src/http/headers.ts";
import { launchBrowser } from "../support/browser.ts";
import { samples } from "./list.ts";
import { html, renderer } from "./server.ts";

/** 14:00 UTC. */
const AFTERNOON = Date.UTC(2026, 10, 23, 14);

/** One sample at every path; what is posted is kept, and the phone answers when the test says so. */
let shown = "login-challenge";
let state = "waiting";
let asked = 0;
let posted: URLSearchParams[] = [];
/** Until this is done nothing posted is answered, as on a bad line. */
let line: Promise<void> | undefined;

let server: Server;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  const app = new Koa();
  app.use(securityHeaders({ issuer: "http://localhost", stylesheetHash: renderer.stylesheetHash }));
  app.use(async (context) => {
    if (context.path === renderer.script.path) {
      context.type = renderer.script.type;
      context.body = renderer.script.body;
    } else if (context.path.endsWith("status")) {
      asked += 1;
      context.body = { state };
    } else if (context.method === "POST") {
      let body = "";
      for await (const part of context.req) body += String(part);
      posted.push(new URLSearchParams(body));
      await line;
      context.body = "gone on";
    } else {
      const sample = samples.find(({ name }) => name === shown);
      if (sample === undefined) throw new Error(`no sample ${shown}`);
      context.type = "text/html; charset=utf-8";
      context.body = html(sample, "en");
    }
  });
  server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  origin = `http://127.0.0.1:${address.port}`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

beforeEach(async () => {
  // A page of another test would go on asking, and post what is this one's.
  for (const context of browser.contexts()) await context.close();
  [shown, state, asked, posted, line] = ["login-challenge", "waiting", 0, [], undefined];
});

async function visit(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  shown = name;
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") throw new Error(message.text());
  });
  // Time stands still but for what a test lets pass: a page that is slow to load would lose seconds of its own.
  await page.clock.install({ time: AFTERNOON - HOUR });
  await page.clock.pauseAt(AFTERNOON);
  await page.goto(`${origin}/page`);
  return page;
}

describe("a site that is told by a form", () => {
  it("is told at once", async () => {
    const page = await visit("returning-post");
    await page.getByText("gone on").waitFor();
    expect(posted.map((fields) => Object.fromEntries(fields))).toEqual([{ code: "K7QF", state: 'a"b' }]);
  });

  it("is told by the button where there is no script", async () => {
    const page = await visit("returning-post", { javaScriptEnabled: false });
    expect(posted).toEqual([]);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("gone on").waitFor();
    expect(posted).toHaveLength(1);
  });
});

describe("text of twice the size", () => {
  it("makes no page wider than a phone, in either language, without scripts", async () => {
    const large = await launchBrowser({ args: ["--blink-settings=defaultFontSize=32"] });
    try {
      const page = await large.newPage({ viewport: { width: 360, height: 800 }, javaScriptEnabled: false });
      await page.goto(`${origin}/page`);
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("32px");
      for (const locale of ["en", "ru"] as const) {
        const pages = samples.map((one) => ({ name: one.name, markup: html(one, locale) }));
        // Their sizes are in the markup, also those of images: nothing is waited for, and no page gone to.
        const widths = await page.evaluate(
          ([all, lang]) => {
            const root = document.documentElement;
            root.lang = lang;
            return all.map(({ name, markup }) => {
              document.body.replaceWith(new DOMParser().parseFromString(markup, "text/html").body);
              return { name, width: root.scrollWidth };
            });
          },
          [pages, locale] as const,
        );
        expect(widths.length).toBe(samples.length);
        expect(widths.filter(({ width }) => width !== 360)).toEqual([]);
      }
    } finally {
      await large.close();
    }
  });
});

describe("a form", () => {
  it("is sent once by a button that is pressed twice, and again after a second", async () => {
    const page = await visit("login-challenge");
    const send = () =>
      page.locator("form").evaluateAll(([form]) => {
        const event = new SubmitEvent("submit", { bubbles: true, cancelable: true });
        return form?.dispatchEvent(event);
      });
    expect([await send(), await send()]).toEqual([true, false]);
    await page.clock.runFor(1_000);
    expect(await send()).toBe(true);
  });
});

describe("a button that decides", () => {
  it.each(["consent", "login-admission", "user-code-confirm"])(
    "takes no press of somebody who meant the page before: %s",
    async (name) => {
      const page = await visit(name, { javaScriptEnabled: false });
      /** Which button takes a press in its middle, so long after the page was there; begun anew each time, for the browser's clock goes on. */
      const pressedAfter = (time: number) =>
        page.evaluate((now) => {
          const late = [...document.querySelectorAll<HTMLElement>(".decides")];
          for (const { style } of late) style.animation = "none";
          document.body.getBoundingClientRect();
          for (const { style } of late) style.animation = "";
          for (const animation of document.getAnimations()) {
            animation.pause();
            animation.currentTime = now;
          }
          return [...document.querySelectorAll("form button")].map((button) => {
            const { left, top, width, height } = button.getBoundingClientRect();
            return document.elementFromPoint(left + width / 2, top + height / 2) === button;
          });
        }, time);
      expect(await pressedAfter(0)).toEqual([false, false]);
      expect(await pressedAfter(500)).toEqual([false, false]);
      expect(await pressedAfter(600)).toEqual([true, true]);
      const calm = await browser.newPage({ reducedMotion: "reduce", javaScriptEnabled: false });
      await calm.goto(`${origin}/page`);
      const lasts = () =>
        [...document.querySelectorAll(".decides")].map((late) => getComputedStyle(late).animationDuration);
      expect(await calm.evaluate(lasts)).toEqual(["0.6s"]);
      await calm.context().close();
    },
  );
});

describe("a response as it is typed", () => {
  it("is grouped so that its last four digits stand below the number's", async () => {
    const page = await visit("login-challenge");
    const field = page.locator("#response");
    await field.pressSequentially("675-46x54");
    expect(await field.inputValue()).toBe("675 4654");
    // A digit put in the middle leaves the caret behind it.
    await field.evaluate((input) => input instanceof HTMLInputElement && input.setSelectionRange(1, 1));
    await page.keyboard.press("9");
    expect(await field.inputValue()).toBe("697 54654");
    expect(await field.evaluate((input) => input instanceof HTMLInputElement && input.selectionStart)).toBe(2);
    await page.keyboard.press("Backspace");
    expect(await field.inputValue()).toBe("675 4654");
    await field.press("Enter");
    await page.waitForURL("**/interaction/**");
    expect(Object.fromEntries(posted[0] ?? [])).toEqual({ response: "675 4654", action: "next" });
  });

  it("is seen together with the number on the smallest phones, with an error between them as well", async () => {
    const names = ["payment", "payment-other-screen", "payment-long", "trust-limit", "trust-limit-wrong"];
    for (const name of names.map((one) => `confirmation-${one}`)) {
      const page = await visit(name, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
      const [number, field, button] = await Promise.all(
        ["#number", "#response", "button[value=next]"].map((one) => page.locator(one).boundingBox()),
      );
      if (!number || !field || !button) throw new Error(`${name} lacks one of the three`);
      // A keyboard takes 40 per cent of the window: number and field are above it.
      expect(field.y + field.height - number.y, name).toBeLessThan(640 * 0.6);
      expect(button.y + button.height - number.y, name).toBeLessThan(640 * 0.6);
    }
  });

  it("stands in the number's own grid", async () => {
    const page = await visit("login-challenge-wrong");
    const lefts = await page.evaluate(() => {
      const number = document.querySelector("#number span")?.firstChild;
      const input = document.querySelector<HTMLInputElement>("#response");
      if (!number || !input) throw new Error("the page has no number");
      const range = document.createRange();
      range.setStart(number, 5);
      range.setEnd(number, 9);
      // An input's text has no range: the same text in a copy of its style has.
      const copy = document.createElement("div");
      const style = getComputedStyle(input);
      for (const name of ["fontFamily", "fontSize", "fontWeight", "letterSpacing", "padding", "border"] as const) {
        copy.style[name] = style[name];
      }
      copy.style.position = "absolute";
      copy.style.left = `${input.getBoundingClientRect().left}px`;
      copy.style.whiteSpace = "pre";
      copy.textContent = input.value;
      document.body.append(copy);
      const typed = document.createRange();
      typed.setStart(copy.firstChild ?? copy, 4);
      typed.setEnd(copy.firstChild ?? copy, 8);
      return [range.getBoundingClientRect().left, typed.getBoundingClientRect().left];
    });
    expect(Math.abs((lefts[0] ?? 0) - (lefts[1] ?? 99))).toBeLessThan(1.5);
  });
});

describe("the time that is left", () => {
  it("is told quietly, once aloud in the last minute, and its end offers a new number", async () => {
    const page = await visit("login-challenge");
    const announced = page.locator("[data-announce]");
    await page.clock.runFor(1000);
    expect(await page.locator(".countdown").innerText()).toBe("4 min 11 s left");
    expect(await announced.innerText()).toBe("");
    await page.clock.runFor(191_000);
    expect(await page.locator(".countdown").innerText()).toContain("1 min 0 s left");
    expect(await announced.textContent()).toBe("One minute left for this number");
    await page.clock.runFor(60_000);
    expect(await page.locator("h1").innerText()).toBe("This number has run out");
    expect(await page.title()).toBe("This number has run out · E-num ID");
    expect(await page.locator("#response").isVisible()).toBe(false);
    expect(await page.locator("[role=alert]").count()).toBe(0);
    await page.locator("button[value=new-challenge]").click();
    await page.waitForURL("**/interaction/**");
    expect(posted[0]?.get("action")).toBe("new-challenge");
  });

  it("ends beneath what is asked, which stays", async () => {
    for (const name of ["confirmation-payment", "confirmation-trust-limit"]) {
      const page = await visit(name, { viewport: { width: 1280, height: 800 } });
      await page.clock.runFor(253_000);
      expect(await page.locator("h2").first().innerText()).toBe("This number has run out");
      expect(await page.title()).toMatch(/\? · E-num ID$/);
      expect(await page.locator(".amount").isVisible()).toBe(true);
      expect(await page.locator("#response").isVisible()).toBe(false);
      expect(await page.locator("#qr").isVisible()).toBe(false);
      await page.locator("button[value=new-challenge]").click();
      await page.waitForURL("**/interaction/**");
    }
    expect(posted.map((form) => form.get("action"))).toEqual(["new-challenge", "new-challenge"]);
  });

  it("is told truly without scripts: from when the page was shown", async () => {
    const page = await visit("login-challenge", { javaScriptEnabled: false });
    expect(await page.locator(".countdown").innerText()).toBe("Good for 4 min 12 s after this page was shown");
  });
});

describe("a phone that answers", () => {
  it("makes the page go on by itself", async () => {
    const page = await visit("login-challenge");
    // The clock is the test's, the network is not: each answer must have come before the next question is due.
    const askAgain = async () => {
      await page.clock.runFor(2500).catch(() => undefined);
      return asked;
    };
    await expect.poll(askAgain).toBeGreaterThan(1);
    expect(posted).toEqual([]);
    state = "moved";
    await expect.poll(async () => (await askAgain()) > 0 && posted.length).toBe(1);
    expect(posted.map((form) => form.get("action"))).toEqual(["answered"]);
    await page.getByText("gone on").waitFor();
  });

  it("makes a confirmation's page go on as well, to the answer of its own address", async () => {
    for (const name of ["confirmation-payment", "confirmation-trust-limit"]) {
      [state, asked, posted] = ["waiting", 0, []];
      const page = await visit(name);
      expect(await page.locator("[data-status]").getAttribute("data-status")).toMatch(/\/operation-status$/);
      const askAgain = async () => {
        await page.clock.runFor(2500).catch(() => undefined);
        return asked;
      };
      await expect.poll(askAgain, { timeout: 10_000 }).toBeGreaterThan(0);
      state = "moved";
      await expect.poll(async () => (await askAgain()) > 0 && posted.length, { timeout: 10_000 }).toBe(1);
      // Neither a response nor a reason goes with it.
      expect(Object.fromEntries(posted[0] ?? [])).toEqual({ action: "answered", response: "" });
      // A page that is closed on its way may never say that it is.
      await page.getByText("gone on").waitFor();
    }
  });

  it("is asked for no more while a typed response is on its way, which would be sent a second time", async () => {
    // By the page's own clock: the browser takes no orders while it waits for an answer.
    const page = await browser.newPage();
    await page.goto(`${origin}/page`);
    state = "moved";
    line = new Promise((resolve) => setTimeout(resolve, 4000));
    await page.locator("#response").fill("6754654");
    await page.locator("#response").press("Enter");
    await page.waitForURL("**/interaction/**");
    expect(posted.map((form) => form.get("action"))).toEqual(["next"]);
  });

  it("is asked for no more once the number has run out", async () => {
    const page = await visit("login-challenge-last-minute");
    await page.clock.runFor(43_000);
    // Whatever the page has asked until now has come before this; how often depends on how fast it was answered.
    const comeThrough = () => page.evaluate(() => fetch("/interaction/after").then(() => undefined));
    await expect.poll(() => asked).toBeGreaterThan(0);
    await comeThrough();
    const before = asked;
    await page.clock.runFor(60_000);
    await comeThrough();
    expect(asked).toBe(before);
  });
});

describe("the first thing to read or do", () => {
  const focused = (page: Page) =>
    page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute("role"));

  it("is the field where there is a mouse, and nothing where a keyboard would cover the number", async () => {
    expect(await focused(await visit("login-challenge"))).toBe("response");
    expect(await focused(await visit("login-challenge", { hasTouch: true, isMobile: true }))).toBeNull();
  });

  it("is an error where there is one", async () => {
    expect(await focused(await visit("login-challenge-wrong"))).toBe("alert");
  });
});

describe("the QR code", () => {
  it("fills the screen and goes again without scripts", async () => {
    for (const viewport of [
      { width: 390, height: 844 },
      { width: 1280, height: 800 },
    ]) {
      const page = await visit("login-challenge", { javaScriptEnabled: false, viewport });
      await page.locator('a[href="#qr"]:visible').first().click();
      const picture = await page.locator("#qr img").boundingBox();
      expect(picture?.width).toBeGreaterThan(350);
      await page.locator("#qr a.close").click();
      expect(await page.locator("#response").isVisible()).toBe(true);
      expect(await page.locator("#qr a.close").isVisible()).toBe(false);
    }
  });

  it("shows each module at three pixels or more", async () => {
    const page = await visit("enrolment-activate");
    const width = (await page.locator("#qr img").boundingBox())?.width ?? 0;
    const modules = await page
      .locator("#qr img")
      .evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth);
    expect(width / Number(modules)).toBeGreaterThanOrEqual(3);
  });
});

describe("a QR code that must be scanned", () => {
  it.each([320, 390, 1280])("is seen at once, at three pixels a module or more, %i pixels wide", async (width) => {
    const page = await visit("confirmation-trust-limit", {
      javaScriptEnabled: false,
      viewport: { width, height: 800 },
    });
    const shown = (await page.locator("#qr img").boundingBox())?.width ?? 0;
    expect(shown / 97).toBeGreaterThanOrEqual(3);
    await page.locator("#qr a.fill").click();
    expect((await page.locator("#qr").boundingBox())?.width).toBe(width);
    await page.locator("#qr a.close").click();
    expect(await page.locator("#response").isVisible()).toBe(true);
  });
});

describe("declining with a reason", () => {
  it("sends the reason, and Enter in the response sends none of it", async () => {
    const page = await visit("confirmation-payment", { javaScriptEnabled: false });
    await page.getByLabel("It was not me").check();
    await page.locator("button[value=decline]").click();
    await page.waitForURL("**/interaction/**");
    expect(posted[0]?.get("action")).toBe("decline");
    expect(posted[0]?.get("reason")).toBe("not_me");
    const again = await visit("confirmation-payment", { javaScriptEnabled: false });
    await again.locator("#response").fill("6754654");
    await again.locator("#response").press("Enter");
    await again.waitForURL("**/interaction/**");
    expect(posted[1]?.get("action")).toBe("next");
    expect(posted[1]?.get("reason")).toBeNull();
  });
});

describe("a time of day", () => {
  it("is shown by the person's own clock", async () => {
    const page = await visit("login-locked", { timezoneId: "Asia/Almaty" });
    expect(await page.locator("time").innerText()).toBe("19:35");
  });
});
