import { CsvError, parse } from "csv-parse/sync";
import { jsonObject } from "../json-object.ts";
import { type Locale, languages, parseLocale } from "../locale/locale.ts";
import { parseWmid, type Wmid } from "../wmid.ts";
import { type Email, type Phone, parseEmail, parsePhone } from "./identifier.ts";

/** Columns of CSV and members of JSON alike; `line` where it cannot be said which. */
export type Member = "email" | "phone" | "wmids" | "locale" | "line";

/** What is wrong with one member of one line, in words that follow its name; the value is not repeated, since it may be a person's. */
export interface Problem {
  member: Member;
  reason: string;
}

export interface NewcomerLine {
  email: Email;
  phone: Phone;
  wmids: readonly Wmid[];
  /** Undefined where the line names none. */
  locale: Locale | undefined;
}

export type ParsedLine = { ok: true; line: NewcomerLine } | { ok: false; problems: readonly Problem[] };

/** How the lines of one file are read; `hasHeader` where the first one names the columns and is no account. */
export interface LineFormat {
  hasHeader: boolean;
  parse(text: string): ParsedLine;
}

const MEMBERS = ["email", "phone", "wmids", "locale"] as const;
const DELIMITERS = [",", ";", "\t"] as const;
/** Between the WMIDs of one cell; the cell is in quotes where one of them divides columns as well. */
const BETWEEN = /[\s,;]+/;
const LOCALES = languages.map(({ locale }) => locale).join(", ");

/** Fields as they were written; `wmids` apart, in the list that JSON has and CSV does not. */
interface Fields {
  email: string;
  phone: string;
  locale: string;
  wmids: readonly string[];
}

/** JSON lines begin with `{`, which no header of CSV does. A text says why the file as a whole cannot be read. */
export function detectFormat(first: string): LineFormat | string {
  if (first.trimStart().startsWith("{")) return { hasHeader: false, parse: parseJsonLine };
  const delimiter = DELIMITERS.find((one) => first.includes(one)) ?? ",";
  const names = cells(first, delimiter);
  if (names === undefined) return "the header is not CSV";
  const columns = names.map((name) => MEMBERS.find((member) => member === name.trim().toLowerCase()));
  const unknown = names[columns.indexOf(undefined)];
  if (unknown !== undefined) return `the header names a column ${JSON.stringify(unknown)}: ${known()}`;
  for (const member of ["email", "phone"] as const) if (!columns.includes(member)) return `the header lacks ${member}`;
  if (new Set(columns).size < columns.length) return "the header names a column twice";
  return { hasHeader: true, parse: (text) => parseCsvLine(text, delimiter, columns) };
}

function known(): string {
  return `the columns are ${MEMBERS.join(", ")}`;
}

/** Undefined where the quotes do not fit; one line is one record, since no value of ours has a line break. */
function cells(text: string, delimiter: string): string[] | undefined {
  // A parser for each of a million lines is most of the work, and only quotes need one (RFC 4180 section 2).
  if (!text.includes('"')) return text.split(delimiter);
  try {
    const records: string[][] = parse(text, { delimiter, relax_column_count: true });
    return records.length === 1 ? records[0] : undefined;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

function parseCsvLine(text: string, delimiter: string, columns: readonly (Member | undefined)[]): ParsedLine {
  const values = cells(text, delimiter);
  if (values === undefined)
    return refuse("its quotes do not fit: a value with a quote in it is in quotes, and each inside is doubled");
  if (values.length !== columns.length)
    return refuse(`has ${values.length} values, and the header has ${columns.length}`);
  const value = (member: Member) => values[columns.indexOf(member)]?.trim() ?? "";
  const wmids = value("wmids")
    .split(BETWEEN)
    .filter((wmid) => wmid !== "");
  return parseFields({ email: value("email"), phone: value("phone"), locale: value("locale"), wmids });
}

function parseJsonLine(text: string): ParsedLine {
  const object = jsonObject(text);
  if (object === undefined) return refuse("is not a JSON object");
  const unknown = Object.keys(object).find((name) => !MEMBERS.some((member) => member === name));
  if (unknown !== undefined)
    return refuse(`has a member ${JSON.stringify(unknown)}: the members are ${MEMBERS.join(", ")}`);
  const { email = "", phone = "", locale = "", wmids = [] } = object;
  const problems: Problem[] = [];
  const written = (member: Member, value: unknown): string => {
    if (typeof value === "string") return value.trim();
    problems.push({ member, reason: "is not a string" });
    return "";
  };
  const fields = { email: written("email", email), phone: written("phone", phone), locale: written("locale", locale) };
  const list = Array.isArray(wmids) ? wmids.filter((wmid) => typeof wmid === "string") : undefined;
  if (!Array.isArray(wmids) || list?.length !== wmids.length)
    problems.push({ member: "wmids", reason: "is not an array of strings" });
  return problems.length > 0 ? { ok: false, problems } : parseFields({ ...fields, wmids: list ?? [] });
}

function parseFields(fields: Fields): ParsedLine {
  const problems: Problem[] = [];
  const email = parseEmail(fields.email);
  const phone = parsePhone(fields.phone);
  const locale = parseLocale(fields.locale);
  const wmids = fields.wmids.flatMap((wmid) => parseWmid(wmid) ?? []);
  if (email === undefined)
    problems.push({ member: "email", reason: missingOr(fields.email, "is not an e-mail address") });
  if (phone === undefined)
    problems.push({ member: "phone", reason: missingOr(fields.phone, "is not a phone number: + and 7 to 15 digits") });
  if (wmids.length < fields.wmids.length) problems.push({ member: "wmids", reason: "has one that is not 12 digits" });
  if (locale === undefined && fields.locale !== "")
    problems.push({ member: "locale", reason: `is none of ${LOCALES}` });
  if (email === undefined || phone === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, line: { email, phone, locale, wmids: [...new Set(wmids)] } };
}

function missingOr(given: string, otherwise: string): string {
  return given === "" ? "is missing" : otherwise;
}

function refuse(reason: string): ParsedLine {
  return { ok: false, problems: [{ member: "line", reason }] };
}
