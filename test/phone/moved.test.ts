import { decodeJwt } from "jose";
import { beforeAll, expect, test } from "vitest";
import type { Account } from "../../src/phone/web/account.ts";
import { tellMoved } from "../../src/phone/web/worker/moved.ts";
import { accountOf } from "./web-app.ts";

const KEY = "BAAA";
const NEW = "https://push.example/2";
let alice: Account;
let bob: Account;
beforeAll(async () => {
  const woken = { pushKey: KEY, wokenAt: "https://push.example/1" };
  alice = { ...(await accountOf("alice@example.com")), ...woken, clockOffset: 3600 };
  bob = { ...(await accountOf("bob@example.com")), ...woken, issuer: "https://id.example.net" };
});

/** A worker with these accounts, whose browser has taken the address `at`; `status` is what providers answer. */
async function moved(
  accounts: readonly Account[],
  { at = NEW, status = 204 }: { at?: string; status?: number | "away" } = {},
) {
  let kept = accounts;
  const sent: { url: string; init: RequestInit }[] = [];
  const json = { endpoint: at, keys: { p256dh: "p", auth: "a" } };
  const subscription = { options: { applicationServerKey: null }, toJSON: () => json, unsubscribe: async () => true };
  const manager = Object.assign(Object.create(null), {
    getSubscription: async () => null,
    async subscribe() {
      if (at === "") throw new DOMException("denied", "NotAllowedError");
      return subscription;
    },
  });
  await tellMoved({
    manager,
    vault: {
      accounts: async () => kept,
      async change(id, how) {
        kept = kept.map((account) => (account.device.id === id ? how(account) : account));
      },
    },
    async fetch(url, init = {}) {
      sent.push({ url: String(url), init });
      if (status === "away") throw new TypeError("no network");
      return new Response(null, { status });
    },
    now: () => 1_000_000,
  });
  return { sent, json, wokenAt: kept.map(({ wokenAt }) => wokenAt) };
}

test("another address is told to the provider of each account that is woken, by the device's own proof and without cookies", async () => {
  const { sent, json, wokenAt } = await moved([alice, bob]);
  expect(sent.map(({ url }) => url)).toEqual([
    "https://id.example.org/device/v1/push-subscription",
    "https://id.example.net/device/v1/push-subscription",
  ]);
  const init: RequestInit = sent[0]?.init ?? {};
  expect(init).toMatchObject({ method: "PUT", credentials: "omit", redirect: "error", body: JSON.stringify(json) });
  const proof = new Headers(init.headers).get("authorization") ?? "";
  // By the provider's clock, as far as the phone knows it.
  expect(decodeJwt(proof.replace("Device ", ""))).toMatchObject({ aud: alice.issuer, htm: "PUT", iat: 1_003_600 });
  expect(wokenAt).toEqual([NEW, NEW]);
});

test("of an account that is not woken nobody is told, nor of an address that is the same", async () => {
  expect(
    (
      await moved([
        { ...alice, wokenAt: undefined },
        { ...bob, pushKey: undefined },
      ])
    ).sent,
  ).toEqual([]);
  expect((await moved([alice], { at: "https://push.example/1" })).sent).toEqual([]);
});

test.each([
  ["away", 1],
  [401, 1],
  [503, 1],
] as const)(
  "what could not be told (%s) is told at the next opening: what was told last stays as it was",
  async (status, calls) => {
    const { sent, wokenAt } = await moved([alice], { status });
    expect([sent.length, wokenAt]).toEqual([calls, ["https://push.example/1"]]);
  },
);

test("a browser that gives no address is asked again at the next opening", async () => {
  expect(await moved([alice], { at: "" })).toMatchObject({ sent: [], wokenAt: ["https://push.example/1"] });
});
