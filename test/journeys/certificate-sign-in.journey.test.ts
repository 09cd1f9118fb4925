import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { messagesFor } from "../../src/locale/locale.ts";
import { plain } from "../../src/locale/markup.ts";
import { aliceAt, issued } from "../certificate/support.ts";
import { launchBrowser } from "../support/browser.ts";
import { certificateWorld } from "../support/certificate-proxy.ts";
import { ALICE } from "../support/sign-in.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test.each([
  { how: "with the mouse and scripts, in English", locale: "en", javaScriptEnabled: true },
  { how: "without JavaScript, in Russian", locale: "ru", javaScriptEnabled: false },
] as const)("$how: alice's browser has no certificate, is told so, and signs her in once it has one", async (way) => {
  await using world = await certificateWorld();
  const own = await issued(world, await aliceAt(world));
  const m = messagesFor(way.locale);
  const { signIn } = m.certificate;
  const common = { ignoreHTTPSErrors: true, locale: way.locale, javaScriptEnabled: way.javaScriptEnabled };

  const bare = await browser.newContext(common);
  const page = await bare.newPage();
  await page.goto(`${world.issuer}/account`);
  await page.getByRole("button", { name: plain(signIn.button) }).click();
  await page.getByRole("alert").getByText(plain(signIn.errors.none.title)).waitFor();
  expect(await page.title()).toContain(plain(m.common.errorTitle));
  await page.getByRole("alert").getByRole("link").click();
  expect(new URL(page.url()).hash).toBe("#certificate");
  await bare.close();

  const certificate = { origin: world.asking, cert: Buffer.from(own.chain), key: Buffer.from(own.key) };
  const equipped = await browser.newContext({ ...common, clientCertificates: [certificate] });
  const second = await equipped.newPage();
  await second.goto(`${world.issuer}/account`);
  await second.getByRole("button", { name: plain(signIn.button) }).click();
  await second.getByRole("heading", { name: plain(m.account.heading), exact: true }).waitFor();
  expect(await second.locator("body").innerText()).toContain(ALICE);
  await equipped.close();
});
