import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the phone would show, with what the gateway was told about it. */
export interface TakenSms {
  to: string;
  from: string;
  text: string;
  coding: string;
  query: URLSearchParams;
}

/** How the gateway meets the next requests. `hang` takes the message and never says so. */
type Mood = "accept" | "queue" | "refuse" | "fail-for-now" | "hang" | "not-kannel";

/** Kannel's smsbox as its user guide describes it: `GET /cgi-bin/sendsms`, its answers, and the calls of `dlr-url`. */
export interface Kannel extends AsyncDisposable {
  /** With name and password in it. */
  url: string;
  mood: Mood;
  taken: TakenSms[];
  /** Every request's target, taken or not. */
  asked: string[];
  /** Calls `dlr-url` where the mask asks for this kind of report; the status that came back. */
  report(sms: TakenSms, kind: 1 | 2 | 4 | 8 | 16): Promise<number | undefined>;
  stop(): Promise<void>;
  /** Again on the same port. */
  start(): Promise<void>;
}

const ANSWERS: Record<Exclude<Mood, "hang">, [number, string]> = {
  accept: [202, "0: Accepted for delivery"],
  queue: [202, "3: Queued for later delivery"],
  refuse: [403, "Not routable. Do not try again."],
  "fail-for-now": [503, "Temporal failure, try again later."],
  "not-kannel": [200, "<html>Down for maintenance</html>"],
};

/** In the GSM alphabet, of what our texts can have; smsbox puts a question mark in the place of the rest. */
const SEVEN_BITS = /[^@£$¥èéùìòÇ\nØø\rÅåÄÖÑÜ§¿äöñüà!-?A-Z_a-z ¡^{}\\[~\]|€]/gu;

export async function startKannel(): Promise<Kannel> {
  let server: Server;
  let port = 0;
  const state = { mood: "accept" as Mood, taken: [] as TakenSms[], asked: [] as string[] };

  const answerTo = (target: string): [number, string] | undefined => {
    const { pathname, searchParams: query } = new URL(target, "http://kannel");
    if (pathname !== "/cgi-bin/sendsms") return [404, "unknown request"];
    if (query.get("username") !== "enum" || query.get("password") !== "p@ss & word")
      return [403, "Authorization failed for sendsms"];
    const to = query.get("to") ?? "";
    if (!/^\+?[0-9]+$/.test(to)) return [400, "Garbage 'to' field, rejected."];
    const [coding, text] = [query.get("coding") ?? "0", query.get("text") ?? ""];
    if (query.get("charset") !== "UTF-8" || !["0", "2"].includes(coding))
      return [400, "Coding field misformed, rejected"];
    const shown = coding === "2" ? text : text.replace(SEVEN_BITS, "?");
    const sms = { to, from: query.get("from") || "12345", text: shown, coding, query };
    if (["accept", "queue", "hang"].includes(state.mood)) state.taken.push(sms);
    return state.mood === "hang" ? undefined : ANSWERS[state.mood];
  };

  const start = async () => {
    server = createServer((request, response) => {
      state.asked.push(`${request.method} ${request.url}`);
      const answer = request.method === "GET" ? answerTo(request.url ?? "") : ([405, ""] as const);
      if (answer !== undefined) response.writeHead(answer[0], { "content-type": "text/html" }).end(answer[1]);
    }).listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  await start();

  return Object.assign(state, {
    url: `http://enum:${encodeURIComponent("p@ss & word")}@127.0.0.1:${port}/cgi-bin/sendsms`,
    start,
    stop,
    async report({ query }: TakenSms, kind: number) {
      const url = query.get("dlr-url");
      if (url === null || (Number(query.get("dlr-mask")) & kind) === 0) return undefined;
      const response = await fetch(url.replace(/%d/g, String(kind)).replaceAll("%%", "%"));
      await response.body?.cancel();
      return response.status;
    },
    [Symbol.asyncDispose]: stop,
  });
}
