import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { setImmediate as nextPass } from "node:timers/promises";
import { AsideResponse, AskedRequest, canStandAside, isLongPoll, standAside } from "./aside.ts";
import { type Millis, SECOND } from "./clock.ts";

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface Listening {
  /**
   * Hears whoever has connected already, takes no new connection, lets requests in flight end, and cuts those that take longer than ten seconds.
   * Each of their answers says that its connection ends with it, so that nobody sends another request into one that is about to be closed
   * (RFC 9112 section 9.6).
   */
  close(): Promise<void>;
}

/** What a browser on a bad line may take for one form; it is a kilobyte. */
const REQUEST: Millis = 30 * SECOND;
/** Longer than any answer of ours takes but a phone's held request, which asks again. */
const GRACE: Millis = 10 * SECOND;
const LOOK: Millis = 50;
/** For how long we wait for such a pass, on a server to which somebody always connects; with GRACE it is less than main.ts gives a close. */
const HEARD: Millis = 2 * SECOND;
/** A pass of the event loop that takes longer has done something, and meanwhile the next one may have connected. */
const BRIEF: Millis = 1;
/** A connection that is closed with unread bytes in it is reset, and the refusal is lost with it. */
const LINGER: Millis = SECOND;

/** Rejects with Node's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`) where it cannot listen. */
export async function listen(listener: Listener, { host, port }: { host: string; port: number }): Promise<Listening> {
  const { server, closeIdle, cut } = createHttpServer(listener);
  const open = new Set<ServerResponse>();
  let isClosing = false;
  const tellLast = (response: ServerResponse) => {
    if (!response.headersSent) response.shouldKeepAlive = false;
  };
  function forget(this: ServerResponse) {
    open.delete(this);
  }
  server.prependListener("request", (_request, response) => {
    // It says so itself, and may be let go without an end: ten thousand phones wait at once.
    if (response instanceof AsideResponse) return;
    if (isClosing) tellLast(response);
    open.add(response);
    response.once("close", forget);
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    async close() {
      const closed = once(server, "close");
      isClosing = true;
      for (const response of open) tellLast(response);
      await heard(server);
      server.close();
      // A connection that was busy when we began is idle after its answer, and would be kept alive.
      const idle = setInterval(closeIdle, LOOK);
      const late = setTimeout(cut, GRACE);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}

/**
 * Resolves after a pass of the event loop in which nobody has connected. The system takes connections before we do, and resets those that we
 * have not come to when it is told to take no more. A proxy may not ask another node what it has sent already, but for a GET. A pass takes one.
 */
async function heard(server: Server): Promise<void> {
  let came = true;
  const note = () => {
    came = true;
  };
  server.on("connection", note);
  await nextPass();
  const end = performance.now() + HEARD;
  for (let now = performance.now(), before = 0; now < end && (came || now - before > BRIEF); now = performance.now()) {
    came = false;
    before = now;
    await nextPass();
  }
  server.off("connection", note);
}

/**
 * A server whose every refusal says what was wrong: Node's own are empty. A connection stands aside of it while a request of its is held.
 * `closeIdle` ends the connections on which nothing is asked, and `cut` destroys all.
 */
export function createHttpServer(listener: Listener): { server: Server; closeIdle(): void; cut(): void } {
  const answering = new WeakMap<Duplex, ServerResponse>();
  const isFree = (socket: Duplex) => {
    const last = answering.get(socket);
    return last === undefined || (last.writableFinished && last.socket === null);
  };
  // A request without Host gets the page of a wrong host from `listener`.
  const options = { requestTimeout: REQUEST, requireHostHeader: false };
  const shouldUpgradeCallback = (request: IncomingMessage) => isLongPoll(request, isFree);
  const server = canStandAside(createServer())
    ? createServer({ ...options, IncomingMessage: AskedRequest, shouldUpgradeCallback }, listener)
    : createServer(options, listener);
  const aside = canStandAside(server) ? standAside(server) : undefined;
  // We know no expectation but 100-continue, and may take no notice of others (RFC 9110 section 10.1.1): such a request is one like any other.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("request", ({ socket }, response) => {
    // Nothing is read of one that stands aside, and it comes back answered.
    if (response instanceof AsideResponse) answering.delete(socket);
    else answering.set(socket, response);
  });
  const refused = new WeakSet<Duplex>();
  server.on("clientError", (error, socket) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    const response = answering.get(socket);
    // In the middle of another answer nothing can be said any more.
    const answered = response?.headersSent === true && !response.writableEnded;
    if (socket.writable && !answered) socket.end(refusal(error));
    setTimeout(() => socket.destroy(), answered ? 0 : LINGER).unref();
  });
  return {
    server,
    closeIdle() {
      server.closeIdleConnections();
      aside?.closeIdle();
    },
    cut() {
      server.closeAllConnections();
      aside?.cut();
    },
  };
}

/** For what is no request, so that there is no language to read from it either. */
function refusal(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  const [status, what] = WHY[code] ?? [400, "What was sent is not a well-formed HTTP request."];
  const title = STATUS_CODES[status] ?? "Bad Request";
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${what} Nothing was done.</p></html>\n`;
  const headers = [
    "Connection: close",
    "Content-Type: text/html; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(page)}`,
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Cache-Control: no-store",
  ];
  return `HTTP/1.1 ${status} ${title}\r\n${headers.join("\r\n")}\r\n\r\n${page}`;
}

const WHY: Readonly<Record<string, readonly [status: number, what: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    "The address or the cookies are longer than this server reads; where it goes on, delete this site's cookies.",
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The request is too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not arrive in time."],
};
