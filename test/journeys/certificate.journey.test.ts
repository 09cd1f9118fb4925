import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ecRequest } from "../certificate/support.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, scan } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { OWN_WAYS } from "../support/journey-ways.ts";

const ALICE = "alice@example.com";
const WMID = "301234567890";
const PASSWORD = "correct horse";
let browser: Browser;
beforeAll(async () => {
  // The page hashes a quarter of a million times for the file's own password.
  browser = await launchBrowser({ compiled: "well" });
});
afterAll(() => browser.close());

test.each(OWN_WAYS)("$how: alice gets a certificate, saves it, and revokes it", async (way) => {
  await using journey = await createJourney();
  await using alice = await walk(browser, way);
  await using phone = await connectedPhone(journey.world, ALICE);
  const { page, hands, m, at, field, button } = alice;
  const { certificate: w } = m;
  const { issuer } = journey.world;
  const { words } = way;
  const link = (name: string) => page.getByRole("link", { name, exact: true });

  await page.goto(`${issuer}/account`);
  await at(m.login.identifier.headingTo("E-num account"));
  await hands.type(ALICE, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await answer(alice, phone);
  await at(m.account.heading);
  await hands.press(page.locator(".sections").getByRole("link", { name: w.heading }));
  await at(w.heading);
  await hands.press(button(w.add));
  await at(w.headingNew);
  if (way.scripted) {
    const { pem } = ecRequest();
    await field(w.make.file).setInputFiles({ name: "request.pem", mimeType: "", buffer: Buffer.from(pem) });
    await expect.poll(() => field(w.csr).inputValue()).toBe(pem);
    await hands.press(button(w.make.button));
  } else {
    expect(await button(w.make.button).isVisible()).toBe(false);
    await hands.type(ecRequest().pem, field(w.csr));
    await hands.press(button(w.next));
  }
  const said = await scan(alice, phone, words.change(w.operation.setting(WMID)), words.submit);
  expect(said).toContain(w.operation.setting(WMID));
  await at(w.headingOf);

  if (way.scripted) {
    await hands.type("short", field(w.save.password));
    await hands.press(button(w.save.button));
    await page.getByText(w.save.short).waitFor();
    await field(w.save.password).fill("");
    await hands.type(PASSWORD, field(w.save.password));
    const coming = page.waitForEvent("download");
    await hands.press(button(w.save.button));
    const download = await coming;
    expect(download.suggestedFilename()).toBe(`WMID-${WMID}.p12`);
    const pfx = readFileSync(await download.path());
    expect(() => createSecureContext({ pfx, passphrase: PASSWORD })).not.toThrow();
    // The one saves and the other throws away: who aims at the one must not hit the other.
    const [save, forget] = [await button(w.save.button).boundingBox(), await button(w.save.forget).boundingBox()];
    expect((forget?.y ?? 0) - (save?.y ?? 0) - (save?.height ?? 0)).toBeGreaterThanOrEqual(8);
    await hands.press(button(w.save.forget));
    await page.getByText(w.save.title).waitFor({ state: "hidden" });
    await page.reload();
    await at(w.headingOf);
    expect(await page.getByText(w.save.title).isVisible()).toBe(false);
  } else {
    expect(await page.getByText(w.save.title).isVisible()).toBe(false);
    const coming = page.waitForEvent("download");
    await hands.press(link(w.download));
    const { subjectAltName } = new X509Certificate(readFileSync(await (await coming).path()));
    expect(subjectAltName).toBe(`URI:urn:e-num:wmid:${WMID}`);
  }

  await hands.press(link(w.revoke));
  await at(w.revocation.heading);
  await page.getByRole("radio", { name: w.revocation.reasons["no-longer-used"] }).check();
  await hands.press(button(w.revocation.submit));
  await at(w.headingOf);
  await page.getByText(w.state.revoked.title).waitFor();
  await hands.press(link(w.toList));
  await at(w.heading);
  await page.getByText(w.none).waitFor();
});
