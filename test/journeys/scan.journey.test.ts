import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { MINUTE } from "../../src/clock.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone } from "../support/connected-web-phone.ts";
import { fakeCamera, seen } from "../support/fake-camera.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { confirm, pressBuy, pressSignIn, sayWho, sayWhoPays } from "../support/journey-steps.ts";
import { type Walk, walk } from "../support/journey-walk.ts";
import type { WebPhone } from "../support/web-phone.ts";

let folder: string;
let camera: string;
let desk: Browser;
/** Its camera sees what `seen` draws. */
let pocket: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "enum-camera-"));
  camera = join(folder, "seen.y4m");
  desk = await launchBrowser();
  pocket = await launchBrowser({ args: fakeCamera(camera) });
});
afterAll(async () => {
  await Promise.all([desk.close(), pocket.close()]);
  await rm(folder, { recursive: true, force: true });
});

const ALICE = "alice@example.com";
const DESK = { viewport: { width: 1280, height: 800 } };
const PAY = "Pay 10.50 WMZ to Book shop?";
const SUBMIT = "Confirm payment";

/** As far as the check number of a sign-in. */
async function askToSignIn(person: Walk, { shop }: Journey, email = ALICE): Promise<string> {
  await pressSignIn(person, shop);
  await sayWho(person, shop, email);
  await person.at(person.m.login.challenge.heading);
  return person.shown("qr");
}

async function askToPay(person: Walk, { shop }: Journey, email = ALICE): Promise<string> {
  await pressBuy(person, shop);
  await sayWhoPays(person, PAY, email);
  return person.shown("qr");
}

async function openScanner(phone: WebPhone): Promise<void> {
  await phone.at(phone.w.home.heading);
  await phone.page.getByRole("button", { name: phone.w.requests.scan.mode }).click();
}

async function paste(phone: WebPhone, text: string): Promise<void> {
  await openScanner(phone);
  await phone.type(text, phone.w.requests.scan.text);
  await phone.press(phone.w.requests.scan.open);
}

describe("a code", () => {
  test.each([
    ["en", undefined],
    ["ru", DESK],
  ] as const)("of a sign-in is read by the camera, in %s, and its response signs in", async (locale, context) => {
    await using journey = await createJourney();
    await using alice = await walk(desk, { locale });
    await using phone = await connectedWebPhone(pocket, journey.world, ALICE, {
      locale,
      ...(context === undefined ? {} : { context }),
    });
    const { w } = phone;
    await seen(camera, undefined);
    await openScanner(phone);
    await phone.at(w.requests.scan.heading);
    await phone.page.getByText(w.requests.scan.looking).waitFor();
    await phone.press(w.back);
    await seen(camera, await askToSignIn(alice, journey));
    await openScanner(phone);
    await phone.at(w.requests.source.heading("Book shop"));
    expect(await phone.page.getByText(w.requests.source.stranger.title).isVisible()).toBe(true);
    const response = await phone.agree();
    await alice.hands.type(response, alice.field(alice.m.login.challenge.response));
    await alice.hands.press(alice.button(alice.m.login.challenge.submit));
    await alice.at(BOOK_SHOP.heading);
  });

  test("of a payment, as large as codes get, shows every detail before the response exists", async () => {
    await using journey = await createJourney();
    await using alice = await walk(desk);
    await using phone = await connectedWebPhone(pocket, journey.world, ALICE, { locale: "ru" });
    const { w } = phone;
    await seen(camera, await askToPay(alice, journey));
    await openScanner(phone);
    await phone.at(w.requests.agree.heading("Платёж"));
    const said = (await phone.page.locator("main").innerText()).replace(/\s+/g, " ");
    for (const detail of ["10,50 WMZ", "Z 1234 5678 9012", "Получатель", "Номер запроса", "Book shop"])
      expect(said).toContain(detail);
    expect(said).toContain(await grouped(alice));
    await confirm(alice, await phone.agree(), SUBMIT);
    await alice.page.getByText("paid").first().waitFor();
  });

  test("is read from a picture, and from pasted text", async () => {
    await using journey = await createJourney();
    await using alice = await walk(desk);
    await using phone = await connectedWebPhone(desk, journey.world, ALICE);
    const { w, page } = phone;
    const text = await askToSignIn(alice, journey);
    const picture = await alice.page.screenshot();
    await openScanner(phone);
    await phone.at(w.requests.scan.heading);
    const choose = (buffer: Buffer) =>
      page.locator("#picture").setInputFiles({ name: "code.png", mimeType: "image/png", buffer });
    await choose(await page.screenshot());
    await page.getByRole("alert").getByText(w.requests.scan.noCode).waitFor();
    await choose(picture);
    await phone.at(w.requests.source.heading("Book shop"));
    await phone.press(w.back);
    await paste(phone, `  https://id.example/phone#${text}\n`);
    await phone.at(w.requests.source.heading("Book shop"));
  });
});

async function grouped(person: Walk): Promise<string> {
  const number = await person.shown("challenge");
  return `${number.slice(0, 4)} ${number.slice(4)}`;
}

