/** What node:http leaves to do for a site of five pages; nothing here has to do with signing in. */
import type { IncomingMessage, RequestListener } from "node:http";

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** By method and path: `GET /callback`. */
export type Routes = Record<string, (request: IncomingMessage, url: URL) => Promise<Answer>>;

/** No page of the example's is larger, and no logout token is. */
const LONGEST = 20_000;
const NOT_FOUND: Answer = { status: 404, body: "There is no such page." };

export function serve(origin: string, routes: Routes, failure: (error: unknown) => Answer): RequestListener {
  return async (request, response) => {
    const url = new URL(request.url ?? "/", origin);
    const route = routes[`${request.method} ${url.pathname}`] ?? (() => Promise.resolve(NOT_FOUND));
    const { status, headers, body } = await route(request, url).catch(failure);
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers });
    response.end(body);
  };
}

export function cookieOf({ headers }: IncomingMessage, name: string): string {
  const pairs = headers.cookie?.split("; ") ?? [];
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = "";
  for await (const part of request) {
    body += part;
    if (body.length > LONGEST) throw new Error("That is too long.");
  }
  return new URLSearchParams(body);
}
