import type { OwnEventType } from "../audit/events.ts";
import { type Locale, languages, messagesFor } from "../locale/locale.ts";
import { datum, plain } from "../locale/markup.ts";
import type { Described } from "../operation/operation.ts";
import { type Kind, kindOf } from "./rules.ts";
import type { EventRow } from "./store.ts";

/** One event in the words of the page; `title` and `details` are messages (`locale/markup.ts`). */
export interface Entry {
  id: string;
  at: Date;
  kind: Kind;
  type: OwnEventType;
  title: string;
  site: { id: string; name: string } | undefined;
  device: string | undefined;
  details: readonly string[];
  /** The operation that was confirmed, where its type is still known. */
  described: Described | undefined;
  /** The id of the confirmation, where it is one. */
  confirmation: string | undefined;
}

/** What the entries of a batch name. */
export interface Known {
  devices: ReadonlyMap<string, string>;
  operations: ReadonlyMap<string, string>;
  siteName(clientId: string): string | undefined;
  describe(operation: string, locale: Locale): Described | undefined;
}

/** Whether a person can be told of it: also what an older version has appended. */
export function isOwn(type: string): type is OwnEventType {
  return Object.hasOwn(messagesFor("en").history.events, type);
}

export function entryOf(row: EventRow & { type: OwnEventType }, known: Known, locale: Locale): Entry {
  const words = messagesFor(locale).history;
  const detail: Readonly<Record<string, unknown>> = JSON.parse(row.detail);
  const { confirmation } = detail;
  const operation = typeof confirmation === "string" ? known.operations.get(confirmation) : undefined;
  const described = operation === undefined ? undefined : known.describe(operation, locale);
  const confirmed = row.type === "operation.confirmed" && operation !== undefined;
  const site = row.client_id === null ? undefined : row.client_id;
  return {
    id: row.id,
    at: new Date(row.at),
    kind: kindOf(row.type),
    type: row.type,
    title: words.events[row.type],
    site: site === undefined ? undefined : { id: site, name: known.siteName(site) ?? site },
    device: row.device_id === null ? undefined : known.devices.get(row.device_id),
    details: [...summary(described), ...wmidIn(row.type, detail), ...detailsOf(detail, locale)],
    described,
    confirmation: confirmed ? String(confirmation) : undefined,
  };
}

/** `Payment: 10.50 WMZ`, and whom it went to. */
function summary(described: Described | undefined): string[] {
  if (described === undefined) return [];
  const { noun, amount, payee, rows } = described;
  const sum = amount === undefined ? noun : `${noun}: ${amount.value} ${amount.currency}`;
  const to = payee === undefined ? undefined : [payee.name, payee.purse ?? payee.wmid].filter(Boolean).join(", ");
  const [first] = rows;
  const row = amount === undefined && first !== undefined ? `${first.label}: ${first.value}` : undefined;
  return [sum, to, row].filter((text) => text !== undefined && text !== "").map((text) => datum(text ?? ""));
}

/** Which WMID came or went. */
function wmidIn(type: string, { wmid }: Readonly<Record<string, unknown>>): string[] {
  return type.startsWith("wmid.") && typeof wmid === "string" ? [datum(wmid.replace(/(\d{4})(?=\d)/g, "$1 "))] : [];
}

/** What an event tells beside account, site and device, as far as there are words for it. */
function detailsOf(detail: Readonly<Record<string, unknown>>, locale: Locale): string[] {
  const {
    history,
    account,
    consent,
    notice: { kinds: notices },
  } = messagesFor(locale);
  const said: string[] = [];
  const worded = (words: Readonly<Record<string, string>>, key: unknown) => {
    if (typeof key === "string" && Object.hasOwn(words, key)) said.push(words[key] ?? "");
  };
  worded(history.reasons, detail["reason"]);
  worded(history.by, detail["by"]);
  worded(history.contacts, detail["kind"]);
  const { demands, scope, until, notice, language } = detail;
  if (demands === "no-sms" || demands === "operation") said.push(account.settings[demands].name);
  if (demands === "login") said.push(account.sites);
  if (typeof notice === "string")
    for (const [name, words] of Object.entries(notices)) if (name === notice) said.push(words.name);
  said.push(...languages.filter(({ locale }) => locale === language).map(({ name }) => name));
  if (typeof scope === "string") for (const one of scope.split(" ")) worded(consent.scopes, one);
  if (typeof until === "number") said.push(history.until(new Date(until)));
  return said;
}

/** All that is stored of it, in the words of the page, to be searched in and exported. */
export function textOf({ title, site, device, details, described, confirmation }: Entry): string {
  const rows = (described?.rows ?? []).map(({ label, value }) => `${label}: ${value}`);
  return [...[title, ...details].map(plain), site?.name, device, ...rows, confirmation]
    .filter((text) => text !== undefined)
    .join(" ");
}
