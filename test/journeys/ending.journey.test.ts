import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { launchBrowser } from "../support/browser.ts";
import { createJourney } from "../support/journey.ts";
import { connectedPhone } from "../support/journey-phone.ts";
import { answer, pressSignIn, sayWho, scan } from "../support/journey-steps.ts";
import { walk } from "../support/journey-walk.ts";
import { OWN_WAYS } from "../support/journey-ways.ts";

const ALICE = "alice@example.com";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

// By the keyboard it is pressed as everywhere; what is new here is a file, and pages.
test.each(OWN_WAYS.filter(({ keyboard }) => keyboard !== true))(
  "$how: alice saves her data, has her account deleted, is told so at a site, keeps it by the link, and has it deleted after all",
  async (way) => {
    await using journey = await createJourney();
    const { world, shop } = journey;
    await using alice = await walk(browser, way);
    await using phone = await connectedPhone(world, ALICE);
    const { page, hands, m, at, field, button } = alice;
    const { account, ownData, deletion, stop } = m;
    const section = (name: string) => hands.press(page.locator(".sections").getByRole("link", { name }));

    await page.goto(`${world.issuer}/account`);
    await at(m.login.identifier.headingTo("E-num account"));
    await hands.type(ALICE, field(m.login.identifier.label));
    await hands.press(button(m.login.identifier.next));
    await answer(alice, phone);
    await at(account.heading);

    await section(account.sections.data.name);
    await at(ownData.heading);
    await hands.press(button(ownData.button));
    const { setting } = ownData.operation;
    const said = await scan(alice, phone, way.words.change(setting), way.words.submit);
    expect(said).toContain(setting);
    await at(ownData.ready.heading);
    const saving = page.waitForEvent("download");
    await hands.press(button(ownData.ready.button));
    const file = await saving;
    expect(file.suggestedFilename()).toBe("e-num-data.json");
    expect(JSON.parse(await readFile(await file.path(), "utf8"))).toMatchObject({ account: { email: ALICE } });
    await hands.press(page.getByRole("link", { name: ownData.ready.done }));
    await at(ownData.heading);
    await hands.press(page.getByRole("link", { name: ownData.back }));
    await at(account.heading);

    await section(account.sections.deletion.name);
    await at(deletion.heading);
    await hands.press(page.getByRole("link", { name: deletion.goOn }));
    await at(deletion.confirm.heading);
    await hands.press(button(deletion.confirm.byPhone.button));
    await scan(alice, phone, way.words.change(deletion.operation.setting), way.words.submit);
    await at(deletion.waits.heading);
    await hands.press(page.getByRole("link", { name: deletion.back }));
    await at(account.heading);
    await button(deletion.waits.stop).waitFor();

    await using elsewhere = await walk(browser, way);
    await pressSignIn(elsewhere, shop);
    await sayWho(elsewhere, shop, ALICE);
    await answer(elsewhere, phone);
    await elsewhere.at(deletion.closing.heading);
    await elsewhere.hands.press(elsewhere.button(m.common.backTo("Book shop")));
    await elsewhere.at("You did not sign in");

    const [link = ""] = /https?:\/\/\S+\/stop\/\S+/.exec((await world.message(ALICE)).text) ?? [];
    await using stranger = await walk(browser, way);
    await stranger.page.goto(link);
    await stranger.at(stop.deletion.heading);
    await stranger.hands.press(stranger.button(stop.deletion.button));
    await stranger.at(stop.stopped.heading);

    await page.goto(`${world.issuer}/account/deletion`);
    await at(deletion.heading);
    await hands.press(page.getByRole("link", { name: deletion.goOn }));
    await at(deletion.confirm.heading);
    await hands.press(button(deletion.confirm.without.button));
    await at(deletion.waits.heading);
    world.pass(14 * DAY);
    await world.drain();
    await page.goto(`${world.issuer}/account`);
    await at(m.login.identifier.headingTo("E-num account"));
    expect((await world.message(ALICE)).text).toMatch(/was deleted|удалён/);
  },
);
