import { DAY, type Millis } from "../clock.ts";

/** What an event is about, as a person looks for it. */
export const KINDS = ["sign-in", "confirmation", "device", "site", "account"] as const;
export type Kind = (typeof KINDS)[number];

/** By the first word of an event's type; what is not listed is about the account. */
const KIND_OF: Readonly<Record<string, Kind>> = {
  login: "sign-in",
  code: "sign-in",
  session: "sign-in",
  browser: "sign-in",
  token: "site",
  consent: "site",
  operation: "confirmation",
  device: "device",
  enrolment: "device",
};

export function kindOf(type: string): Kind {
  return KIND_OF[type.split(".")[0] ?? ""] ?? "account";
}

/** Which types a search takes. */
export function typesOf(kind: Kind | undefined): (type: string) => boolean {
  return (type) => kind === undefined || kindOf(type) === kind;
}

/** Before this event, in the order of time, and of ids within a millisecond. */
export interface Cursor {
  at: Millis;
  id: string;
}

export interface Search {
  kind: Kind | undefined;
  /** A client's id, or empty. */
  site: string;
  /** The first moment that is taken, and the first that is not. */
  from: Millis;
  until: Millis;
  /** In whatever the page says of it, in any case. */
  text: string;
  before: Cursor | undefined;
}

export function cursorAfter({ at, id }: { at: Millis; id: string }): Cursor {
  return { at, id };
}

export function writeCursor({ at, id }: Cursor): string {
  return `${at}.${id}`;
}

/** What is wrong with a query: the name of the parameter. */
export type Wrong = { wrong: "kind" | "site" | "from" | "to" | "q" | "before" };

const LONGEST_TEXT = 100;
const NEVER: Millis = Number.MAX_SAFE_INTEGER;

/** An empty parameter is none; days are UTC's, `2026-11-25`, and both belong to the search. */
export function parseSearch(query: Readonly<Record<string, unknown>>): Search | Wrong {
  const given = (name: string): string | undefined => {
    const value = query[name] ?? "";
    return typeof value === "string" ? value.trim() : undefined;
  };
  const [kind, site, from, to, text, before] = ["kind", "site", "from", "to", "q", "before"].map(given);
  const found = KINDS.find((one) => one === kind);
  if (kind !== "" && found === undefined) return { wrong: "kind" };
  if (site === undefined || site.length > 200) return { wrong: "site" };
  const first = dayOf(from, 0);
  if (first === undefined) return { wrong: "from" };
  const last = dayOf(to, NEVER - DAY);
  if (last === undefined) return { wrong: "to" };
  if (text === undefined || text.length > LONGEST_TEXT) return { wrong: "q" };
  const [, at, id] = /^(\d{1,15})\.([\w-]{1,64})$/.exec(before ?? "x") ?? [];
  const cursor = at === undefined || id === undefined ? undefined : { at: Number(at), id };
  if (before !== "" && cursor === undefined) return { wrong: "before" };
  return { kind: found, site, from: first, until: last + DAY, text, before: cursor };
}

function dayOf(text: string | undefined, none: Millis): Millis | undefined {
  if (text === undefined || text === "") return text === "" ? none : undefined;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`);
  // The thirtieth of February is no day.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : at;
}
