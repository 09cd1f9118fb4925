/**
 * Connections that stand aside of Node's HTTP while a request of theirs is held. Of a connection with a request Node keeps some 15 kB, of one
 * without HTTP 4: 8 are its parser's, outside of the heap. A server that sees a request go on by another protocol lets go of all but the connection (`upgrade`),
 * and it takes what is handed to it (`connection`). So all long polls go aside, those that are held leave nothing but a connection and what
 * makes request and answer anew, and an answered connection is handed back.
 */
import { IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { SECOND } from "./clock.ts";

/** An address that may lead to a held request says so in its query. */
const LONG_POLL = /^\/device\/v1\/requests\/?\?(?:.*&)?wait=/i;

/**
 * Passes of long polls at once. On a server that is late thousands come together, and what each of them needs on its way, ten times what is
 * kept of it aside, would grow old before it is let go.
 */
const AT_ONCE = 50;

/** A server before Node 24.9 does not ask, and would let go of whatever is an `AskedRequest`: there requests are held in its HTTP. */
export function canStandAside(server: Server): boolean {
  return Reflect.has(server, "shouldUpgradeCallback");
}

/** What Node asks for, before anybody is told of a request: whether it goes aside. `isFree`: all that came before on its connection is answered. */
export function isLongPoll(request: IncomingMessage, isFree: (socket: Socket) => boolean): boolean {
  const { method, url = "", httpVersion, headers, socket } = request;
  const bare = headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0";
  // Where an answer to HTTP/1.0 ends is another matter.
  return method === "GET" && LONG_POLL.test(url) && httpVersion === "1.1" && bare && isFree(socket);
}

/** Node asks of each whether it goes on by another protocol, and not only of those that say so themselves. */
export class AskedRequest extends IncomingMessage {
  declare private told: boolean | null;

  get upgrade(): boolean | null {
    return this.told;
  }

  /** It begins with null, says what it has read once it knows the address, and then what it was told. */
  set upgrade(said: boolean | null) {
    this.told = this.told === null ? true : said;
  }
}

export interface Aside {
  /** Ends those that were handed back and have asked for nothing since: to the server a connection that it has just got is a busy one. */
  closeIdle(): void;
  /** Destroys all that stand aside, of which the server itself knows nothing. */
  cut(): void;
}

/** `server`: one that asks `isLongPoll` of each `AskedRequest`. Its listeners of `request` are told of each pass. */
export function standAside(server: Server): Aside {
  const aside = new Set<Socket>();
  /** Of those that were handed back and have asked for nothing since: how much had come by each. */
  const idle = new Map<Socket, number>();
  const takeBack = (socket: Socket) => {
    aside.delete(socket);
    socket.off("data", keep).off("end", end).off("error", ignore);
    if (socket.readableLength === 0) idle.set(socket, socket.bytesRead);
    socket.setTimeout(server.keepAliveTimeout + SECOND);
    server.emit("connection", socket);
    socket.resume();
  };
  const turns = createTurns();
  const pass = (lasts: boolean, make: () => IncomingMessage) =>
    turns.take(() => {
      const request = make();
      const response = answerTo(request, { server, lasts, takeBack, pass, left: turns.leave });
      if (response !== undefined) server.emit("request", request, response);
    });
  function forget(this: Socket) {
    aside.delete(this);
    idle.delete(this);
  }
  server.on("upgrade", (request: IncomingMessage, _connection, head: Buffer) => {
    const { socket } = request;
    aside.add(socket);
    idle.delete(socket);
    socket.setTimeout(0);
    if (head.length > 0) socket.unshift(head);
    socket.off("close", forget).on("close", forget);
    socket.on("data", keep).on("end", end).on("error", ignore);
    pass(isToLast(request), () => request);
  });
  // A connection that was handed back has the time of an idle one, which Node ends for those alone that it has set it for.
  server.on("request", ({ socket }: IncomingMessage) => {
    idle.delete(socket);
    if (socket.timeout) socket.setTimeout(0);
  });
  return {
    closeIdle() {
      for (const [socket, read] of idle) if (socket.bytesRead === read) socket.destroySoon();
    },
    cut() {
      for (const socket of aside) socket.destroy();
    },
  };
}

/** In the order in which they came; each ends its turn by one `leave`. */
function createTurns(): { take(begin: () => void): void; leave(): void } {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    take(begin) {
      if (taken === AT_ONCE) return void waiting.push(begin);
      taken += 1;
      begin();
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) taken -= 1;
      else next();
    },
  };
}

