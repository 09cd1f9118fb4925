/** What node:http leaves to do for a site of a few pages; nothing here has to do with E-num. */
import type { IncomingMessage, RequestListener } from "node:http";

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** By method and path: `GET /callback`. */
export type Routes = Record<string, Route>;
type Route = (request: IncomingMessage, url: URL) => Promise<Answer> | Answer;

/** No form of the examples' is longer, and no logout token is. */
const LONGEST = 20_000;

export function serve(origin: string, routes: Routes, failure: (error: unknown) => Answer): RequestListener {
  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? "/", origin);
    const route = routes[`${request.method} ${url.pathname}`];
    if (route === undefined) return { ...failure(new Error("There is no such page.")), status: 404 };
    return route(request, url);
  };
  return async (request, response) => {
    const { status, headers, body } = await answerTo(request).catch(failure);
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers });
    response.end(body);
  };
}

/** Routes that answer what goes wrong in them in words of their own. */
export function guarded(routes: Routes, failure: (error: unknown) => Answer): Routes {
  const safely =
    (route: Route): Route =>
    async (request: IncomingMessage, url: URL) => {
      try {
        return await route(request, url);
      } catch (error) {
        return failure(error);
      }
    };
  return Object.fromEntries(Object.entries(routes).map(([name, route]) => [name, safely(route)]));
}

export function redirect(location: string, cookie?: string): Answer {
  return { status: 303, headers: { location, ...(cookie && { "set-cookie": cookie }) } };
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
