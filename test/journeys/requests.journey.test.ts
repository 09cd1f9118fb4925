import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOK_SHOP } from "../../examples/shop/pages.ts";
import { DAY } from "../../src/clock.ts";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone, type Met } from "../support/connected-web-phone.ts";
import { createJourney, type Journey } from "../support/journey.ts";
import { confirm, pressBuy, pressSignIn, sayWho, sayWhoPays, signOut } from "../support/journey-steps.ts";
import { type Walk, walk } from "../support/journey-walk.ts";
import { knownBrowser } from "../support/known-browser.ts";
import { PHONE, type WebPhone } from "../support/web-phone.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const ALICE = "alice@example.com";
const PAY = "Pay 10.50 WMZ to Book shop?";
const SUBMIT = "Confirm payment";

/** As far as the page with the check number, which it gives. */
async function ask(person: Walk, { shop }: Journey): Promise<string> {
  await pressSignIn(person, shop);
  await sayWho(person, shop, ALICE);
  await person.at(person.m.login.challenge.heading);
  return person.shown("challenge");
}

/** Types the phone's response into the page of a sign-in: from then on the account knows this browser. */
async function signInByHand(person: Walk, journey: Journey, phone: WebPhone): Promise<void> {
  const { m, hands } = person;
  const response = await phone.respond("login", await ask(person, journey));
  await hands.type(response, person.field(m.login.challenge.response));
  await hands.press(person.button(m.login.challenge.submit));
  await person.at(BOOK_SHOP.heading);
  await phone.done();
}

/** As `ask`, in a browser that the account knows already. */
async function comeBack(person: Walk, journey: Journey): Promise<string> {
  await knownBrowser(journey, person, ALICE);
  return ask(person, journey);
}

async function openFirst(phone: WebPhone, name: string): Promise<void> {
  await phone.page.getByRole("button", { name }).first().click();
}

async function typeNumber(phone: WebPhone, number: string): Promise<void> {
  await phone.type(number, phone.w.number.label);
  await phone.press(phone.w.next);
}

async function send(phone: WebPhone, pin = "271828"): Promise<void> {
  await phone.type(pin, phone.w.agree.pin);
  await phone.press(phone.w.requests.agree.send);
}

describe("a request in the list", () => {
  test.each<[string, Met]>([
    ["in English on a phone", {}],
    ["in Russian on a desk", { locale: "ru", context: { viewport: { width: 1280, height: 800 } } }],
  ])("of a known browser: number and PIN on the phone, and the page goes on by itself, %s", async (_, met) => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE, met);
    const { w } = phone;
    await signInByHand(alice, journey, phone);
    await signOut(alice, journey.shop);
    const number = await ask(alice, journey);
    await openFirst(phone, w.requests.source.until("").trim());
    await phone.at(w.requests.source.heading("Book shop"));
    expect(await phone.page.getByText(w.requests.source.known).isVisible()).toBe(true);
    await typeNumber(phone, number);
    await phone.at(w.requests.source.heading("Book shop"));
    await send(phone);
    await phone.at(w.requests.sent.heading);
    await alice.at(BOOK_SHOP.heading);
    await phone.done();
    expect(await phone.page.getByText(w.requests.inbox.heading).count()).toBe(0);
  });

  test("of an operation: the page says that the phone shows it, the phone shows every detail, and signs", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE, { locale: "ru" });
    const { w, page } = phone;
    await signInByHand(alice, journey, phone);
    await pressBuy(alice, journey.shop);
    await alice.at(PAY);
    await alice.page.getByText(alice.m.login.challenge.reached).waitFor();
    await openFirst(phone, w.requests.source.until("").trim());
    await phone.at(w.requests.agree.heading("Платёж"));
    const said = (await page.locator("main").innerText()).replace(/\s+/g, " ");
    for (const detail of ["10,50 WMZ", "Z 1234 5678 9012", "Номер запроса"]) expect(said).toContain(detail);
    await typeNumber(phone, await alice.shown("challenge"));
    await send(phone);
    await phone.at(w.requests.sent.heading);
    await alice.page.getByText("paid").first().waitFor();
    const rows = await journey.world.database.rows<{ signature: string | null }>("SELECT signature FROM confirmation");
    expect(rows).toEqual([{ signature: expect.stringMatching(/^ey/) }]);
  });

  test("of an unknown browser: the phone warns, sends nothing, and shows the response to be typed", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE);
    const { w } = phone;
    await pressBuy(alice, journey.shop);
    await sayWhoPays(alice, PAY, ALICE);
    await openFirst(phone, w.requests.inbox.stranger);
    await phone.at(w.requests.agree.heading("Payment"));
    expect(await phone.page.getByText(w.requests.source.stranger.title).isVisible()).toBe(true);
    await typeNumber(phone, await alice.shown("challenge"));
    await confirm(alice, await phone.agree(), SUBMIT);
    await alice.page.getByText("paid").first().waitFor();
  });

  test("a wrong number and a wrong PIN each say what was wrong and cost a try of this request alone", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE);
    const { w, page } = phone;
    const number = await comeBack(alice, journey);
    const other = number === "12345678" ? "12345679" : "12345678";
    await openFirst(phone, "Book shop");
    await typeNumber(phone, "1234567");
    await page.getByText(w.errors.number["is-a-response"]).waitFor();
    await typeNumber(phone, other);
    await send(phone);
    const alert = page.getByRole("alert");
    await alert.getByText("2 tries left").waitFor();
    expect(await alert.innerText()).toContain(w.errors.problems["wrong-challenge"]);
    await phone.at(w.requests.source.heading("Book shop"));
    await typeNumber(phone, number);
    await send(phone, "314159");
    await alert.getByText("1 try left").waitFor();
    expect(await alert.innerText()).toContain(w.errors.problems["wrong-response"]);
    await send(phone, "314158");
    await phone.at(w.requests.ended.exhausted.heading);
  });

  test("that ends while it is open says so", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE);
    const { w } = phone;
    await comeBack(alice, journey);
    await openFirst(phone, "Book shop");
    await phone.at(w.requests.source.heading("Book shop"));
    await alice.hands.press(alice.button(alice.m.login.challenge.decline));
    await phone.at(w.requests.inbox.over.heading);
  });
});

