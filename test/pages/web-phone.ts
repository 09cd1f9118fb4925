/** The web client's screens, as a person comes to them, for photographs and for the eye: no provider, two accounts, one clock. */
import { createServer } from "node:http";
import Router from "@koa/router";
import Koa from "koa";
import type { Page } from "playwright-core";
import { securityHeaders } from "../../src/http/headers.ts";
import { createPages } from "../../src/http/page.ts";
import { webPhone as en } from "../../src/locale/en/web-phone.ts";
import { plain } from "../../src/locale/markup.ts";
import { webPhone as ru } from "../../src/locale/ru/web-phone.ts";
import { parsePin, sealPad } from "../../src/phone/pad.ts";
import { bundleWebPhone } from "../../src/web-phone/bundle.ts";
import { createWebPhone } from "../../src/web-phone/web-phone.ts";
import { OPERATION_TYPES } from "../support/operations.ts";
import { ISSUER } from "./sample.ts";
import { renderer } from "./server.ts";
import { BY_SITE, CODES, LISTED, provide, STATEMENT_KEYS } from "./web-phone-requests.ts";

const PIN = "271828";
const CODE = "K7QF29XWTA";
/** Where a client is that has left its first address. */
const PHONE = "https://phone.example.com";

/** A screen, and how a person comes to it from the first one. */
interface Visit {
  readonly name: string;
  readonly accounts: 0 | 1 | 2;
  readonly link?: string;
  /** What the provider has open for the account; it does not answer where there is none. */
  readonly listed?: readonly object[];
  /** The browser does not promise to keep what is there. */
  readonly unsure?: true;
  /** At an address that the client has left. */
  readonly moved?: true;
  readonly steps: readonly ((hand: Hand) => Promise<void>)[];
}

interface Hand {
  readonly w: typeof en;
  press(name: string): Promise<void>;
  type(text: string, label: string): Promise<void>;
}

const link = `/phone#enum:a?i=${encodeURIComponent(ISSUER)}&u=alice%40example.com&c=${CODE}`;
const login = [({ w, press }: Hand) => press(w.screens.login)];
const number = [
  ...login,
  ({ w, type }: Hand) => type("48219370", w.number.label),
  ({ w, press }: Hand) => press(w.next),
];
const paying = (amount: string, recipient: string) => [
  ({ w, press }: Hand) => press(w.screens.payment),
  ({ w, type }: Hand) => type("48219370", w.payment.number),
  ({ w, type }: Hand) => type(amount, w.payment.amount),
  ({ w, type }: Hand) => type(recipient, w.payment.recipient),
  ({ w, press }: Hand) => press(w.next),
];
const settings = [({ w, press }: Hand) => press(w.home.accounts), ({ w, press }: Hand) => press(w.accounts.open)];

const firstRequest = ({ w, press }: Hand) => press(plain(w.requests.inbox.operation("Book shop")));

export const visits: readonly Visit[] = [
  { name: "welcome", accounts: 0, steps: [] },
  { name: "connect", accounts: 0, steps: [({ w, press }) => press(w.welcome.connect)] },
  { name: "connect-by-link", accounts: 0, link, steps: [] },
  { name: "new-pin", accounts: 0, link, steps: [({ w, press }) => press(w.next)] },
  {
    name: "new-pin-weak",
    accounts: 0,
    link,
    steps: [
      ({ w, press }) => press(w.next),
      ({ w, type }) => type("123456", w.newPin.pin),
      ({ w, press }) => press(w.newPin.connect),
    ],
  },
  { name: "home", accounts: 1, steps: [] },
  { name: "home-not-kept", accounts: 1, unsure: true, steps: [] },
  { name: "home-two-accounts", accounts: 2, listed: LISTED.slice(1), steps: [] },
  { name: "login", accounts: 1, steps: login },
  { name: "login-wrong-number", accounts: 1, steps: [...login, ({ w, press }) => press(w.next)] },
  { name: "login-agree", accounts: 1, steps: number },
  {
    name: "answer",
    accounts: 1,
    steps: [...number, ({ w, type }) => type(PIN, w.agree.pin), ({ w, press }) => press(w.agree.show)],
  },
  { name: "home-requests", accounts: 1, listed: LISTED, steps: [] },
  { name: "request", accounts: 1, listed: LISTED, steps: [firstRequest] },
  {
    name: "request-stranger",
    accounts: 1,
    listed: LISTED,
    steps: [({ w, press }) => press(plain(w.requests.inbox.login("Book shop")))],
  },
  {
    name: "request-by-site",
    accounts: 1,
    listed: BY_SITE,
    steps: [firstRequest],
  },
  {
    name: "decline",
    accounts: 1,
    listed: LISTED,
    steps: [firstRequest, ({ w, press }) => press(w.requests.decline.decline)],
  },
  { name: "scan", accounts: 1, steps: [({ w, press }) => press(w.requests.scan.mode)] },
  { name: "scanned-login", accounts: 1, link: `/phone#${CODES.login}`, listed: LISTED, steps: [] },
  { name: "scanned-payment", accounts: 1, link: `/phone#${CODES.payment}`, steps: [] },
  { name: "warning", accounts: 1, link: `/phone#${CODES.otherNumber}`, steps: [] },
  { name: "payment", accounts: 1, steps: [({ w, press }) => press(w.screens.payment)] },
  { name: "payment-unclear", accounts: 1, steps: paying("1,500", "123456789012") },
  { name: "payment-agree", accounts: 1, steps: paying("10.5", "Z123456789012") },
  { name: "accounts", accounts: 2, steps: [({ w, press }) => press(w.home.accounts)] },
  { name: "account", accounts: 1, steps: settings },
  { name: "renew", accounts: 1, steps: [...settings, ({ w, press }) => press(w.account.changePin)] },
  { name: "moved", accounts: 2, moved: true, steps: [({ w, press }) => press(w.moved.how)] },
  { name: "unlink", accounts: 1, steps: [...settings, ({ w, press }) => press(w.account.unlink)] },
];

