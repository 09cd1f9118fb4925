import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Millis, SECOND } from "./clock.ts";

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface Listening {
  /** Takes no new connection, lets requests in flight end, and cuts those that take longer than ten seconds. */
  close(): Promise<void>;
}

/** What a browser on a bad line may take for one form; it is a kilobyte. */
const REQUEST: Millis = 30 * SECOND;
/** Longer than any answer of ours takes but a phone's held request, which asks again. */
const GRACE: Millis = 10 * SECOND;
const LOOK: Millis = 50;

/** Rejects with Node's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`) where it cannot listen. */
export async function listen(listener: Listener, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer({ requestTimeout: REQUEST }, listener);
  server.listen(port, host);
  await once(server, "listening");
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      // A connection that was busy when we began is idle after its answer, and would be kept alive.
      const idle = setInterval(() => server.closeIdleConnections(), LOOK);
      const cut = setTimeout(() => server.closeAllConnections(), GRACE);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
    },
  };
}
