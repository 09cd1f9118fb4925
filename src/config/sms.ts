import { jsonObject } from "../json-object.ts";
import { Refusal } from "./values.ts";
import type { VariableName } from "./variables.ts";

/** A request to an SMS gateway, with places: `{to}`, `{text}`, `{from}`, `{id}`, `{report_url}`, each written as its surroundings need. */
export interface SmsRequest {
  method: SmsMethod;
  /** The places are in path or query, so that what fills them cannot name another host. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: SmsBody | undefined;
}

/** A JSON object with places inside its texts, or a form. */
interface SmsBody {
  type: "json" | "form";
  text: string;
}

/** How SMS leave: Kannel's `sendsms` at an address with name and password in it, or a request of the operator's own. */
export type SmsGateway = { from: string | undefined } & (
  | { profile: "kannel"; url: string }
  | { profile: "template"; request: SmsRequest }
);

/** Where codes are sent to: numbers that begin with `prefix` (`+7`, `+1876`), at most `budget` codes an hour; 0 closes what a shorter one opens. */
export interface SmsCountry {
  prefix: string;
  budget: number;
}

/** Of a development server, whose SMS are shown on its own page: every number. */
export const EVERYWHERE: readonly SmsCountry[] = [{ prefix: "+", budget: 1000 }];

export const SMS_METHODS = ["GET", "POST", "PUT"] as const;
type SmsMethod = (typeof SMS_METHODS)[number];
export const SMS_PROFILES = ["template", "kannel"] as const;

const PLACES: readonly string[] = ["{to}", "{text}", "{from}", "{id}", "{report_url}"];
/** What a header's value and name may be (RFC 9110 section 5). */
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

/** An address with places; whether they are those of the profile is `smsFaults`' to say. */
export function parseSmsUrl(given: string): string | Refusal {
  const rest = withoutPlaces(given);
  const url = URL.parse(rest);
  if (!/^https?:\/\/[^/?#{}]+[/?]/.test(given) || url === null || /[{}]/.test(rest)) {
    return new Refusal(
      `is not a gateway's address: write http://host:13013/cgi-bin/sendsms and the rest; the places are ${PLACES.join(", ")}.`,
    );
  }
  return given;
}

/** A number, or what a phone shows in its place: at most 11 letters and digits (3GPP TS 23.040 section 9.1.2.5). */
export function parseSmsFrom(given: string): string | Refusal {
  if (/^\+?[0-9]{3,15}$/.test(given) || /^[A-Za-z0-9 ._-]{1,11}$/.test(given)) return given;
  return new Refusal(`is "${given}": write a number of 3 to 15 digits, or at most 11 letters and digits.`);
}

/** JSON: name and value of each header. Of places only `{id}` is there, whose letters a header may have. */
export function parseSmsHeaders(given: string): Record<string, string> | Refusal {
  const object = jsonObject(given);
  if (object === undefined) return new Refusal('is not a JSON object: write {"Authorization":"Bearer secret"}.');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(object)) {
    if (!HEADER.test(name) || typeof value !== "string" || !HEADER_VALUE.test(value))
      return new Refusal(
        `has ${JSON.stringify(name)}, which is no header: write a name and a text of one line for each.`,
      );
    if (/^(content-type|content-length|host|connection|transfer-encoding)$/i.test(name))
      return new Refusal(`has ${JSON.stringify(name)}, which follows from the request by itself: remove it.`);
    if (PLACES.some((place) => place !== "{id}" && value.includes(place)))
      return new Refusal(`has a place in ${JSON.stringify(name)}: a header can have {id} alone.`);
    headers[name] = value;
  }
  return headers;
}

/** JSON where it is an object, else a form: `to={to}&text={text}`. */
export function parseSmsBody(given: string): SmsBody | Refusal {
  const hint = `write {"to":"{to}","text":"{text}"} or to={to}&text={text}; the places are ${PLACES.join(", ")}.`;
  const json = given.startsWith("{") && !PLACES.some((place) => given.startsWith(place));
  if (/\{[a-z_]+\}/.test(withoutPlaces(given))) return new Refusal(`has a place that there is not: ${hint}`);
  if (json)
    return jsonObject(given) === undefined ? new Refusal(`is not JSON: ${hint}`) : { type: "json", text: given };
  if (!/^[^=&\s]+=[^=&\s]*(&[^=&\s]+=[^=&\s]*)*$/.test(given) || /[{}]/.test(withoutPlaces(given)))
    return new Refusal(`is neither a JSON object nor a form: ${hint}`);
  return { type: "form", text: given };
}

/** `+7=300,+44=100,+1876=0`: a country code (E.164), or more of a number, and how many codes an hour may be sent there. */
export function parseSmsCountries(given: string): SmsCountry[] | Refusal {
  const countries: SmsCountry[] = [];
  for (const part of given.split(",")) {
    const [, prefix = "", budget = ""] = /^(\+[1-9]\d{0,6})=(\d{1,6})$/.exec(part.trim()) ?? [];
    if (prefix === "")
      return new Refusal(
        `has "${part.trim()}": write +7=300,+44=100, country codes and how many codes an hour go there.`,
      );
    if (countries.some((one) => one.prefix === prefix)) return new Refusal(`has ${prefix} twice: keep it once.`);
    countries.push({ prefix, budget: Number(budget) });
  }
  return countries;
}

/** Each is undefined where it was refused as well; only `profile` has a default. */
export interface SmsSettings {
  profile: (typeof SMS_PROFILES)[number] | undefined;
  url: string | undefined;
  from: string | undefined;
  method: SmsMethod | undefined;
  headers: Record<string, string> | undefined;
  body: SmsBody | undefined;
}

export function combineSms({ profile, url, from, method, headers, body }: SmsSettings): SmsGateway | undefined {
  if (url === undefined || profile === undefined) return undefined;
  if (profile === "kannel") return { profile, url, from };
  const request = { method: method ?? (body === undefined ? "GET" : "POST"), url, headers: headers ?? {}, body };
  return { profile, request, from };
}

/** What the settings of a gateway need of one another, in whole sentences; none about what is in a value that was refused. */
export function smsFaults(isSet: (name: VariableName) => boolean, given: SmsSettings): string[] {
  const { profile, url, method, body } = given;
  if (!isSet("ENUM_ID_SMS_URL") || profile === undefined) return [];
  const address = url === undefined ? null : URL.parse(withoutPlaces(url));
  const faults: string[] = [];
  if (profile === "kannel") {
    const isBare = address?.username === "" || address?.password === "";
    if (isBare || (address !== null && address.search !== "") || (url !== undefined && withoutPlaces(url) !== url))
      faults.push(
        "ENUM_ID_SMS_URL is not Kannel's: write http://user:password@host:13013/cgi-bin/sendsms, and nothing behind it.",
      );
    if (isSet("ENUM_ID_SMS_METHOD") || isSet("ENUM_ID_SMS_HEADERS") || isSet("ENUM_ID_SMS_BODY"))
      faults.push("ENUM_ID_SMS_METHOD, _HEADERS and _BODY are set, and Kannel's request has its own: remove them.");
    return faults;
  }
  const template = `${url ?? ""} ${body?.text ?? ""}`;
  const isWhole = url !== undefined && (body !== undefined || !isSet("ENUM_ID_SMS_BODY"));
  if (isWhole && !(template.includes("{to}") && template.includes("{text}")))
    faults.push(
      "ENUM_ID_SMS_URL lacks {to} or {text}: write both there or in ENUM_ID_SMS_BODY, or set ENUM_ID_SMS_PROFILE to kannel.",
    );
  if (template.includes("{from}") && !isSet("ENUM_ID_SMS_FROM"))
    faults.push("ENUM_ID_SMS_FROM is not set, and the gateway's request has {from}: name the sender.");
  if (address !== null && address.username !== "")
    faults.push(
      "ENUM_ID_SMS_URL holds a name or a password: write them as the gateway wants them, in ENUM_ID_SMS_HEADERS or the query.",
    );
  if (method === "GET" && isSet("ENUM_ID_SMS_BODY"))
    faults.push("ENUM_ID_SMS_METHOD is GET, and ENUM_ID_SMS_BODY is set: write POST or PUT.");
  return faults;
}

function withoutPlaces(template: string): string {
  return PLACES.reduce((text, place) => text.replaceAll(place, ""), template);
}
