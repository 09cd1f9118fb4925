import { once } from "node:events";
import { connect } from "node:net";

/** What an answer says, as far as a login needs it. */
export interface Answer {
  status: number;
  /** Of a redirect. */
  location: string;
  body: string;
}

/** One browser, or one site's back end: a connection that is kept alive, and cookies. */
export interface Browser {
  get(path: string, headers?: string): Promise<Answer>;
  post(path: string, form: Readonly<Record<string, string>>, headers?: string): Promise<Answer>;
  /** Forgets all cookies but these and comes from another address. */
  begin(address: string, kept?: ReadonlyMap<string, string>): void;
  /** Those whose names begin so. */
  cookies(prefix: string): ReadonlyMap<string, string>;
  close(): void;
}

const HEADERS_END = "\r\n\r\n";

/**
 * Written by hand over a socket, since the machine that loads is the machine that is measured: Node's own client costs as much CPU
 * for a request as oidc-provider does. It knows the two answers that both servers give: with `Content-Length`, and without a body.
 */
export async function openBrowser(port: number): Promise<Browser> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const jar = new Map<string, string>();
  let from = "10.0.0.1";
  let received = "";
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  const settle = (act: (who: NonNullable<typeof waiting>) => void) => {
    const who = waiting;
    waiting = undefined;
    if (who !== undefined) act(who);
  };
  // latin1: a character is a byte, as `Content-Length` counts; what is looked for in a page is ASCII.
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    received += chunk;
    const end = received.indexOf(HEADERS_END);
    if (end < 0) return;
    const head = received.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const begin = end + HEADERS_END.length;
    if (received.length < begin + length) return;
    const body = received.slice(begin, begin + length);
    received = received.slice(begin + length);
    if (/\r\ntransfer-encoding:/i.test(head)) {
      settle(({ reject }) => reject(new Error(`an answer in chunks, which this client does not read: ${head}`)));
      return;
    }
    keepCookies(jar, head);
    const location = /\r\nlocation: ([^\r]*)/i.exec(head)?.[1] ?? "";
    settle(({ resolve }) => resolve({ status: Number(head.slice(9, 12)), location, body }));
  });
  socket.on("error", (error) => settle(({ reject }) => reject(error)));
  socket.on("close", () => settle(({ reject }) => reject(new Error("the server has closed the connection"))));

  const send = (request: string, headers: string, body: string): Promise<Answer> => {
    const cookies =
      jar.size === 0 ? "" : `Cookie: ${[...jar].map(([name, value]) => `${name}=${value}`).join("; ")}\r\n`;
    const answer = new Promise<Answer>((resolve, reject) => {
      waiting = { resolve, reject };
    });
    const common = `Host: localhost:${port}\r\nX-Forwarded-For: ${from}\r\nAccept: text/html\r\n`;
    socket.write(`${request} HTTP/1.1\r\n${common}${cookies}${headers}\r\n${body}`);
    return answer;
  };
  return {
    get: (path, headers = "") => send(`GET ${path}`, headers, ""),
    post(path, form, headers = "") {
      const body = new URLSearchParams(form).toString();
      const about = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`;
      return send(`POST ${path}`, about + headers, body);
    },
    begin(address, kept) {
      jar.clear();
      for (const [name, value] of kept ?? []) jar.set(name, value);
      from = address;
    },
    cookies: (prefix) => new Map([...jar].filter(([name]) => name.startsWith(prefix))),
    close: () => socket.destroy(),
  };
}

/** Paths and times are not looked at: within one login a name has one value, and an empty one takes it away. */
function keepCookies(jar: Map<string, string>, head: string): void {
  for (const [, name = "", value = ""] of head.matchAll(/\r\nset-cookie: ([^=]+)=([^;\r]*)/gi)) {
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
}