describe("declining", () => {
  test("tells the site, with a reason", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE);
    const { w } = phone;
    await comeBack(alice, journey);
    await openFirst(phone, "Book shop");
    await phone.press(w.requests.decline.decline);
    await phone.at(w.requests.decline.heading);
    await phone.press(w.requests.decline.decline);
    await phone.page.getByText(w.requests.decline.unchosen).waitFor();
    await phone.at(w.requests.decline.heading);
    await phone.page.getByLabel(w.requests.decline.reasons.changed_mind).check();
    await phone.press(w.requests.decline.decline);
    await phone.at(w.requests.decline.done.heading);
    await alice.at(alice.m.request.declined.heading);
  });

  test("as not mine closes all, and for a day the phone shows no stranger's request; one can still be typed", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using stranger = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE, { locale: "ru" });
    const { w, page } = phone;
    await comeBack(alice, journey);
    await pressSignIn(stranger, journey.shop);
    await sayWho(stranger, journey.shop, ALICE);
    await openFirst(phone, w.requests.inbox.stranger);
    await phone.press(w.requests.decline.decline);
    await page.getByLabel(w.requests.decline.reasons.not_me).check();
    await phone.at(w.requests.decline.heading);
    await phone.press(w.requests.decline.decline);
    await phone.at(w.requests.decline.done.heading);
    await alice.at(alice.m.request.declined.heading);
    await phone.done();
    // The stranger asks again; what the phone is told afterwards is of alice's own browser alone.
    await stranger.page.goBack();
    await ask(stranger, journey);
    await alice.page.goto(journey.shop.address);
    const number = await ask(alice, journey);
    await openFirst(phone, w.requests.source.until("").trim());
    expect(await page.getByText(w.requests.source.known).isVisible()).toBe(true);
    await typeNumber(phone, number);
    await send(phone);
    await alice.at(BOOK_SHOP.heading);
    await phone.done();
    expect(await page.getByText(w.requests.inbox.stranger).count()).toBe(0);
    await stranger.hands.type(
      await phone.respond("login", await stranger.shown("challenge")),
      stranger.field(stranger.m.login.challenge.response),
    );
    await stranger.hands.press(stranger.button(stranger.m.login.challenge.submit));
    await stranger.at(BOOK_SHOP.heading);
  });
});

