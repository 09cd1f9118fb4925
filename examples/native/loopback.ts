import { createServer, type RequestListener, type Server } from "node:http";

/** Where the browser comes back to, on this machine alone (RFC 8252 section 7.3). */
export interface Loopback extends AsyncDisposable {
  /** With the port that the system has given. */
  redirectUri: string;
  /** The address with which the browser has come back; rejects when it does not in time. */
  returned: Promise<URL>;
}

/** As long as the provider keeps a visit open. */
const PATIENCE = 30 * 60 * 1000;
const PATH = "/callback";

const DONE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Keeper</title></head>
<body><main><h1>Back to Keeper</h1><p>You can close this window: everything else happens in the program.</p></main></body></html>`;

/**
 * Listens for one return, by IPv4 or where there is none by IPv6. Other programs on this machine may call the port as well, and pages in the
 * browser: what does not have this visit's `state`, or comes under another name than the address, is answered with 404 and waited past.
 */
export async function listenOnLoopback(state: string): Promise<Loopback> {
  const { promise, resolve, reject } = Promise.withResolvers<URL>();
  // Whoever waits for it hears of it; nobody has to.
  promise.catch(() => undefined);
  let origin = "";
  const { server, host, port } = await listen((request, response) => {
    const url = URL.parse(request.url ?? "", origin);
    const ours =
      request.method === "GET" &&
      `http://${request.headers.host}` === origin &&
      url?.origin === origin &&
      url.pathname === PATH &&
      url.searchParams.get("state") === state;
    response.writeHead(ours ? 200 : 404, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      connection: "close",
    });
    response.end(ours ? DONE : "");
    if (ours) resolve(url);
  });
  origin = `http://${host}:${port}`;
  const timer = setTimeout(() => reject(new Error("Nobody came back from the browser in time.")), PATIENCE);
  return {
    redirectUri: `${origin}${PATH}`,
    returned: promise,
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await new Promise((done) => server.close(done));
    },
  };
}

async function listen(listener: RequestListener): Promise<{ server: Server; host: string; port: number }> {
  const [v4, v6] = ["127.0.0.1", "::1"];
  const server = createServer(listener);
  const on = (address: string) =>
    new Promise<void>((done, fail) => server.once("error", fail).listen(0, address, () => done()));
  const host = await on(v4).then(
    () => v4,
    () => on(v6).then(() => `[${v6}]`),
  );
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("There is no loopback port.");
  return { server, host, port: bound.port };
}
