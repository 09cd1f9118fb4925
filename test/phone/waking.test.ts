import { beforeAll, describe, expect, test } from "vitest";
import type { Answer, DeviceClient, PushAddress } from "../../src/phone/device-client.ts";
import type { Account } from "../../src/phone/web/account.ts";
import type { Push } from "../../src/phone/web/ports.ts";
import { canBeWoken, keepWoken, showWaiting, turnOff, turnOn } from "../../src/phone/web/waking.ts";
import { accountOf, appOf, proven } from "./web-app.ts";

const KEY = "key-of-the-provider";
let alice: Account;
let bob: Account;
beforeAll(async () => {
  alice = { ...(await accountOf("alice@example.com")), pushKey: KEY };
  bob = { ...(await accountOf("bob@example.com")), pushKey: KEY };
});

const address = (endpoint: string): PushAddress => ({ endpoint, keys: { p256dh: "p", auth: "a" } });
const still = () => true;

/** A browser that gives the address `at`, and a provider that takes it; both as a test changes them. */
async function waking(accounts: readonly Account[], change: Partial<Push> & { client?: Partial<DeviceClient> } = {}) {
  const { client, ...push } = change;
  const browser = { at: "https://push.example/1", allowed: true, ended: 0 };
  const told: string[] = [];
  const { app } = await appOf(accounts, {
    push: {
      state: () => (browser.allowed ? "allowed" : "possible"),
      ask: async () => browser.allowed,
      subscribe: async () => address(browser.at),
      end: async () => {
        browser.ended += 1;
      },
      ...push,
    },
    client: {
      pushTo: async ({ deviceId }, { endpoint }) => {
        told.push(`${deviceId} ${endpoint}`);
        return proven(undefined);
      },
      pushNoMore: async ({ deviceId }) => {
        told.push(`${deviceId} no more`);
        return proven(undefined);
      },
      ...client,
    },
  });
  const of = (account: Account) => {
    const found = app.accountOf(account.device.id);
    if (found === undefined) throw new Error("it has gone");
    return found;
  };
  const problem = () => (app.screen.name === "account" ? app.screen.problem : undefined);
  return { app, browser, told, of, problem };
}

const refused = (code: string) => async (): Promise<Answer<never>> => ({ ok: false, code });

describe("notifications are offered", () => {
  test.each([
    ["where the provider wakes phones and the browser can", {}, "possible", true],
    ["also where they are forbidden, to say so", {}, "blocked", true],
    ["not in a browser that has none", {}, "none", false],
    ["not by a provider that wakes no phones", { pushKey: undefined }, "possible", false],
    [
      "not for an account at another provider: a browser has one subscription",
      { issuer: "https://b.example" },
      "possible",
      false,
    ],
    ["not before the device is active", { pending: true }, "possible", false],
  ] as const)("%s", async (_name, change, state, offered) => {
    const account = { ...alice, ...change };
    const { app } = await waking([account], { state: () => state });
    expect(canBeWoken(app, account)).toBe(offered);
  });
});

describe("switching them on", () => {
  test("asks the person, tells the provider, and keeps where it is woken", async () => {
    const { app, told, of } = await waking([alice]);
    await turnOn(app, alice, still);
    expect(told).toEqual([`${alice.device.id} https://push.example/1`]);
    expect(of(alice).wokenAt).toBe("https://push.example/1");
    expect(app.screen).toMatchObject({ name: "account", told: app.words.push.turnedOn });
    expect(app.said).toBe(app.words.push.turnedOn);
  });

  test("asks before anything is waited for, or browsers would not let it", async () => {
    let asked = false;
    const ask = async () => {
      asked = true;
      return true;
    };
    const { app } = await waking([alice], { ask });
    const done = turnOn(app, alice, still);
    expect(asked).toBe(true);
    await done;
  });

  test.each([
    ["the person does not allow it", { ask: async () => false }, "notAllowed"],
    ["the browser has no address", { subscribe: async () => undefined }, "failed"],
    ["the provider calls no such push service", { client: { pushTo: refused("invalid-request") } }, "unknownService"],
    ["the provider wakes nobody any more", { client: { pushTo: refused("not-found") } }, "unknownService"],
  ] as const)("where %s they stay off, and why is said", async (_name, change, words) => {
    const { app, of, problem } = await waking([alice], change);
    await turnOn(app, alice, still);
    expect(problem()).toBe(app.words.push[words]);
    expect(of(alice).wokenAt).toBeUndefined();
  });

  test("without a network they stay off", async () => {
    const { app, of, problem } = await waking([alice], { client: { pushTo: refused("no-answer") } });
    await turnOn(app, alice, still);
    expect(problem()).toBe(app.words.errors.problems["no-answer"]);
    expect(of(alice).wokenAt).toBeUndefined();
  });

  test("does not take a person back who has gone on meanwhile", async () => {
    const { app, of } = await waking([alice]);
    app.home();
    await turnOn(app, alice, () => false);
    expect(of(alice).wokenAt).toBeDefined();
    expect(app.screen.name).toBe("home");
  });
});

