import { parse } from "node-html-parser";
import { SECOND } from "../../src/clock.ts";
import type { Pair } from "./draft.ts";
import { type Answer, exchange } from "./wire.ts";

interface Cookie {
  name: string;
  value: string;
  path: string;
}

/** A browser whose cookies can be taken out, spoiled and sent by hand. */
export interface Browser {
  /** Follows redirects within the provider; `url` is where it ended, at a site with what the site was given. */
  open(address: string): Promise<Visited>;
  submit(path: string, fields: Record<string, string>): Promise<Visited>;
  cookies(path: string): Pair[];
  /** Cookies that the server has taken away or replaced. */
  former: Pair[];
  /** Every value that this browser was ever given to keep to itself: cookies, check numbers, activation codes, OAuth codes. */
  secrets: Set<string>;
}

export interface Visited {
  url: URL;
  answer: Answer;
}

export function createBrowser({ issuer, port }: { issuer: string; port: number }): Browser {
  const jar: Cookie[] = [];
  const former: Pair[] = [];
  const secrets = new Set<string>();

  const cookies = (path: string): Pair[] =>
    jar.filter((each) => path.startsWith(each.path)).map(({ name, value }) => [name, value]);

  const keep = (line: string) => {
    const [, name = "", value = "", attributes = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
    const path = /; path=([^;]*)/i.exec(attributes)?.[1] ?? "/";
    const known = jar.findIndex((each) => each.name === name && each.path === path);
    if (known >= 0) for (const gone of jar.splice(known, 1)) former.push([gone.name, gone.value]);
    if (value === "" || /; expires=Thu, 01 Jan 1970/i.test(attributes)) return;
    jar.push({ name, value, path });
  };

  const send = async (method: string, address: string, body = ""): Promise<Visited> => {
    const url = new URL(address, issuer);
    const lines = [
      `${method} ${url.pathname}${url.search} HTTP/1.1`,
      `Host: ${url.host}`,
      "Accept: text/html",
      "Connection: close",
    ];
    const kept = cookies(url.pathname);
    if (kept.length > 0) lines.push(`Cookie: ${kept.map((pair) => pair.join("=")).join("; ")}`);
    if (method === "POST")
      lines.push("Content-Type: application/x-www-form-urlencoded", `Content-Length: ${body.length}`);
    const bytes = Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
    const answer = await exchange({ port, bytes, end: false, bodiless: false, patience: 10 * SECOND });
    if (answer.kind !== "answer") throw new Error(`${method} ${address}: ${answer.kind}`);
    for (const line of answer.headers.get("set-cookie") ?? []) keep(line);
    for (const secret of secretsIn(answer)) secrets.add(secret);
    if (answer.status < 300 || answer.status > 399) return { url, answer };
    const next = new URL(answer.headers.get("location")?.[0] ?? "", url);
    return next.origin === issuer ? send("GET", next.href) : { url: next, answer };
  };

  return {
    open: (address) => send("GET", address),
    submit: (path, fields) => send("POST", path, new URLSearchParams(fields).toString()),
    cookies,
    former,
    secrets,
  };
}

/** Too short for a secret: a language's cookie, a button's value. */
const SHORT = 6;

/** What an answer gives to somebody to keep: cookies, check numbers, activation codes, OAuth's codes and tokens. */
export function secretsIn({ headers, body }: Answer): string[] {
  const cookies = (headers.get("set-cookie") ?? []).map((line) => /^[^=]+=([^;]*)/.exec(line)?.[1] ?? "");
  const shown = [
    ...body.matchAll(/data-enum-(?:challenge|activation)="([^"]+)"|"(?:access|refresh|id)_token":"([^"]+)"/g),
  ];
  const code = /[?&]code=([^&]+)/.exec(headers.get("location")?.[0] ?? "")?.[1] ?? "";
  return [...cookies, code, ...shown.map(([, hook, token]) => hook ?? token ?? "")].filter(
    (each) => each.length >= SHORT,
  );
}

/** A page's check number or activation code, by PROTOCOL 7's hooks. */
export function hook({ answer }: Visited, name: "challenge" | "activation" | "qr"): string | undefined {
  return parse(answer.body).querySelector(`[data-enum-${name}]`)?.getAttribute(`data-enum-${name}`);
}

export function asks({ answer }: Visited, input: string): boolean {
  return answer.status === 200 && parse(answer.body).querySelector(`input[name=${input}]`) !== null;
}