describe("on one and the same phone", () => {
  test("a link opens the client with the request: a strange browser's response is copied over, a known one's is sent", async () => {
    await using journey = await createJourney();
    const { world, shop } = journey;
    await using phone = await connectedWebPhone(browser, world, ALICE);
    const { w, page, m } = phone;
    const link = page.getByRole("link", { name: m.login.challenge.sameDevice });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await pressSignIn(phone, shop);
    await sayWho(phone, shop, ALICE);
    await phone.at(m.login.challenge.heading);
    await link.click();
    await phone.at(w.requests.source.heading("Book shop"));
    expect(new URL(page.url()).hash).toBe("");
    const response = await phone.agree();
    await phone.press(w.requests.sent.copy);
    await page.getByText(w.requests.sent.copied).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(response);
    await phone.press(w.requests.sent.back);
    await phone.at(m.login.challenge.heading);
    await phone.hands.type(response, phone.field(m.login.challenge.response));
    await phone.hands.press(phone.button(m.login.challenge.submit));
    await phone.at(BOOK_SHOP.heading);

    await pressBuy(phone, shop);
    await phone.at(PAY);
    await link.click();
    await phone.at(w.requests.agree.heading("Payment"));
    await send(phone);
    await phone.at(w.requests.sent.heading);
    await phone.press(w.requests.sent.back);
    // It has gone on by itself.
    await page.getByText("paid").first().waitFor();
  });

  test("a link that a stranger sends shows whose it is, and opens nothing", async () => {
    await using journey = await createJourney();
    await using stranger = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE);
    const { w, page } = phone;
    await ask(stranger, journey);
    await page.goto("about:blank");
    await page.goto(`${journey.world.issuer}/phone#${await stranger.shown("qr")}`);
    await phone.at(w.requests.source.heading("Book shop"));
    expect(await page.getByText(w.requests.source.stranger.title).isVisible()).toBe(true);
    await phone.agree();
    expect(await statusOf(stranger)).toEqual({ state: "waiting" });
  });
});

/** What the page's own script is told. */
function statusOf({ page }: Walk): Promise<unknown> {
  return page.evaluate(async () => {
    const path = document.querySelector("[data-status]")?.getAttribute("data-status") ?? "";
    return (await fetch(path, { headers: { accept: "application/json" } })).json();
  });
}

describe("the client itself", () => {
  test("whose device was removed erases the account, and says so", async () => {
    await using journey = await createJourney();
    await using phone = await connectedWebPhone(browser, journey.world, ALICE);
    const { w, page } = phone;
    await journey.world.database.rows("UPDATE device SET status = 'revoked' WHERE platform = 'web'");
    await page.reload();
    await phone.at(w.revoked.heading);
    await page.reload();
    await phone.at(w.welcome.heading);
  });

  test("whose clock is wrong by a day finds the difference once, keeps it, and answers", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE, { context: { ...PHONE } });
    const { w, page } = phone;
    const number = await comeBack(alice, journey);
    await page.clock.install({ time: Date.now() + DAY });
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 401) refused.push(response.url());
    });
    await page.reload();
    await openFirst(phone, "Book shop");
    await typeNumber(phone, number);
    await send(phone);
    await phone.at(w.requests.sent.heading);
    await alice.at(BOOK_SHOP.heading);
    const kept = await page.evaluate(clockOffsets);
    expect(kept).toEqual([expect.closeTo(-DAY / 1000, -1)]);
    const before = refused.length;
    const listed = page.waitForResponse((response) => response.url().includes("/device/v1/requests"));
    await page.reload();
    await phone.at(w.home.heading);
    expect((await listed).status()).toBe(200);
    expect(refused.length).toBe(before);
  });

  test("asks nothing while nobody looks, and at once when somebody does", async () => {
    await using journey = await createJourney();
    await using alice = await walk(browser);
    await using phone = await connectedWebPhone(browser, journey.world, ALICE);
    const { w, page } = phone;
    await knownBrowser(journey, alice, ALICE);
    const ended = page.waitForEvent("requestfailed", (request) => request.url().includes("/device/v1/requests"));
    await page.evaluate(hide, true);
    await ended;
    const asked: string[] = [];
    page.on("request", (request) => void asked.push(request.url()));
    await ask(alice, journey);
    expect(asked).toEqual([]);
    await page.evaluate(hide, false);
    await page.getByText(w.requests.inbox.heading).waitFor();
  });
});

/** These stand alone, for they are sent to the browser as text. */
async function clockOffsets(): Promise<number[]> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open("enum-phone", 1);
    opening.onsuccess = () => resolve(opening.result);
  });
  const all = database.transaction("accounts").objectStore("accounts").getAll();
  await new Promise((resolve) => {
    all.onsuccess = resolve;
  });
  database.close();
  return all.result.map(({ account }: { account: { clockOffset: number } }) => account.clockOffset);
}

function hide(hidden: boolean): void {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
