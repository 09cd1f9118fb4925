import { type Millis, SECOND } from "../clock.ts";
import type { SmsGateway, SmsRequest } from "../config/sms.ts";
import { DeliveryError } from "./delivery-error.ts";
import { isGsm } from "./gsm.ts";
import { reportUrl } from "./reports.ts";

export interface Sms {
  to: string;
  text: string;
  /** The same for every attempt at one message. */
  messageId: string;
  /** Whoever shows it may say what has become of the message; in the address that the gateway is given. */
  reportToken: string;
}

/** Whether an answer means that the gateway has taken the message; throws DeliveryError where it has not. */
type Judge = (status: number, text: string) => void;

/** A gateway that says nothing for so long is given up on; it stays below the minute for which a message is claimed. */
const PATIENCE: Millis = 10 * SECOND;
/** Kannel's answers are a line. */
const ANSWER_BYTES = 500;
/** 4xx that say "not now" and not "never" (RFC 9110 section 15.5.9, RFC 8470, RFC 6585). */
const PASSING = [408, 425, 429];

/**
 * Kannel's `sendsms` as its user guide has it. Of the reports it sends 1 (delivered), 2 (not delivered), 4 (waits at the SMS centre) and
 * 16 (the centre refused it); 8 says no more than that the centre has it. `%d`, which Kannel fills in, is the one that came.
 */
const KANNEL_QUERY =
  "?username={username}&password={password}&from={from}&to={to}&text={text}&charset=UTF-8&coding={coding}&dlr-mask=23&dlr-url={report_url}%3Fstate%3D%25d";

export function createSmsGateway(
  gateway: SmsGateway,
  { issuer, patience = PATIENCE }: { issuer: string; patience?: Millis },
): { sms: (sms: Sms) => Promise<string> } {
  const { request, constants, judge } = gateway.profile === "kannel" ? kannel(gateway.url) : own(gateway.request);
  const from = gateway.from ?? "";
  return {
    async sms({ to, text, messageId, reportToken }) {
      const coding = isGsm(text) ? "0" : "2";
      const report_url = reportUrl(issuer, reportToken);
      const filled = fillRequest(request, { ...constants, to, text, from, id: messageId, report_url, coding });
      const answer = await send(filled, patience);
      judge(answer.status, answer.text);
      return `HTTP ${answer.status} ${answer.text}`.trim();
    },
  };
}

interface Profile {
  request: SmsRequest;
  constants: Readonly<Record<string, string>>;
  judge: Judge;
}

function kannel(address: string): Profile {
  const url = new URL(address);
  const constants = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const request = {
    url: `${url.origin}${url.pathname}${KANNEL_QUERY}`,
    method: "GET" as const,
    headers: {},
    body: undefined,
  };
  return {
    request,
    constants,
    judge(status, text) {
      judgeStatus(status, text);
      // `0: Accepted for delivery`, `3: Queued for later delivery`, and what older ones say.
      if (/^(0:|3:|Sent\.)/.test(text)) return;
      throw new DeliveryError("the SMS gateway: an answer that is not Kannel's", { said: text });
    },
  };
}

function own(request: SmsRequest): Profile {
  return { request, constants: {}, judge: judgeStatus };
}

function judgeStatus(status: number, said = ""): void {
  if (status >= 200 && status <= 299) return;
  const permanent = status >= 400 && status <= 499 && !PASSING.includes(status);
  throw new DeliveryError(`the SMS gateway: HTTP ${status}`, {
    permanent,
    certain: permanent || PASSING.includes(status),
    said,
  });
}

interface Filled {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Each value is written as its surroundings need: percent-encoded in address and form, as text inside a JSON text. */
export function fillRequest(request: SmsRequest, values: Readonly<Record<string, string>>): Filled {
  const filledIn = (template: string, write: (value: string) => string) =>
    template.replace(/\{([a-z_]+)\}/g, (place, name: string) => {
      const value = values[name];
      return value === undefined ? place : write(value);
    });
  const encoded = (template: string) => filledIn(template, encodeURIComponent);
  const { method, url, body } = request;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, filledIn(value, (text) => text)]);
  if (body !== undefined)
    headers.push(["Content-Type", body.type === "json" ? "application/json" : "application/x-www-form-urlencoded"]);
  const inside = (value: string) => JSON.stringify(value).slice(1, -1);
  const text = body?.type === "json" ? filledIn(body.text, inside) : body && encoded(body.text);
  return { method, url: encoded(url), headers: Object.fromEntries(headers), body: text };
}

/** The request holds the gateway's password, so no error that names it gets out. */
async function send({ url, ...filled }: Filled, patience: Millis): Promise<{ status: number; text: string }> {
  try {
    const { method, headers, body = null } = filled;
    const response = await fetch(url, {
      method,
      headers,
      body,
      signal: AbortSignal.timeout(patience),
      redirect: "error",
    });
    return { status: response.status, text: await beginningOf(response) };
  } catch (error) {
    const silent = error instanceof Error && error.name === "TimeoutError";
    throw new DeliveryError(`the SMS gateway: ${silent ? "no answer" : "not reachable"}`);
  }
}

/** No more is read, however much is sent. */
async function beginningOf({ body }: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= ANSWER_BYTES) break;
  }
  return text;
}