describe("the camera", () => {
  test("that is not there is said so, with the way on", async () => {
    await using journey = await createJourney();
    // A browser without a fake one, on a machine without a real one.
    await using phone = await connectedWebPhone(desk, journey.world, ALICE);
    const { w, page } = phone;
    await openScanner(phone);
    await page.getByText(w.requests.scan.missing.title).waitFor();
    await phone.at(w.requests.scan.heading);
    // What is no code stays where it was typed.
    await phone.press(w.requests.scan.open);
    await page.getByText(w.requests.scan.empty).waitFor();
    await phone.type("num:l?c=48219370&r=none", w.requests.scan.text);
    await phone.press(w.requests.scan.open);
    await page.getByText(w.errors.scanned["not-enum"]).waitFor();
    await phone.at(w.requests.scan.heading);
    expect(await phone.field(w.requests.scan.text).inputValue()).toBe("num:l?c=48219370&r=none");
    await phone.type("enum:l?c=48219370&r=none", w.requests.scan.text);
    await phone.press(w.requests.scan.open);
    await phone.at(w.agree.heading.login);
    await page.getByText(w.requests.source.unlisted.title).waitFor();
  });

  test("that is refused is said so, with where it can be allowed", async () => {
    await using journey = await createJourney();
    await using phone = await connectedWebPhone(desk, journey.world, ALICE);
    const { w, page } = phone;
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await openScanner(phone);
    await page.getByText(w.requests.scan.refused.title).waitFor();
    await phone.at(w.requests.scan.heading);
  });

  test("rests while the page is hidden, and ends with its screen", async () => {
    await using journey = await createJourney();
    await seen(camera, "https://example.com/a-menu");
    await using phone = await connectedWebPhone(pocket, journey.world, ALICE);
    const { w, page } = phone;
    await page.evaluate(watchTracks);
    await openScanner(phone);
    // Somebody else's code is told, and the camera goes on.
    await page.getByText(w.requests.scan.foreign).waitFor();
    expect(await page.evaluate(() => window.tracks.map(({ readyState }) => readyState))).toEqual(["live"]);
    await page.evaluate(hide, true);
    expect(await page.evaluate(() => window.tracks.map(({ readyState }) => readyState))).toEqual(["ended"]);
    await page.evaluate(hide, false);
    await page.waitForFunction(() => window.tracks.length === 2);
    await phone.press(w.back);
    await phone.at(w.home.heading);
    expect(await page.evaluate(() => window.tracks.map(({ readyState }) => readyState))).toEqual(["ended", "ended"]);
  });
});

declare global {
  interface Window {
    tracks: MediaStreamTrack[];
  }
}

/** These two stand alone, for they are sent to the browser as text. */
function watchTracks(): void {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  window.tracks = [];
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}

function hide(hidden: boolean): void {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("a code that is not right", () => {
  test("is warned of, and gets no answer: a changed number, another's signature, another's page", async () => {
    await using journey = await createJourney();
    await using alice = await walk(desk);
    await using phone = await connectedWebPhone(desk, journey.world, ALICE);
    const { w, page } = phone;
    const text = await askToPay(alice, journey);
    const { warning } = w.requests;
    const spoiled: [string, string][] = [
      [text.replace(/(?<=c=)\d/, (digit) => `${(Number(digit) + 1) % 10}`), warning["other-number"]],
      [text.replace(/.{12}$/, "AAAAAAAAAAAA"), warning.forged],
      [text.replace(/^enum:o\?(c=\d+&r=[^&]+).*/, "enum:l?$1"), warning["other-request"]],
    ];
    for (const [spoilt, why] of spoiled) {
      await paste(phone, spoilt);
      await phone.at(warning.heading);
      expect(await page.getByRole("alert").innerText()).toContain(why);
      expect(await page.locator("input, [data-enum-response]").count()).toBe(0);
      await phone.done();
    }
    // Signed by the provider, and for the page of somebody else's account: only the provider can tell whose it is.
    await using frank = await walk(desk);
    await paste(phone, await askToPay(frank, journey, "frank@example.com"));
    await phone.at(w.requests.agree.heading("Payment"));
    await page.getByText(w.requests.source.unlisted.title).waitFor();
    await phone.type("271828", w.agree.pin);
    await phone.press(w.requests.agree.send);
    await phone.at(warning.heading);
    expect(await page.locator("[data-enum-response]").count()).toBe(0);
  });

  test("is only said to be late where its time is past: the provider decides", async () => {
    await using journey = await createJourney();
    await using alice = await walk(desk);
    await using phone = await connectedWebPhone(desk, journey.world, ALICE);
    const { w, page } = phone;
    const text = await askToPay(alice, journey);
    // The phone's own clock is another hour, and no network sets it right.
    await page.clock.install({ time: Date.now() + 60 * MINUTE });
    await page.context().setOffline(true);
    await page.reload();
    await paste(phone, text);
    await phone.at(w.requests.agree.heading("Payment"));
    await page.getByText(w.requests.agree.expired.title).waitFor();
    await page.getByText(w.requests.source.offline.title).waitFor();
    await confirm(alice, await phone.agree(), SUBMIT);
    await alice.page.getByText("paid").first().waitFor();
  });
});
