import { beforeAll, describe, expect, test } from "vitest";
import { parseActivationCode } from "../../src/e-num/activation-code.ts";
import { readAmount } from "../../src/e-num/amount.ts";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { readRecipient } from "../../src/e-num/purse.ts";
import { paymentStatement } from "../../src/e-num/statement.ts";
import { parsePin } from "../../src/phone/pad.ts";
import type { Account } from "../../src/phone/web/account.ts";
import { depthOf } from "../../src/phone/web/before.ts";
import type { Asked, Screen } from "../../src/phone/web/screen.ts";
import { newAccount } from "../../src/phone/web/screens/connect.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { accountOf, appOf } from "./web-app.ts";

let alice: Account;
let device: string;
beforeAll(async () => {
  alice = await accountOf("alice@example.org");
  device = alice.device.id;
});

const challenge = parsedValue(parseChallenge("48219370"));

/** Where *Back* leads. */
async function back(screen: Screen, movedTo?: string, accounts: readonly Account[] = [alice]): Promise<Screen> {
  const { app } = await appOf(accounts, { client: {}, movedTo });
  app.go(screen);
  app.back();
  return app.screen;
}

describe("back", () => {
  test("from the PIN leads to the number that was typed, to be mended", async () => {
    const asked: Asked = { device, challenge, statement: { mode: "confirm" } };
    expect(await back({ name: "agree", asked })).toEqual({
      name: "number",
      mode: "confirm",
      device,
      given: "4821 9370",
    });
  });

  test("from a payment leads to all that was typed", async () => {
    const [amount, recipient] = [parsedValue(readAmount("10,50")), parsedValue(readRecipient("Z123456789012"))];
    const asked: Asked = { device, challenge, statement: parsedValue(paymentStatement(recipient, amount)) };
    expect(await back({ name: "agree", asked })).toEqual({
      name: "payment",
      device,
      errors: {},
      given: { number: "4821 9370", amount: "10.5", recipient: "Z123456789012" },
    });
  });

  test("from what came by a code leads to the first screen: nothing of it was typed", async () => {
    const asked: Asked = { device, challenge, statement: { mode: "login" }, source: { at: "unnamed" } };
    expect(await back({ name: "agree", asked })).toEqual({ name: "home" });
  });

  test("from the choice of a PIN leads to what the device was to be connected with", async () => {
    const connection = {
      issuer: alice.issuer,
      identifier: "bob@example.org",
      code: parsedValue(parseActivationCode("K7QF29XWTA")),
      name: "Bob's phone",
    };
    expect(await back({ name: "new-pin", for: { kind: "connection", ...connection }, errors: {} })).toEqual({
      name: "connect",
      given: connection,
      errors: {},
    });
    const old = parsedValue(parsePin("271828"));
    const renewal: Screen = { name: "new-pin", for: { kind: "renewal", device, old }, errors: {} };
    expect(await back(renewal)).toEqual({ name: "renew", device });
  });

  test("from connecting leads to the accounts, or to the first screen while there are none", async () => {
    expect(await back(newAccount())).toEqual({ name: "accounts" });
    expect(await back(newAccount(), undefined, [])).toEqual({ name: "welcome" });
  });

  test("goes through the settings as they were opened", async () => {
    expect(await back({ name: "renew", device })).toEqual({ name: "account", device });
    expect(await back({ name: "unlink", device })).toEqual({ name: "account", device });
    expect(await back({ name: "unlink", device }, "https://phone.example/phone")).toEqual({ name: "moved" });
    expect(await back({ name: "account", device })).toEqual({ name: "accounts" });
    expect(await back({ name: "accounts" })).toEqual({ name: "home" });
  });

  test("leads as often as a screen is deep", async () => {
    const { app } = await appOf([alice], { client: {} });
    const old = parsedValue(parsePin("271828"));
    const screens: Screen[] = [
      { name: "home" },
      { name: "accounts" },
      { name: "account", device },
      { name: "renew", device },
      { name: "new-pin", for: { kind: "renewal", device, old }, errors: {} },
    ];
    expect(screens.map((screen) => depthOf(app, screen))).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("when nobody has touched it for a minute", () => {
  test("what is asked for closes; an answer that is sent keeps its way back to the page", async () => {
    const page = { cameFromPage: () => true, backToPage: () => undefined, leaveFor: () => undefined };
    const { app } = await appOf([alice], { client: {}, page });
    app.go({ name: "number", mode: "confirm", device });
    app.close();
    expect(app.screen).toEqual({ name: "home", closed: true });
    const sent: Screen = { name: "sent", device, bySite: false };
    app.go(sent);
    app.close();
    expect(app.screen).toEqual(sent);
    // No page waits for what a site has asked by itself.
    app.go({ ...sent, bySite: true });
    app.close();
    expect(app.screen).toEqual({ name: "home", closed: true });
  });

  test("an answer that is sent closes as well where no page on this device waits for it", async () => {
    const { app } = await appOf([alice], { client: {} });
    app.go({ name: "sent", device, bySite: false });
    app.close();
    expect(app.screen).toEqual({ name: "home", closed: true });
  });
});
