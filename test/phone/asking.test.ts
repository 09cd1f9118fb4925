import { exportJWK, generateKeyPair } from "jose";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { parseStatement } from "../../src/e-num/statement.ts";
import { signStatement } from "../../src/e-num/statement-token.ts";
import { statementKeys } from "../../src/phone/answers.ts";
import type { DeviceClient } from "../../src/phone/device-client.ts";
import type { Account } from "../../src/phone/web/account.ts";
import { open } from "../../src/phone/web/opened.ts";
import { newRequest } from "../../src/phone/web/screens/request.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { accountOf, appOf, fakeClock, openRequest, proven } from "./web-app.ts";

const OTHER_ISSUER = "https://id.example.com";
const challenge = parsedValue(parseChallenge("48219370"));

let alice: Account;
let bob: Account;
/** At another provider. */
let carol: Account;
/** A code that carol's provider has signed. */
let ofCarol: string;
/** The same operation, as carol's provider lists it since it has another key, and both keys. */
let listedSince: string;
let keysSince: Account["statementKeys"];
beforeAll(async () => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const keys = statementKeys.parse({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: "conf-001" }] });
  [alice, bob] = [await accountOf("alice@example.org"), await accountOf("bob@example.org")];
  carol = { ...(await accountOf("carol@example.org")), issuer: OTHER_ISSUER, statementKeys: keys };
  const operation = { type: "payment", operation_id: "inv-1" };
  const statement = parsedValue(parseStatement({ mode: "operation", client: { id: "shop", name: "Shop" }, operation }));
  if (statement.mode !== "operation") throw new Error("no operation");
  const [issuedAt, expiresAt] = [1_795_443_600, 1_795_443_900];
  const token = { issuer: OTHER_ISSUER, statement, challenge, issuedAt, expiresAt };
  const newer = await generateKeyPair("ES256", { extractable: true });
  keysSince = statementKeys.parse({ keys: [...keys.keys, { ...(await exportJWK(newer.publicKey)), kid: "conf-002" }] });
  listedSince = await signStatement(
    { issuer: OTHER_ISSUER, statement, issuedAt, expiresAt },
    newer.privateKey,
    "conf-002",
  );
  ofCarol = `enum:o?c=${challenge}&r=rq-7&t=${await signStatement(token, pair.privateKey, "conf-001")}`;
});

const LOGIN = `enum:l?c=${challenge}&r=rq-7`;
const listing = (device: string): DeviceClient["requests"] => {
  const some = openRequest();
  return async ({ deviceId }) => proven({ requests: deviceId === device ? [some] : [], cursor: "1" });
};
const away = async () => ({ ok: false, code: "no-answer" }) as const;

/** What is on the screen once the provider was asked. */
async function opened(accounts: readonly Account[], text: string, client: Partial<DeviceClient>) {
  const clock = fakeClock();
  const { app } = await appOf(accounts, { client, clock });
  open(app, text);
  const seen = async () => {
    await clock.pass(1000);
    return app.screen.name !== "looking";
  };
  await vi.waitUntil(seen, { interval: 1, timeout: 15_000 });
  return app;
}

describe("a code on a phone with several accounts", () => {
  test("is for the account in whose list its request is", async () => {
    const app = await opened([alice, bob], LOGIN, { requests: listing(bob.device.id) });
    expect(app.screen).toMatchObject({
      name: "agree",
      asked: { device: bob.device.id, challenge, source: { at: "listed", request: { id: "rq-7" } } },
    });
  });

  test("is for the account that answers where nobody lists it, and the phone says so", async () => {
    const app = await opened([alice, bob], LOGIN, { requests: listing("nobody's") });
    expect(app.screen).toMatchObject({
      name: "agree",
      asked: { device: alice.device.id, source: { at: "unlisted", id: "rq-7" } },
    });
  });

  test("without a network is for the account whose provider has signed it", async () => {
    const app = await opened([alice, carol], ofCarol, { requests: away });
    expect(app.screen).toMatchObject({ name: "agree", asked: { device: carol.device.id, source: { at: "offline" } } });
    const alone = await opened([alice], ofCarol, {
      requests: away,
      state: async () => ({ ok: false, code: "no-answer" }),
    });
    expect(alone.screen).toEqual({ name: "warning", ...alone.words.requests.warning.unchecked });
  });
});

