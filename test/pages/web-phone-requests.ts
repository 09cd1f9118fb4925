/** What a provider lists for the web client's account, for photographs: signed as it would be, by a key of this file. */
import { exportJWK, generateKeyPair } from "jose";
import type { Page } from "playwright-core";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { parseStatement } from "../../src/e-num/statement.ts";
import { signStatement } from "../../src/e-num/statement-token.ts";
import { example } from "../operation/registry.ts";
import { ISSUER } from "./sample.ts";

const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const KID = "conf-001";
const CHALLENGE = "48219370";
/** Where the photographs' clock stands. */
const FROM = Date.parse("2026-11-23T14:20:00Z") / 1000;

export const STATEMENT_KEYS = { keys: [{ ...(await exportJWK(publicKey)), kid: KID }] };

async function signed(operation: object, number?: string): Promise<string> {
  const statement = parseStatement({ mode: "operation", client: { id: "shop", name: "Book shop" }, operation });
  const challenge = number === undefined ? undefined : parseChallenge(number);
  if (!statement.ok || statement.value.mode !== "operation") throw new Error("no operation");
  const token = { issuer: ISSUER, statement: statement.value, issuedAt: FROM, expiresAt: FROM + 300 };
  return signStatement(challenge?.ok ? { ...token, challenge: challenge.value } : token, privateKey, KID);
}

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

function request(id: string, kind: "login" | "operation", known: boolean, statement?: string): object {
  const at = (seconds: number) => new Date((FROM + seconds) * 1000).toISOString();
  const origin = {
    ip: known ? "203.0.113.7" : "198.51.100.23",
    user_agent: FIREFOX,
    country: known ? "KZ" : "BR",
    known,
  };
  return {
    id,
    kind,
    client: { id: "shop", name: "Book shop", address: "books.example" },
    created_at: at(0),
    expires_at: at(300),
    origin,
    ...(statement === undefined ? {} : { statement }),
  };
}

const limit = example("trust_limit");
const payment = example("payment");

/** The newest first. */
export const LISTED = [
  request("Zt0bV9kq3mXyR2aLw4pQ7s", "operation", true, await signed(limit)),
  request("Yt0bV9kq3mXyR2aLw4pQ7s", "login", false),
];

/** A till's: no browser, and what it writes as long as it may be. */
export const BY_SITE = [
  {
    ...request("Wt0bV9kq3mXyR2aLw4pQ7s", "operation", false, await signed(payment)),
    origin: undefined,
    binding_message: "Касса 3: 10,50 WMZ, заказ 1042, чек у кассира на Тверской, 7-9",
  },
];

export const CODES = {
  login: `enum:l?c=${CHALLENGE}&r=Yt0bV9kq3mXyR2aLw4pQ7s`,
  payment: `enum:o?c=${CHALLENGE}&r=Xt0bV9kq3mXyR2aLw4pQ7s&t=${await signed(payment, CHALLENGE)}`,
  otherNumber: `enum:o?c=${CHALLENGE}&r=Xt0bV9kq3mXyR2aLw4pQ7s&t=${await signed(payment, "48219371")}`,
} as const;

/** Answers in the provider's place; a list that is waited for does not change. Without one nothing answers. */
export async function provide(page: Page, listed: readonly object[] | undefined): Promise<void> {
  const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization, content-type" };
  const asked = `${ISSUER}/device/v1/**`;
  await page.unroute(asked);
  await page.route(asked, async (route) => {
    const request = route.request();
    if (listed === undefined) return route.abort();
    if (request.method() === "OPTIONS") return route.fulfill({ status: 204, headers });
    const { pathname, searchParams } = new URL(request.url());
    if (!pathname.endsWith("/requests")) return route.abort();
    if (searchParams.has("after")) return;
    await route.fulfill({ status: 200, headers, json: { requests: listed, cursor: "1" } });
  });
}
