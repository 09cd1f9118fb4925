import { once } from "node:events";
import { createServer } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CITY_LIBRARY } from "../../examples/shop/pages.ts";
import { createSmsGateway } from "../../src/messaging/sms-gateway.ts";
import { launchBrowser } from "../support/browser.ts";
import { BY_SMS, CAROL, PHONES, SMS } from "../support/by-sms.ts";
import { createJourney } from "../support/journey.ts";
import { pressSignIn, sayWho } from "../support/journey-steps.ts";
import { type Walk, type Way, walk } from "../support/journey-walk.ts";
import { type Kannel, startKannel, type TakenSms } from "../support/kannel.ts";
import { codeTo } from "../support/newcomer.ts";
import { begin, PAYMENT, STORE } from "../support/payment.ts";
import { createWorld, type World } from "../support/world.ts";

const WAYS: readonly (Way & { how: string })[] = [
  {
    how: "on a phone of 360 pixels",
    context: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  },
  { how: "with JavaScript off", context: { javaScriptEnabled: false } },
  { how: "in Russian", locale: "ru" },
  { how: "by the keyboard alone", keyboard: true },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const through = ({ url }: Kannel) => ({
  transports: (issuer: string) => createSmsGateway({ profile: "kannel", url, from: undefined }, { issuer }),
});

/** The shop's page that people come back to: browsers open no address on the port of the other tests' sites. */
async function openShop() {
  const server = createServer((_request, response) => response.end("Shop")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    entry: { ...STORE, redirect_uris: [`http://localhost:${address.port}/paid`] },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** What carol's phone shows, once the outbox was emptied into the gateway. */
async function taken(world: World, kannel: Kannel): Promise<TakenSms> {
  await world.drain();
  const sms = kannel.taken.at(-1);
  if (sms === undefined) throw new Error("the gateway has no SMS");
  expect(sms.to).toBe(PHONES[CAROL]);
  return sms;
}

/** As a phone fills it in: from the last line, for this host alone. */
function fillIn({ text }: TakenSms): string {
  const [, code] = /^@localhost #(\d{6})$/.exec(text.split("\n").at(-1) ?? "") ?? [];
  if (code === undefined) throw new Error(`no line for a phone in: ${text}`);
  return code;
}

/** From the page with the check number to the page of the code, by the mailbox. */
async function askForCode({ hands, m, at, field, button }: Walk, world: World): Promise<void> {
  await hands.press(button(m.login.challenge.sms));
  await at(m.login.emailCode.heading);
  await hands.type(await codeTo(world, CAROL), field(m.login.emailCode.label));
  await hands.press(button(m.login.emailCode.next));
  await at(m.login.smsCode.heading);
}

describe.each(WAYS)("$how", (way) => {
  test("carol, who has no phone client, signs in at the library with a code by SMS", async () => {
    await using kannel = await startKannel();
    await using journey = await createJourney({ ...through(kannel), atLibrary: { default_acr_values: [SMS] } });
    await using carol = await walk(browser, way);
    const { hands, m, at, field, button, page } = carol;
    await pressSignIn(carol, journey.library);
    await sayWho(carol, journey.library, CAROL);
    await at(m.login.challenge.heading);
    await askForCode(carol, journey.world);
    await hands.type("000000", field(m.login.smsCode.label));
    await hands.press(button(m.login.smsCode.next));
    await page.getByRole("alert").waitFor();
    await at(m.login.smsCode.heading);
    await hands.type(fillIn(await taken(journey.world, kannel)), field(m.login.smsCode.label));
    await hands.press(button(m.login.smsCode.next));
    await hands.press(button(m.consent.allow));
    await at(CITY_LIBRARY.heading);
    await page.getByText(CAROL).waitFor();
  });

  test("a payment is confirmed with a code of its own, and the page tells when the SMS has arrived", async () => {
    await using kannel = await startKannel();
    await using shop = await openShop();
    await using world = await createWorld({ ...through(kannel), clients: [shop.entry], policy: BY_SMS });
    await using carol = await walk(browser, way);
    const { hands, m, field, button, page } = carol;
    const { address, finish } = await begin(world, PAYMENT, { scope: "openid", acr_values: SMS }, shop.entry);
    await page.goto(address);
    await hands.type(CAROL, field(m.login.identifier.label));
    await hands.press(button(m.login.identifier.next));
    await askForCode(carol, world);
    const signInCode = fillIn(await taken(world, kannel));
    await hands.type(signInCode, field(m.login.smsCode.label));
    await hands.press(button(m.login.smsCode.next));

    await page.locator("[data-enum-challenge]").waitFor();
    await hands.press(button(m.login.challenge.sms));
    await page.getByText(m.login.smsCode.fate.waiting).waitFor();
    const sms = await taken(world, kannel);
    expect(fillIn(sms)).not.toBe(signInCode);
    expect(sms.text).toContain("Z 1234 5678 9012");
    expect(await kannel.report(sms, 1)).toBe(200);
    await page.reload();
    await page.getByText(m.login.smsCode.fate.delivered).waitFor();
    await hands.type(fillIn(sms), field(m.login.smsCode.label));
    const confirm = page.locator('button.primary[value="next"]');
    await hands.press(confirm);
    await page.waitForURL(`${shop.entry.redirect_uris[0]}?**`);
    const tokens = await finish({ url: page.url() });
    expect(tokens.claims()?.["acr"]).toBe(SMS);
    expect(tokens.authorization_details).toMatchObject([{ confirmation: { binding: "sms" } }]);
  });
});