function stateOf({ device: { id, name }, issuer }: Account, statement_keys: Account["statementKeys"]) {
  return { device: { id, name, status: "active" as const }, account: { email_hint: "c" }, issuer, statement_keys };
}

describe("a provider", () => {
  test("that takes its time is not waited for: after five seconds the phone says that it cannot know who asks", async () => {
    const app = await opened([alice], LOGIN, { requests: () => new Promise(() => undefined) });
    expect(app.screen).toMatchObject({ name: "agree", asked: { source: { at: "offline" } } });
  });

  test("that has taken a new key is asked for it", async () => {
    const before: Account = { ...carol, statementKeys: { keys: [] } };
    const state = stateOf(carol, carol.statementKeys);
    const app = await opened([before], ofCarol, { requests: away, state: async () => proven(state) });
    expect(app.screen).toMatchObject({ name: "agree", asked: { device: carol.device.id } });
  });

  test("is asked for it by a request that the person opens in the list as well", async () => {
    const before: Account = { ...carol, statementKeys: { keys: [] } };
    const { id } = carol.device;
    const state = stateOf(carol, carol.statementKeys);
    const request = openRequest({ kind: "operation", statement: ofCarol.split("&t=")[1] });
    const { app } = await appOf([before], { client: { state: async () => proven(state) } });
    expect(await newRequest(app, before, request)).toMatchObject({ name: "request", device: id });
    const { app: offline } = await appOf([before], { client: { state: away } });
    const { unchecked } = offline.words.requests.warning;
    expect(await newRequest(offline, before, request)).toEqual({ name: "warning", ...unchecked });
  });

  test("is asked for it where the code is by a key that the phone knows, and its list by one that is new", async () => {
    let asked = 0;
    const request = openRequest({ kind: "operation", statement: listedSince });
    const app = await opened([carol], ofCarol, {
      requests: async () => proven({ requests: [request], cursor: "1" }),
      async state() {
        asked += 1;
        return proven(stateOf(carol, keysSince));
      },
    });
    expect(app.screen).toMatchObject({ name: "agree", asked: { source: { at: "listed", request: { id: "rq-7" } } } });
    expect(asked).toBe(1);
  });

  test("each is asked for it, where the phone has accounts at several and knows the key of none", async () => {
    const before: Account = { ...carol, statementKeys: { keys: [] } };
    const away = async () => ({ ok: false, code: "no-answer" }) as const;
    const requests: DeviceClient["requests"] = ({ deviceId }) =>
      deviceId === alice.device.id ? Promise.resolve(proven({ requests: [], cursor: "1" })) : away();
    const states =
      (ofCarolsPhone: DeviceClient["state"]): DeviceClient["state"] =>
      async (credentials) =>
        credentials.deviceId === alice.device.id
          ? proven(stateOf(alice, alice.statementKeys))
          : ofCarolsPhone(credentials);
    const knows = states(async () => proven(stateOf(carol, carol.statementKeys)));
    const app = await opened([alice, before], ofCarol, { requests, state: knows });
    expect(app.screen).toMatchObject({ name: "agree", asked: { device: carol.device.id } });
    const cannot = await opened([alice, before], ofCarol, { requests, state: states(away) });
    const { heading, forged, unchecked } = cannot.words.requests.warning;
    expect(cannot.screen).toEqual({ name: "warning", ...unchecked });
    const nobodys = states(async () => proven(stateOf(carol, { keys: [] })));
    const warned = await opened([alice, before], ofCarol, { requests, state: nobodys });
    expect(warned.screen).toMatchObject({ name: "warning", heading, body: forged });
  });

  test("that does not know the key either has not signed the code, and the phone warns of who shows it", async () => {
    const before: Account = { ...carol, statementKeys: { keys: [] } };
    const state = stateOf(carol, { keys: [] });
    const app = await opened([before], ofCarol, { requests: away, state: async () => proven(state) });
    const { heading, forged } = app.words.requests.warning;
    expect(app.screen).toMatchObject({ name: "warning", heading, body: forged });
  });

  test("is not asked where there is no account yet, and a code that names no request is said to be so", async () => {
    expect((await opened([], LOGIN, {})).screen.name).toBe("welcome");
    const app = await opened([alice], `enum:login?challenge=${challenge}`, { requests: listing("nobody's") });
    expect(app.screen).toMatchObject({ name: "agree", asked: { source: { at: "unnamed" } } });
  });
});

