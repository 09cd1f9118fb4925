import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { connectedWebPhone, type Met } from "../support/connected-web-phone.ts";
import { PAYMENT } from "../support/payment.ts";
import { ALICE } from "../support/sign-in.ts";
import { askOnPhone, pollTokens, TILL } from "../support/till.ts";
import { createWorld } from "../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const MESSAGE = "Касса 3: 10,50 WMZ";

test.each<[string, Met, string]>([
  ["in English on a phone", {}, "Payment"],
  ["in Russian on a desk", { locale: "ru", context: { viewport: { width: 1280, height: 800 } } }, "Платёж"],
])("a till shows its number, and who stands before it pays on the phone, %s", async (_, met, noun) => {
  await using world = await createWorld({ clients: [TILL] });
  await using phone = await connectedWebPhone(browser, world, ALICE, met);
  const { w, page } = phone;
  const details = { authorization_details: JSON.stringify([PAYMENT]), binding_message: MESSAGE };
  const asked = await askOnPhone(world, details);
  await page
    .getByRole("button", { name: w.requests.source.until("").trim() })
    .first()
    .click();
  await phone.at(w.requests.agree.heading(noun));
  await page.getByText(w.requests.source.site.title).waitFor();
  expect(await page.locator("main").innerText()).toContain(MESSAGE);
  await phone.type(asked.body.enum_challenge, w.number.label);
  await phone.press(w.next);
  await phone.type("271828", w.agree.pin);
  await phone.press(w.requests.agree.send);
  await phone.at(w.requests.sent.heading);
  await page.getByText(w.requests.sent.bySite).waitFor();
  expect((await pollTokens(world, asked)).status).toBe(200);
});
