import { type ActivationCode, parseActivationCode } from "./activation-code.ts";
import { type Amount, readAmount, type UnclearSign } from "./amount.ts";
import { type Challenge, parseChallenge } from "./challenge.ts";
import { type Ok, ok, type Parsed, refused } from "./parsed.ts";
import { type LetterNeeded, type Recipient, readRecipient } from "./purse.ts";

/** What an `enum:` text says (PROTOCOL section 4). `request` names the open request and grants nothing. */
export type QrText = LoginText | PaymentText | OperationText | EnrolmentText;

export type LoginText = { readonly kind: "login"; readonly challenge: Challenge; readonly request?: string };

/** As a phone reads it: the purse's letter may be missing and the amount's sign unclear, and then the person is asked. */
export type PaymentText = {
  readonly kind: "payment";
  readonly challenge: Challenge;
  readonly recipient: Ok<Recipient> | LetterNeeded;
  readonly amount: Ok<Amount> | UnclearSign;
  readonly request?: string;
};

/** Without `token` (it did not fit into the QR) an online phone takes the statement of `request`. */
export type OperationText = {
  readonly kind: "operation";
  readonly challenge: Challenge;
  readonly request: string;
  readonly token?: string;
};

export type EnrolmentText = {
  readonly kind: "enrolment";
  /** An URL, https but on the machine itself. */
  readonly issuer: string;
  readonly identifier: string;
  readonly code: ActivationCode;
};

/** Reasons beside the plain ones name the parameter that is missing or bad. */
export type QrReason =
  | "not-enum"
  | "unknown-kind"
  | "too-long"
  | "bad-encoding"
  | "repeated-parameter"
  | "bad-challenge"
  | "bad-recipient"
  | "bad-amount"
  | "bad-request"
  | "bad-token"
  | "bad-issuer"
  | "bad-identifier"
  | "bad-code";

// A QR holds far less; a link may be longer.
const MAX_LENGTH = 20_000;
// What stands before `enum:` is dropped: any camera opens `https://…/phone#enum:a?…`.
const ENUM = /(?:^|[^a-z0-9])enum:(?<kind>[a-z]*)\?(?<query>.*)$/is;
const REQUEST = /^[A-Za-z0-9._~-]{1,128}$/;
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

export function parseQrText(scanned: string): Parsed<QrText, QrReason> {
  if (scanned.length > MAX_LENGTH) return refused("too-long");
  const groups = ENUM.exec(scanned.trim())?.groups;
  if (groups === undefined) return refused("not-enum");
  const parameters = parseParameters(groups["query"] ?? "");
  if (!parameters.ok) return parameters;
  switch (groups["kind"]?.toLowerCase()) {
    case "l":
    case "login":
      return parseLogin(parameters.value);
    case "p":
    case "payment":
      return parsePayment(parameters.value);
    case "o":
      return parseOperation(parameters.value);
    case "a":
      return parseEnrolment(parameters.value);
    default:
      return refused("unknown-kind");
  }
}

type Parameters = ReadonlyMap<string, string>;

// The original's long names, by the short ones.
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ["challenge", "c"],
  ["purse", "p"],
  ["amount", "a"],
]);

/** By short name. RFC 3986: a plus is a plus. Unknown parameters are kept, and looked at by nobody. */
function parseParameters(query: string): Parsed<Parameters, "bad-encoding" | "repeated-parameter"> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const key = decode(name);
    const decoded = decode(value);
    if (key === undefined || decoded === undefined) return refused("bad-encoding");
    const short = SHORT_NAMES.get(key) ?? key;
    if (parameters.has(short)) return refused("repeated-parameter");
    parameters.set(short, decoded);
  }
  return ok(parameters);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parseLogin(parameters: Parameters): Parsed<LoginText, QrReason> {
  const challenge = parseChallenge(parameters.get("c") ?? "");
  if (!challenge.ok) return refused("bad-challenge");
  const request = requestOf(parameters);
  return request.ok ? ok({ kind: "login", challenge: challenge.value, ...request.value }) : request;
}

