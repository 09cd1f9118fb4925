/** What has to be true of every answer, whatever was asked. */
import { type Millis, SECOND } from "../../src/clock.ts";
import { ASKING } from "../support/certificate-proxy.ts";
import { HEADER, HOST, TAG } from "./marks.ts";
import type { Answer, Reply } from "./wire.ts";

/** Nobody waits longer for a page; the slowest honest answer takes a tenth of it. */
export const PATIENCE: Millis = 4 * SECOND;

/** Where a person may be sent: to ourselves, also where certificates are asked for, and to the sites' registered addresses, which all are on this host. */
const SITES = "http://localhost:9/";

/** The planted host where a link, a form or a JSON member leads; in a text or a field it does no harm. */
const ADDRESS = new RegExp(`((href|src|action|content)=|":\\s*)["'](\\w+:)?//${HOST.replaceAll(".", "\\.")}`);

/** What an exception, a database or a path of the server looks like. */
const INSIDES =
  /\n\s+at \S+ ?\(|node_modules|node:internal|SQLITE_|\bknex\b|syntax error at|invalid byte sequence|\.ts:\d+|ERR_[A-Z_]+/;

export interface Asked {
  issuer: string;
  method: string;
  /** The connection may be cut without a word: the request was no request, or never came to its end. */
  mayClose: boolean;
}

/** Nothing, or a sentence for each promise that the answer breaks. */
export function complaints(reply: Reply, asked: Asked): string[] {
  switch (reply.kind) {
    case "hang":
      return ["no answer in time"];
    case "closed":
      return asked.mayClose ? [] : ["the connection was closed without an answer"];
    case "answer":
      return CHECKS.flatMap((check) => check(reply, asked) ?? []);
    default:
      return reply satisfies never;
  }
}

type Check = (answer: Answer, asked: Asked) => string | undefined;

const first = (answer: Answer, name: string) => answer.headers.get(name)?.[0] ?? "";
const isPage = (answer: Answer) => first(answer, "content-type").startsWith("text/html");

const CHECKS: readonly Check[] = [
  ({ status }) => (Number.isNaN(status) || status >= 500 ? `status ${status}` : undefined),

  function saysWhatWasWrong(answer, { method }) {
    const { status, body } = answer;
    if (status < 400 || method === "HEAD") return undefined;
    if (isPage(answer)) return headingOf(body) === "" ? `${status} with a page without a heading` : undefined;
    const type = first(answer, "content-type");
    if (!/^application\/(problem\+)?json/.test(type))
      return `${status} with ${type || "no content type"}: ${body.slice(0, 60)}`;
    const told: Record<string, unknown> = JSON.parse(body);
    const said = type.includes("problem")
      ? [told["type"], told["title"]]
      : [told["error"], told["error_description"] ?? unsupported(told["error"])];
    return said.every((each) => typeof each === "string" && each !== "")
      ? undefined
      : `${status} says too little: ${body.slice(0, 200)}`;
  },

  function isWhole(answer, { method }) {
    if (!isPage(answer) || method === "HEAD" || answer.status >= 300) return undefined;
    return headingOf(answer.body) === "" && !answer.body.includes("<form")
      ? `${answer.status} with a page without a heading`
      : undefined;
  },

  function leadsHome(answer, { issuer }) {
    const location = first(answer, "location");
    if (location === "" || location.startsWith(SITES) || (location.startsWith("/") && !/^\/[/\\]/.test(location)))
      return undefined;
    return location.startsWith(`${issuer}/`) || location.startsWith(`${ASKING}/`)
      ? undefined
      : `leads to ${location.slice(0, 100)}`;
  },

  ({ headers }) => (headers.has(HEADER) ? "a header was injected" : undefined),
  (answer) => (isPage(answer) && answer.body.includes(TAG) ? "what was sent came back as markup" : undefined),

  function keepsItsName({ head, body, headers }) {
    if (headers.has("access-control-allow-credentials")) return "another origin's scripts may send cookies";
    // A preflight's answer names whoever asks; whether they may, the request itself is told, in words that name them again.
    // What was posted to the engine is asked for once more by GET, with the same parameters, at a path of ours.
    const told = head
      .replace(/^(access-control-allow-origin|www-authenticate):.*$/gim, "")
      .replace(/^(location: \/(?![/\\])[^?\r\n]*)\?.*$/im, "$1");
    return told.includes(HOST) || ADDRESS.test(body) ? "a forged host came back" : undefined;
  },

  // A program of ours has the names of its libraries' errors; it is no answer to anything.
  (answer) =>
    !isProgram(answer) && INSIDES.test(answer.body)
      ? `insides are shown: ${INSIDES.exec(answer.body)?.[0]}`
      : undefined,

  function isGuarded(answer) {
    const missing = ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"].filter(
      (name) => !answer.headers.has(name),
    );
    if (missing.length > 0) return `without ${missing.join(", ")}`;
    return first(answer, "content-security-policy").includes("unsafe") ? "an unsafe policy" : undefined;
  },
];

/** `request_uri_not_supported` needs no description. */
function unsupported(error: unknown): string {
  return typeof error === "string" && error.endsWith("_not_supported") ? error : "";
}

function isProgram(answer: Answer): boolean {
  return answer.status === 200 && first(answer, "content-type").startsWith("text/javascript");
}

function headingOf(html: string): string {
  return (/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? "").replace(/<[^>]*>/g, "").trim();
}

/** Log lines that hold one of the secrets, or more than a line of a log should. */
export function leaks(log: readonly string[], secrets: Iterable<string>): string[] {
  // Times and process numbers have as many digits as a check number or a response has.
  const lines = log.map((line) => line.replace(/"(time|pid)":\d+/g, ""));
  const found = lines
    .filter((line) => line.length > 2000)
    .map((line) => `a log line of ${line.length} characters: ${line.slice(0, 200)}`);
  for (const secret of secrets) {
    for (const form of forms(secret)) {
      const line = lines.find((each) => each.includes(form) && standsAlone(each, form));
      if (line !== undefined) found.push(`"${form}" is in the log: ${line.trim().slice(0, 400)}`);
    }
  }
  return found;
}

function forms(secret: string): string[] {
  const numbers = /^\d{7,8}$/.test(secret)
    ? [`${secret.slice(0, -4)} ${secret.slice(-4)}`, `${secret.slice(0, -4)}-${secret.slice(-4)}`]
    : [];
  return [...new Set([secret, encodeURIComponent(secret), ...numbers])];
}

/** Not a part of a longer number or identifier. */
function standsAlone(line: string, form: string): boolean {
  const at = line.indexOf(form);
  return !/[A-Za-z0-9]/.test(`${line[at - 1] ?? ""}${line[at + form.length] ?? ""}`);
}
