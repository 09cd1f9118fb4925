import { type Locale, messagesFor } from "../locale/locale.ts";
import { plain } from "../locale/markup.ts";
import type { Entry } from "./entry.ts";

/** The columns of the table; they keep their names in every language, so that a program can read them. */
const COLUMNS = ["time", "kind", "event", "type", "site", "device", "details", "confirmation", "id"] as const;

/** RFC 4180, with a byte-order mark, so that spreadsheets take it for UTF-8. */
export async function* csvOf(entries: AsyncIterable<Entry>, locale: Locale): AsyncGenerator<string> {
  yield `\uFEFF${COLUMNS.join(",")}\r\n`;
  const { kinds } = messagesFor(locale).history;
  for await (const entry of entries) {
    const row: Record<(typeof COLUMNS)[number], string> = {
      time: entry.at.toISOString(),
      kind: kinds[entry.kind],
      event: plain(entry.title),
      type: entry.type,
      site: entry.site?.name ?? "",
      device: entry.device ?? "",
      details: [...entry.details.map(plain), ...rowsOf(entry)].join("; "),
      confirmation: entry.confirmation ?? "",
      id: entry.id,
    };
    yield `${COLUMNS.map((column) => cell(row[column])).join(",")}\r\n`;
  }
}

/** One JSON array; each entry says the same as the table, and the operation by its parts. */
export async function* jsonOf(entries: AsyncIterable<Entry>): AsyncGenerator<string> {
  let before = "[";
  for await (const entry of entries) {
    yield `${before}\n${JSON.stringify(jsonEntry(entry))}`;
    before = ",";
  }
  yield before === "[" ? "[]\n" : "\n]\n";
}

function jsonEntry({ id, at, kind, type, title, site, device, details, described, confirmation }: Entry) {
  return {
    id,
    time: at.toISOString(),
    kind,
    type,
    event: plain(title),
    ...(site === undefined ? {} : { site }),
    ...(device === undefined ? {} : { device }),
    ...(details.length === 0 ? {} : { details: details.map(plain) }),
    ...(described === undefined
      ? {}
      : {
          operation: {
            name: described.noun,
            ...(described.amount === undefined
              ? {}
              : { amount: { value: described.amount.value, currency: described.amount.currency } }),
            ...(described.payee === undefined ? {} : { payee: withoutLabel(described.payee) }),
            rows: described.rows.map(({ label, value }) => ({ label, value })),
          },
        }),
    ...(confirmation === undefined ? {} : { confirmation }),
  };
}

function withoutLabel({ name, purse, wmid }: { name?: string; purse?: string; wmid?: string }) {
  return { name, purse, wmid };
}

function rowsOf({ described }: Entry): string[] {
  return (described?.rows ?? []).map(({ label, value }) => `${label}: ${value}`);
}

/** A site's text must not become a formula in a spreadsheet (OWASP, CSV injection). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
