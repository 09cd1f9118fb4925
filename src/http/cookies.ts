import { createHmac, createSecretKey } from "node:crypto";
import type { Context } from "koa";
import { DAY, HOUR, type Millis } from "../clock.ts";
import { sameText } from "../secrecy.ts";

/** Every cookie of ours (oidc-provider has its own): what for, where it is sent, how long it lives. All are signed and HttpOnly. */
const JAR = {
  /** Names this browser, for the counters of those that have signed in before. */
  browser: { path: "/", maxAge: 400 * DAY },
  /** The language that was chosen on a page. */
  language: { path: "/", maxAge: 400 * DAY },
  /** At the addresses of one visit: names the visit that has followed it. */
  successor: { path: "/interaction", maxAge: HOUR },
  /** Names a registration that goes on in this browser. */
  registration: { path: "/register", maxAge: 24 * HOUR },
  /** Where a registration goes back to. */
  return: { path: "/register", maxAge: HOUR },
  /** Names an enrolment that goes on in this browser. */
  enrolment: { path: "/", maxAge: HOUR },
  /** What the account page has sent the person to do, or what it has to say. */
  account: { path: "/account", maxAge: HOUR },
  /** Names a recovery that goes on in this browser. */
  recovery: { path: "/recovery", maxAge: HOUR },
  /** What the pages on which e-mail and phone are changed have to say. */
  contact: { path: "/account/contact", maxAge: HOUR },
  /** What the page of the account's deletion has to say. */
  deletion: { path: "/account/deletion", maxAge: HOUR },
} as const satisfies Record<string, { path: string; maxAge: Millis }>;

export type CookieName = keyof typeof JAR;

export interface Cookies {
  get(context: Context, name: CookieName): string | undefined;
  /** `path`: sent to this one and what is below it alone. */
  set(context: Context, name: CookieName, value: string, path?: string): void;
  clear(context: Context, name: CookieName): void;
}

/** `secure`: the issuer is https. With it, cookies of the whole origin have the `__Host-` prefix, which nothing but this host can set. */
export function createCookies(ports: { secure: boolean }): Cookies {
  const nameOf = (name: CookieName) =>
    ports.secure && JAR[name].path === "/" ? `__Host-enum-${name}` : `enum-${name}`;
  const options = (name: CookieName) => ({
    path: JAR[name].path,
    httpOnly: true,
    sameSite: "lax" as const,
    signed: true,
    secure: ports.secure,
    overwrite: true,
  });
  return {
    // A cookie that was cleared is signed as well, as an empty one.
    get: (context, name) => context.cookies.get(nameOf(name), { signed: true }) || undefined,
    set(context, name, value, path = JAR[name].path) {
      // One name at several paths is several cookies.
      const overwrite = path === JAR[name].path;
      context.cookies.set(nameOf(name), value, { ...options(name), path, overwrite, maxAge: JAR[name].maxAge });
    },
    clear(context, name) {
      context.cookies.set(nameOf(name), null, options(name));
    },
  };
}

/** Signs and verifies cookies, ours and oidc-provider's; Koa and oidc-provider take it in the place of a Keygrip. */
export interface CookieSigner {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** Which key has signed, -1 for none; what an old key has signed is signed again. */
  index(data: string, signature: string): number;
}

/** By the keys of the moment: the same array as long as they are the same. */
export function createFollowingSigner(keysNow: () => readonly string[]): CookieSigner {
  let keys = keysNow();
  let signer = createCookieSigner(keys);
  const current = (): CookieSigner => {
    const now = keysNow();
    if (now !== keys) [keys, signer] = [now, createCookieSigner(now)];
    return signer;
  };
  return {
    sign: (data) => current().sign(data),
    verify: (data, signature) => current().verify(data, signature),
    index: (data, signature) => current().index(data, signature),
  };
}

/** HMAC-SHA-256. Keygrip's SHA-1 would do as well, but its comparison costs two more HMACs under a key of bytes, 25 µs for each cookie. */
export function createCookieSigner(keys: readonly string[]): CookieSigner {
  const ring = keys.map((key) => {
    const secret = createSecretKey(key, "utf8");
    return (data: string) => createHmac("sha256", secret).update(data).digest("base64url");
  });
  const [first] = ring;
  if (first === undefined) throw new Error("a cookie key is needed");
  const index: CookieSigner["index"] = (data, signature) => ring.findIndex((sign) => sameText(sign(data), signature));
  return { sign: first, verify: (data, signature) => index(data, signature) >= 0, index };
}