function parsePayment(parameters: Parameters): Parsed<PaymentText, QrReason> {
  const challenge = parseChallenge(parameters.get("c") ?? "");
  if (!challenge.ok) return refused("bad-challenge");
  const recipient = readRecipient(parameters.get("p") ?? "");
  if (!recipient.ok && recipient.reason !== "letter-needed") return refused("bad-recipient");
  const amount = readAmount(parameters.get("a") ?? "");
  if (!amount.ok && amount.reason !== "unclear-sign") return refused("bad-amount");
  const request = requestOf(parameters);
  if (!request.ok) return request;
  return ok({ kind: "payment", challenge: challenge.value, recipient, amount, ...request.value });
}

function parseOperation(parameters: Parameters): Parsed<OperationText, QrReason> {
  const challenge = parseChallenge(parameters.get("c") ?? "");
  if (!challenge.ok) return refused("bad-challenge");
  const request = parameters.get("r") ?? "";
  if (!REQUEST.test(request)) return refused("bad-request");
  const token = parameters.get("t");
  if (token === undefined) return ok({ kind: "operation", challenge: challenge.value, request });
  if (!TOKEN.test(token)) return refused("bad-token");
  return ok({ kind: "operation", challenge: challenge.value, request, token });
}

function parseEnrolment(parameters: Parameters): Parsed<EnrolmentText, QrReason> {
  const issuer = parameters.get("i") ?? "";
  if (!isIssuer(issuer)) return refused("bad-issuer");
  const identifier = parameters.get("u") ?? "";
  if (!/^[^\s@]+@[^\s@]+$/.test(identifier)) return refused("bad-identifier");
  const code = parseActivationCode(parameters.get("c") ?? "");
  return code.ok ? ok({ kind: "enrolment", issuer, identifier, code: code.value }) : refused("bad-code");
}

function requestOf(parameters: Parameters): Parsed<{ request?: string }, "bad-request"> {
  const request = parameters.get("r");
  if (request === undefined) return ok({});
  return REQUEST.test(request) ? ok({ request }) : refused("bad-request");
}

/** An URL with a scheme that keeps the code secret on its way: https, or http to the machine itself; no query, no fragment. */
export function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

/** What a page prints as an `enum:` text (PROTOCOL section 4); amounts and purses are canonical already. */
export type PrintableText =
  | { readonly kind: "login"; readonly challenge: Challenge; readonly request: string }
  | {
      readonly kind: "payment";
      readonly challenge: Challenge;
      readonly recipient: Recipient;
      readonly amount: Amount;
      readonly request: string;
    }
  | { readonly kind: "operation"; readonly challenge: Challenge; readonly request: string; readonly token?: string }
  | { readonly kind: "enrolment"; readonly issuer: string; readonly identifier: string; readonly code: ActivationCode };

/** The short form, or for a login or a payment the original's long one. Put `{issuer}/phone#` before an enrolment. */
export function printQrText(text: PrintableText, form: "short" | "long" = "short"): string {
  const long = form === "long";
  switch (text.kind) {
    case "login":
      return long
        ? print("login", { challenge: text.challenge, r: text.request })
        : print("l", { c: text.challenge, r: text.request });
    case "payment":
      return long
        ? print("payment", { challenge: text.challenge, purse: text.recipient, amount: text.amount, r: text.request })
        : print("p", { c: text.challenge, p: text.recipient, a: text.amount, r: text.request });
    case "operation":
      return print("o", { c: text.challenge, r: text.request, ...(text.token === undefined ? {} : { t: text.token }) });
    case "enrolment":
      return print("a", { i: text.issuer, u: text.identifier, c: text.code });
    default:
      return text satisfies never;
  }
}

function print(kind: string, parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `enum:${kind}?${pairs.join("&")}`;
}
