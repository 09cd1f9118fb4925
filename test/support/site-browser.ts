import { decodeJwt, generateKeyPair, importJWK, SignJWT } from "jose";
import { vi } from "vitest";
import { loadKeys } from "../../src/keys/keys.ts";
import type { World } from "./world.ts";

/** One person's browser, as a site of the demo sees it: with all its cookies, and without following where it is sent. */
export interface SiteBrowser {
  get(path: string): Promise<SiteAnswer>;
  post(path: string, fields?: Record<string, string>): Promise<SiteAnswer>;
  /** Forgets a cookie, or all of them. */
  forget(name?: string): void;
}

export interface SiteAnswer {
  status: number;
  location: string;
  text: string;
}

export function createSiteBrowser({ address }: { address: string }): SiteBrowser {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit = {}): Promise<SiteAnswer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(new URL(path, address), { redirect: "manual", ...init, headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = set.split(";")[0]?.split("=") ?? [];
      cookies.set(name, value);
    }
    return { status: answer.status, location: answer.headers.get("location") ?? "", text: await answer.text() };
  };
  return {
    get: (path) => send(path),
    post: (path, fields = {}) => send(path, { method: "POST", body: new URLSearchParams(fields) }),
    forget: (name) => (name === undefined ? cookies.clear() : void cookies.delete(name)),
  };
}

/** Between the sites and the provider sits somebody who changes what comes from one address; `vi.restoreAllMocks` ends it. */
export function tamper(path: RegExp, change: (body: string) => string | Promise<string>): void {
  const honest = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const answer = await honest(input, init);
    const url = input instanceof Request ? input.url : String(input);
    if (!path.test(url)) return answer;
    const { status, headers } = answer;
    return new Response(await change(await answer.text()), { status, headers });
  });
}

/** Nobody answers at the provider's address any more; `vi.restoreAllMocks` ends it. */
export function cutOff({ issuer }: World): void {
  const honest = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    return url.startsWith(issuer) ? Promise.reject(new TypeError("fetch failed")) : honest(input, init);
  });
}

export interface Forgery {
  typ?: string;
  /** Whose key signs: by default the provider's for confirmations. */
  key?: "stranger" | "token";
}

/** Receipts with other claims, signed again: by default as the provider signs them. */
export async function forgedReceipts(world: World, claims: object, { typ, key }: Forgery = {}): Promise<void> {
  const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
  const { confirmation: own, token } = await loadKeys({ ...world, clock: world.now, random });
  const [tokenKey] = token;
  if (tokenKey === undefined) throw new Error("the provider has no keys");
  const kid = key === "token" ? (tokenKey.kid ?? "") : own.kid;
  const header = { alg: "ES256", typ: typ ?? "enum-receipt+jwt", kid };
  const signer =
    key === "stranger"
      ? (await generateKeyPair("ES256")).privateKey
      : await importJWK(key === "token" ? tokenKey : own.privateJwk, "ES256");
  tamper(/\/receipt$/, (body) =>
    new SignJWT({ ...decodeJwt(body), ...claims }).setProtectedHeader(header).sign(signer),
  );
}

/** Token responses with other details of the operation. */
export function forgedDetails(change: (details: Details) => Details[]): void {
  tamper(/\/token$/, (body) => {
    const { authorization_details: details, ...rest } = JSON.parse(body);
    return JSON.stringify({ ...rest, authorization_details: change(details[0]) });
  });
}

export type Details = { [member: string]: unknown };
