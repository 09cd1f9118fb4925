/** How the file is written: one JSON text (RFC 8259), a line for each entry, never more than one of them in memory. */
import type { Row } from "./store.ts";

export type Entry = Readonly<Record<string, unknown>>;

/** Times are milliseconds in the tables and ISO 8601 in the file, by the ends of their names. */
const TIME = /(^|_)(at|until)$/;

/** What is not there is left out. */
export function entryOf(row: Row, json: readonly string[] = []): Entry {
  const members = Object.entries(row).flatMap(([name, value]) => {
    if (value === null) return [];
    if (TIME.test(name) && typeof value === "number") return [[name, new Date(value).toISOString()]];
    return [[name, json.includes(name) ? JSON.parse(String(value)) : value]];
  });
  return Object.fromEntries(members);
}

export interface List {
  name: string;
  entries: AsyncIterable<Entry> | Iterable<Entry>;
}

/** The head's members, then each list under its name. */
export async function* written(head: Entry, lists: AsyncIterable<List>): AsyncGenerator<string> {
  yield `{\n${Object.entries(head)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n")}`;
  for await (const { name, entries } of lists) {
    yield `,\n${JSON.stringify(name)}: [`;
    let between = "\n";
    for await (const entry of entries) {
      yield `${between}${JSON.stringify(entry)}`;
      between = ",\n";
    }
    yield between === "\n" ? "]" : "\n]";
  }
  yield "\n}\n";
}