describe("an activation code for an account that is on this phone", () => {
  const of = ({ issuer, identifier }: Account) =>
    `enum:a?i=${encodeURIComponent(issuer)}&u=${encodeURIComponent(identifier.toUpperCase())}&c=K7QF29XWTA`;
  const active: DeviceClient["state"] = async () =>
    proven({
      device: { ...alice.device, status: "active" },
      account: { email_hint: "a" },
      issuer: alice.issuer,
      statement_keys: alice.statementKeys,
    });

  test("is for another phone where this one answers, and what works stays", async () => {
    const app = await opened([alice], of(alice), { state: active });
    expect(app.screen).toMatchObject({ name: "told", heading: app.words.connect.already.heading });
  });

  test("is taken where this one was revoked meanwhile", async () => {
    const revoked = await opened([alice], of(alice), { state: async () => ({ ok: false, code: "device-revoked" }) });
    expect(revoked.screen).toMatchObject({ name: "connect", given: { code: "K7QF29XWTA" } });
    expect(revoked.accounts).toEqual([]);
  });

  test("is kept on the screen where the provider does not say whether this one answers", async () => {
    for (const state of [away, () => new Promise<never>(() => undefined)]) {
      const app = await opened([alice], of(alice), { state });
      expect(app.screen).toMatchObject({ name: "connect", given: { code: "K7QF29XWTA" } });
      expect(app.accounts).toHaveLength(1);
    }
  });

  test("is taken where the first response never came, and from another provider", async () => {
    expect((await opened([{ ...alice, pending: true }], of(alice), {})).screen.name).toBe("connect");
    expect((await opened([alice], of({ ...alice, issuer: OTHER_ISSUER }), {})).screen.name).toBe("connect");
  });
});

describe("a payment's code", () => {
  test("with a purse without its letter is asked about at once, with the rest filled in", async () => {
    const app = await opened([alice], `enum:p?c=${challenge}&p=123456789012&a=10,5&r=rq-7`, {});
    expect(app.screen).toMatchObject({
      name: "payment",
      given: { number: "4821 9370", amount: "10.5", recipient: "123456789012" },
      scanned: { request: "rq-7" },
      letter: { digits: "123456789012" },
    });
    expect(app.screen).not.toHaveProperty("unclear");
  });

  test("with a sum that can be read in two ways is asked about at once, as the code has it", async () => {
    const app = await opened([alice], `enum:p?c=${challenge}&p=Z123456789012&a=1,500`, {});
    expect(app.screen).toMatchObject({
      name: "payment",
      given: { number: "4821 9370", amount: "1,500", recipient: "Z123456789012" },
      unclear: { typed: "1,500", readings: ["1.5", "1500"] },
    });
    expect(app.screen).not.toHaveProperty("letter");
  });

  test("that leaves nothing open is for its request", async () => {
    const request = openRequest({ kind: "operation" });
    const app = await opened([alice], `enum:payment?challenge=${challenge}&purse=Z123456789012&amount=10.5&r=rq-7`, {
      requests: async () => proven({ requests: [request], cursor: "1" }),
    });
    expect(app.screen).toMatchObject({
      name: "agree",
      asked: { statement: { mode: "payment", amount: "10.5" }, source: { at: "listed", request } },
    });
  });
});