describe("switching them off", () => {
  const on = (account: Account): Account => ({ ...account, wokenAt: "https://push.example/1" });

  test("tells the provider, and the browser lets its address go", async () => {
    const { app, told, of, browser } = await waking([on(alice)]);
    await turnOff(app, on(alice), still);
    expect(told).toEqual([`${alice.device.id} no more`]);
    expect(of(alice).wokenAt).toBeUndefined();
    expect(browser.ended).toBe(1);
    expect(app.screen).toMatchObject({ name: "account", told: app.words.push.turnedOff });
  });

  test("for one of two accounts leaves the other's on", async () => {
    const { app, of, browser } = await waking([on(alice), on(bob)]);
    await turnOff(app, on(alice), still);
    expect([of(alice).wokenAt, of(bob).wokenAt]).toEqual([undefined, "https://push.example/1"]);
    expect(browser.ended).toBe(0);
  });

  test("without a network they stay on, and that is said", async () => {
    const { app, of, problem, browser } = await waking([on(alice)], { client: { pushNoMore: refused("no-answer") } });
    await turnOff(app, on(alice), still);
    expect(problem()).toBe(app.words.errors.problems["no-answer"]);
    expect([of(alice).wokenAt, browser.ended]).toEqual(["https://push.example/1", 0]);
  });
});

describe("when the client is opened", () => {
  const on = (account: Account): Account => ({ ...account, wokenAt: "https://push.example/1" });

  test("nothing is told where nothing has changed, nor where they are off", async () => {
    const { app, told } = await waking([on(alice), bob]);
    for (const { device } of [alice, bob]) await keepWoken(app, device.id);
    expect(told).toEqual([]);
  });

  test("another address is told to the provider, for each account", async () => {
    const { app, told, browser, of } = await waking([on(alice), on(bob)]);
    browser.at = "https://push.example/2";
    for (const { device } of [alice, bob]) await keepWoken(app, device.id);
    expect(told).toEqual([`${alice.device.id} https://push.example/2`, `${bob.device.id} https://push.example/2`]);
    expect(of(bob).wokenAt).toBe("https://push.example/2");
  });

  test("a permission that was taken back switches them off, here and at the provider", async () => {
    const { app, told, browser, of } = await waking([on(alice)]);
    browser.allowed = false;
    await keepWoken(app, alice.device.id);
    expect(told).toEqual([`${alice.device.id} no more`]);
    expect([of(alice).wokenAt, browser.ended]).toEqual([undefined, 1]);
  });

  test("so does a provider that wakes nobody any more", async () => {
    const { app, of } = await waking([{ ...on(alice), pushKey: undefined }]);
    await keepWoken(app, alice.device.id);
    expect(of(alice).wokenAt).toBeUndefined();
  });

  test("a browser that has no address for now is asked again the next time", async () => {
    const { app, told, of } = await waking([on(alice)], { subscribe: async () => undefined });
    await keepWoken(app, alice.device.id);
    expect([told, of(alice).wokenAt]).toEqual([[], "https://push.example/1"]);
  });
});

describe("a notification that is pressed", () => {
  test("leads to the list, which has what waits for every account", async () => {
    const { app } = await waking([alice, bob]);
    app.go({ name: "accounts" });
    showWaiting(app);
    expect([app.screen.name, app.account?.identifier]).toEqual(["home", alice.identifier]);
  });

  test("leaves what is being typed", async () => {
    const { app } = await waking([alice]);
    app.go({ name: "number", mode: "login", device: alice.device.id });
    showWaiting(app);
    expect(app.screen.name).toBe("number");
  });
});
