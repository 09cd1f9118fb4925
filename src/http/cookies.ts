import type { Context } from "koa";
import { DAY, HOUR, type Millis } from "../clock.ts";

/** Every cookie of ours (oidc-provider has its own): what for, where it is sent, how long it lives. All are signed and HttpOnly. */
const JAR = {
  /** Names this browser, for the counters of those that have signed in before. */
  browser: { path: "/", maxAge: 400 * DAY },
  /** The language that was chosen on a page. */
  language: { path: "/", maxAge: 400 * DAY },
  /** Names a registration that goes on in this browser. */
  registration: { path: "/register", maxAge: 24 * HOUR },
  /** Where a registration goes back to. */
  return: { path: "/register", maxAge: HOUR },
  /** Names an enrolment that goes on in this browser. */
  enrolment: { path: "/", maxAge: HOUR },
} as const satisfies Record<string, { path: string; maxAge: Millis }>;

export type CookieName = keyof typeof JAR;

export interface Cookies {
  get(context: Context, name: CookieName): string | undefined;
  set(context: Context, name: CookieName, value: string): void;
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
    get: (context, name) => context.cookies.get(nameOf(name), { signed: true }),
    set(context, name, value) {
      context.cookies.set(nameOf(name), value, { ...options(name), maxAge: JAR[name].maxAge });
    },
    clear(context, name) {
      context.cookies.set(nameOf(name), null, options(name));
    },
  };
}
