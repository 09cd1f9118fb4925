import { createHash, randomBytes } from "node:crypto";
import { parseChallenge, type Response } from "../src/e-num/challenge.ts";
import { computeResponse } from "../src/e-num/e-num.ts";
import type { Person } from "./child.ts";
import type { Answer, Browser } from "./client.ts";

/** One login from the site's first redirect to its tokens; throws where an answer is not the expected one. */
export type Login = (browser: Browser, turn: number) => Promise<void>;

const REDIRECT_URI = "https://shop.example/callback";
const SECRET = Buffer.from("shop:secret-of-shop-for-the-bench-only").toString("base64");

/** Six requests, as `bare.ts` says. */
export const bareLogin: Login = async (browser, turn) => {
  browser.begin(addressOf(turn));
  const verifier = randomBytes(32).toString("base64url");
  const login = redirected(await browser.get(authorizePath("/auth", verifier)));
  const first = redirected(await browser.post(`${login}/login`, { login: `person${turn}` }));
  const consent = redirected(await browser.get(first));
  const second = redirected(await browser.post(`${consent}/consent`, {}));
  await exchange(browser, redirected(await browser.get(second)), verifier);
};

/** Seven requests: authorize, identifier page, identifier, challenge page, response, resume (to the code), token. */
export function ourLogin(people: readonly Person[]): Login {
  /** Most sign in where they did before; the first sign-in of each person is that of a new browser, and most of these warm up. */
  const known = new Map<Person, ReadonlyMap<string, string>>();
  return async (browser, turn) => {
    const person = people[turn % people.length];
    if (person === undefined) throw new Error("there is nobody to sign in");
    browser.begin(addressOf(turn), known.get(person));
    const verifier = randomBytes(32).toString("base64url");
    const interaction = await arrive(browser, verifier);
    const page = await ask(browser, interaction, person.identifier);
    const resume = redirected(await answer(browser, page, responseOf(person, await challengeOn(browser, page))));
    await exchange(browser, redirected(await browser.get(resume)), verifier);
    known.set(person, browser.cookies("enum-browser"));
  };
}

/** Opens the sign-in, and gives the path of the interaction. */
export async function arrive(browser: Browser, verifier: string): Promise<string> {
  const interaction = redirected(await browser.get(authorizePath("/authorize", verifier)));
  expect(await browser.get(interaction), 200);
  return interaction;
}

/** Types an identifier, and gives the path of the challenge. */
export async function ask(browser: Browser, interaction: string, identifier: string): Promise<string> {
  return redirected(await browser.post(`${interaction}/identifier`, { identifier, action: "next" }));
}

export async function challengeOn(browser: Browser, page: string): Promise<string> {
  const shown = expect(await browser.get(page), 200);
  const digits = /data-enum-challenge="([0-9]+)"/.exec(shown.body)?.[1];
  if (digits === undefined) throw new Error(`no check number on ${page}`);
  return digits;
}

export function answer(browser: Browser, page: string, response: string): Promise<Answer> {
  return browser.post(page, { response, action: "next" });
}

function responseOf(person: Person, digits: string): Response {
  const challenge = parseChallenge(digits);
  if (!challenge.ok) throw new Error(`${digits} is no check number`);
  return computeResponse(Buffer.from(person.pad, "base64url"), challenge.value, { mode: "login" });
}

/** Each login comes from an address of its own, as strangers do: limits for one address are not what is measured. */
export function addressOf(turn: number): string {
  return `10.${(turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`;
}

function authorizePath(path: string, verifier: string): string {
  const query = new URLSearchParams({
    client_id: "shop",
    response_type: "code",
    scope: "openid",
    redirect_uri: REDIRECT_URI,
    state: randomBytes(16).toString("base64url"),
    nonce: randomBytes(16).toString("base64url"),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  return `${path}?${query}`;
}

async function exchange(browser: Browser, callback: string, verifier: string): Promise<void> {
  const code = new URLSearchParams(callback.slice(callback.indexOf("?"))).get("code") ?? "";
  const form = { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier: verifier };
  const tokens = expect(await browser.post("/token", form, `Authorization: Basic ${SECRET}\r\n`), 200);
  if (!tokens.body.includes('"id_token"')) throw new Error(`no ID token: ${tokens.body}`);
}

/** Where an answer sends the browser, within its origin. */
function redirected(answered: Answer): string {
  const { location } = answered.status === 302 ? answered : expect(answered, 303);
  return location.replace(/^https?:\/\/[^/]+/, "");
}

function expect(answered: Answer, status: number): Answer {
  if (answered.status !== status)
    throw new Error(`${answered.status} instead of ${status}: ${answered.body.slice(-2000)}`);
  return answered;
}
