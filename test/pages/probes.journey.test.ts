import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Locale } from "../../src/locale/locale.ts";
import { brokenByColours, brokenByWidth, brokenRules } from "../support/axe.ts";
import { launchBrowser, UNSEEN } from "../support/browser.ts";
import { samples } from "./list.ts";
import { clipped, counted, dead, hardWired, seen, show, small, untouched } from "./probes.ts";
import { html, type PageServer, servePages } from "./server.ts";

const DESKTOP = { width: 1280, height: 800 };
const NARROW = { width: 320, height: 640 };

let browser: Browser;
let server: PageServer;
let page: Page;
let scriptless: Page;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(UNSEEN), servePages()]);
  page = await browser.newPage({ colorScheme: "light", reducedMotion: "reduce" });
  scriptless = await browser.newPage({ viewport: NARROW, javaScriptEnabled: false });
});

afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

async function goTo(locale: Locale): Promise<void> {
  const [sample] = samples;
  if (sample === undefined) throw new Error("there are no samples");
  await page.goto(server.url(sample, locale), { waitUntil: "domcontentloaded" });
}

describe("the probes", () => {
  it("find what is wrong with a page, so that their silence means something", async () => {
    await goTo("qps");
    await page.setViewportSize(NARROW);
    await page.evaluate(() => {
      const faults = document.createElement("div");
      faults.innerHTML = `<p>hard</p><input><a href="/">x</a><p>⟦${"clipped".repeat(30)}⟧</p>`;
      faults.insertAdjacentHTML("beforeend", '<a href="#gone">⟦gone, on and on⟧</a><form><button>⟦go⟧</button></form>');
      for (const one of faults.querySelectorAll("p")) one.setAttribute("class", "number");
      document.querySelector("main")?.append(faults);
    });
    expect(await page.evaluate(clipped)).not.toEqual([]);
    expect(await page.evaluate(small)).toEqual([expect.stringContaining("x: "), expect.stringContaining("gone")]);
    expect(await page.evaluate(hardWired)).toEqual(["P: hard", "A: x"]);
    expect(await brokenRules(page)).toEqual([expect.stringContaining("label: ")]);
    expect(await brokenByColours(page)).toEqual([]);
    await page.evaluate(() => {
      for (const one of document.querySelectorAll<HTMLElement>("p.number")) one.style.color = "#ddd";
    });
    expect(await brokenByColours(page)).toContainEqual(expect.stringContaining("color-contrast: "));
  });

  it("find what is wrong at one width alone, and where another shows something else", async () => {
    await goTo("en");
    await page.setViewportSize(DESKTOP);
    expect(await brokenByWidth(page)).toEqual([]);
    await page.evaluate(() => {
      const faults = document.createElement("div");
      faults.innerHTML = `<p id="pale">pale</p><p>A word and <a href="/">a link</a> and more words</p>
        <div id="low"><p>${"on and on ".repeat(99)}</p></div><button type="button">a</button><button type="button">b</button>`;
      document.querySelector("main")?.append(faults);
      const style = (selector: string, styles: Partial<CSSStyleDeclaration>) => {
        for (const one of faults.querySelectorAll<HTMLElement>(selector)) Object.assign(one.style, styles);
      };
      style("#pale", { color: "#ddd" });
      style("p a", { color: "#333", textDecoration: "none" });
      style("#low", { height: "20px", overflow: "auto" });
      style("button", { width: "8px", height: "8px", padding: "0", border: "0", minHeight: "0", minWidth: "0" });
    });
    const broken = (await brokenByWidth(page)).map((text) => text.split(":")[0]);
    expect([...new Set(broken)].sort()).toEqual([
      "color-contrast",
      "link-in-text-block",
      "scrollable-region-focusable",
      "target-size",
    ]);
    const before = await page.evaluate(seen);
    for (const styles of [{ display: "none" }, { visibility: "hidden" }, { position: "absolute", left: "-999px" }]) {
      await page.evaluate((styles) => Object.assign(document.querySelector("p")?.style ?? {}, styles), styles);
      expect(await page.evaluate(seen)).not.toBe(before);
      await page.evaluate(() => document.querySelector("p")?.removeAttribute("style"));
      expect(await page.evaluate(seen)).toBe(before);
    }
  });

  it("find what is dead without scripts, and what scripts have changed", async () => {
    await scriptless.setContent('<a href="#gone">gone</a><form><button hidden>go</button></form>');
    expect(await scriptless.evaluate(dead)).toEqual(["a link to #gone: gone", "a form whose first button is not seen"]);
    const sent = "<html><head></head><body><main>Hello</main></body></html>";
    await page.setContent(sent);
    expect(await page.evaluate(untouched, sent)).toBe(true);
    expect(await page.evaluate(untouched, sent.replace("<main>", '<main class="a">'))).toBe(false);
    const without = sent.replace("Hello", "<noscript>Hello</noscript>");
    await page.setContent(without);
    expect(await page.evaluate(untouched, without)).toBe(false);
    await scriptless.setContent('<p data-countdown="60">1 min left</p><p data-countdown="60">Good for 1 min</p>');
    expect(await scriptless.evaluate(counted)).toEqual(["time that moves: 1 min left"]);
  });

  it("find a page that is written over another as one that was gone to", async () => {
    await goTo("en");
    await page.setViewportSize(NARROW);
    for (const name of ["login-challenge-last-minute", "account-history", "login-identifier"]) {
      const sample = samples.find((one) => one.name === name);
      if (sample === undefined) throw new Error(`no sample ${name}`);
      const sent = html(sample, "ru");
      await page.evaluate(show, sent);
      const written = await page.evaluate(drawn);
      await page.goto(server.url(sample, "ru"), { waitUntil: "domcontentloaded" });
      expect(written).toEqual(await page.evaluate(drawn));
      expect(await page.evaluate(untouched, sent), "its scripts have done something").toBe(false);
      await scriptless.goto(server.url(sample, "ru"));
      const without = await scriptless.evaluate(drawn);
      await scriptless.setContent(sent, { waitUntil: "domcontentloaded" });
      expect(await scriptless.evaluate(drawn)).toEqual(without);
      expect(without).not.toEqual(written);
    }
  });

  it("find nothing of a page that another was written over, and nothing that the server's policy forbids; its scripts are waited for", async () => {
    await goTo("en");
    await page.evaluate(() => {
      setTimeout(() => document.body.append("too late"), 1);
      setInterval(() => document.body.append("again and again"), 1);
      addEventListener("resize", () => document.body.append("heard"));
    });
    const forbidden =
      '<p style="color: red">Hello</p><style>p { color: red }</style><script>document.body.append("run")</script>';
    await page.evaluate(show, `<!doctype html><body>${forbidden}</body>`);
    await page.setViewportSize(DESKTOP);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    expect(await page.evaluate(() => document.body.innerText.trim())).toBe("Hello");
    const colour = () => page.evaluate(() => getComputedStyle(document.querySelector("p") ?? document.body).color);
    expect(await colour()).toBe("rgb(0, 0, 0)");
    await page.route("**/slow.js", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await route.fulfill({ contentType: "text/javascript", body: 'document.body.append("done")' });
    });
    await page.evaluate(show, '<!doctype html><body><script src="/slow.js" defer></script></body>');
    expect(await page.evaluate(() => document.body.innerText)).toBe("done");
    await page.unroute("**/slow.js");
  });
});

/** All that there is of a page and where it is drawn, but for the seconds that it counts; runs in the page. */
function drawn(): string[] {
  return [...document.querySelectorAll("*")].map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const { color, backgroundColor, display, visibility } = getComputedStyle(element);
    const focused = element === document.activeElement ? "focused" : "";
    const text = element.childElementCount === 0 ? element.outerHTML.replace(/\d+/g, "0") : "";
    return [
      element.tagName,
      element.className,
      text,
      left,
      top,
      width,
      height,
      color,
      backgroundColor,
      display,
      visibility,
      focused,
    ].join(" ");
  });
}