export interface WebPhoneServer extends AsyncDisposable {
  readonly origin: string;
  /** The same client, which has left this one. */
  readonly former: string;
}

export async function serveWebPhone(): Promise<WebPhoneServer> {
  const cookies = { get: () => undefined, set: () => undefined, clear: () => undefined };
  const pages = createPages({ renderer, cookies, development: false });
  const kind = { pages, issuer: ISSUER, operations: OPERATION_TYPES.phoneWords, development: true };
  const serving = (at: { origin: string | undefined; former: readonly string[] }) => {
    const app = new Koa();
    app.use(securityHeaders({ issuer: "http://localhost", stylesheetHash: renderer.stylesheetHash }));
    const root = new Router();
    root.use(createWebPhone({ ...kind, ...at, bundle: bundleWebPhone }).routes());
    app.use(root.routes());
    return app.callback();
  };
  const here = serving({ origin: undefined, former: [] });
  let left = here;
  const server = createServer((request, response) => {
    const isLeft = request.headers.host?.startsWith("127.0.0.1") === true;
    void (isLeft ? left : here)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const former = `http://127.0.0.1:${address.port}`;
  left = serving({ origin: PHONE, former: [former] });
  return {
    origin: `http://localhost:${address.port}`,
    former,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Brings a page to a screen: one that is new in its context, or that was brought to another before. */
export async function visit(
  page: Page,
  server: WebPhoneServer,
  { accounts, link: by, listed, unsure, moved, steps }: Visit,
  locale: "en" | "ru",
) {
  await page.addInitScript((kept) => {
    // A blank page has none.
    if ("storage" in navigator) navigator.storage.persisted = async () => kept;
    // A browser without a window forbids what it could not show.
    if ("Notification" in globalThis) Object.defineProperty(Notification, "permission", { value: "default" });
  }, unsure === undefined);
  await provide(page, listed);
  const origin = moved === undefined ? server.origin : server.former;
  // Nothing of the client runs there: it would keep what it knows beside what is put there, and lead on who has no account.
  await page.goto(`${origin}/phone/worker.js`);
  await page.evaluate(keep, { seeds: SEEDS.slice(0, accounts), keys: STATEMENT_KEYS });
  await page.goto(origin + (by ?? "/phone"));
  await page.locator("h1").waitFor();
  const w = locale === "en" ? en : ru;
  const hand: Hand = {
    w,
    press: (name) =>
      page
        .getByRole("button", { name: new RegExp(`^${name}`) })
        .first()
        .click(),
    type: (text, label) => page.getByLabel(label, { exact: true }).fill(text),
  };
  for (const step of steps) await step(hand);
  // Nothing is under the mouse.
  await page.mouse.move(0, 0);
  await page.locator('[aria-disabled="true"]').waitFor({ state: "detached" });
}

interface Seed {
  readonly id: string;
  readonly identifier: string;
  readonly issuer: string;
  readonly name: string;
  readonly pad: { masked: string; salt: string; rounds: number };
}

/** Sealed once: that takes long, as it must. */
const SEEDS = await seeds();

async function seeds(): Promise<readonly Seed[]> {
  const pin = parsePin(PIN);
  if (!pin.ok) throw new Error("no PIN");
  const pad = await sealPad(new Uint8Array(32).fill(7), pin.value);
  return [
    { id: "device-1", identifier: "alice@example.com", issuer: ISSUER, name: "Android phone", pad },
    {
      id: "device-2",
      identifier: "alice.work@company.example",
      issuer: "https://e-num.company.example",
      name: "Android phone",
      pad,
    },
  ];
}

/** Runs in the page: it stands alone, for it is sent there as text. */
async function keep({ seeds, keys }: { seeds: readonly Seed[]; keys: object }): Promise<void> {
  const request = indexedDB.open("enum-phone", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("accounts", { keyPath: "id" });
    request.result.createObjectStore("choices");
  };
  const database = await new Promise<IDBDatabase>((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const transaction = database.transaction("accounts", "readwrite");
  const store = transaction.objectStore("accounts");
  store.clear();
  for (const [at, { id, identifier, issuer, name, pad }] of seeds.entries()) {
    const account = {
      issuer,
      identifier,
      device: { id, name },
      key: { private: pair.privateKey, x: "", y: "" },
      pad: { ...pad, version: 1 },
      statementKeys: keys,
      clockOffset: 0,
      pending: false,
      pushKey: "none is used here",
    };
    store.put({ id, at, account });
  }
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  database.close();
}