/** RFC 9112 section 9.3. */
function isToLast({ headers: { connection = "" } }: IncomingMessage): boolean {
  return !/\bclose\b/i.test(connection);
}

/** Undefined where Node still has an answer on this connection of which nobody was told: it ends, and the turn with it. */
function answerTo(request: IncomingMessage, ground: Ground): AsideResponse | undefined {
  try {
    return new AsideResponse(request, ground);
  } catch {
    request.socket.destroy();
    ground.left();
    return undefined;
  }
}

/** What comes while a request is held belongs to the next, and waits for its turn. */
function keep(this: Socket, chunk: Buffer): void {
  this.pause();
  this.unshift(chunk);
}

/** Whoever has nothing more to say is not there any more, as in Node's own HTTP. */
function end(this: Socket): void {
  this.end();
}

/** The connection closes by itself, and that is told. */
function ignore(): void {}

interface Ground {
  server: Pick<Server, "listening" | "keepAliveTimeout">;
  /** Whether the client would go on with this connection. */
  lasts: boolean;
  takeBack(socket: Socket): void;
  pass(lasts: boolean, make: () => IncomingMessage): void;
  /** Once for each pass: it has said its answer, is held, or has no client any more. */
  left(): void;
}

/** An answer on a connection that stands aside. */
export class AsideResponse extends ServerResponse {
  readonly #ground: Ground;
  #hasLeft = false;

  constructor(request: IncomingMessage, ground: Ground) {
    super(request);
    this.#ground = ground;
    this.shouldKeepAlive = ground.lasts;
    const { socket } = request;
    this.once("close", () => this.#leave());
    if (socket.destroyed) {
      this.destroyed = true;
      setImmediate(() => this.emit("close"));
    } else {
      this.assignSocket(socket);
      this.once("finish", () => this.#finished(socket));
    }
  }

  /** Every answer begins by it, whoever writes it and how. */
  override writeHead(...given: unknown[]): this {
    if (!this.headersSent) this.#sayWhetherItLasts();
    Reflect.apply(super.writeHead, this, given);
    return this;
  }

  /** A client that does not read what it is told keeps its connection waiting, and nobody else. */
  override end(...given: unknown[]): this {
    Reflect.apply(super.end, this, given);
    this.#leave();
    return this;
  }

  /**
   * For an answer whose client is there. Of request and answer nothing is kept but `headers`, names and values in turn. What comes back begins
   * the next pass; `prepare` is called before it.
   */
  letGo(headers: readonly string[]): (prepare: (request: IncomingMessage) => void) => void {
    const { url, socket, httpVersionMinor } = this.req;
    const { pass, lasts } = this.#ground;
    this.detachSocket(socket);
    this.#leave();
    return (prepare) =>
      pass(lasts, () => {
        const request = remade(socket, { url, httpVersionMinor, headers });
        prepare(request);
        return request;
      });
  }

  /** A server that ends would not see that this connection is idle afterwards, and nobody is to send another request into it. */
  #sayWhetherItLasts(): void {
    const { server, lasts } = this.#ground;
    this.shouldKeepAlive = lasts && server.listening && !/\bclose\b/i.test(String(this.getHeader("connection")));
    if (this.shouldKeepAlive) this.setHeader("Keep-Alive", `timeout=${server.keepAliveTimeout / SECOND}`);
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#ground.left();
  }

  #finished(socket: Socket): void {
    this.detachSocket(socket);
    this.emit("close");
    if (this.shouldKeepAlive) this.#ground.takeBack(socket);
    else socket.destroySoon();
  }
}

interface Kept {
  url: string | undefined;
  httpVersionMinor: number;
  /** Names and values in turn. */
  headers: readonly string[];
}

function remade(socket: Socket, { url, httpVersionMinor, headers }: Kept): IncomingMessage {
  const request = new IncomingMessage(socket);
  const version = { httpVersion: `1.${httpVersionMinor}`, httpVersionMajor: 1, httpVersionMinor };
  Object.assign(request, { method: "GET", url, ...version, rawHeaders: [...headers], complete: true });
  for (let place = 0; place < headers.length; place += 2) request.headers[headers[place] ?? ""] = headers[place + 1];
  request.push(null);
  return request;
}
