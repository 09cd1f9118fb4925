import type { Database, Sql } from "../../src/database/database.ts";
import type { Page } from "./visitor.ts";

/** A database that notes every statement that is sent, in order, without its values. */
export function listening(database: Database): { database: Database; sent: string[] } {
  const sent: string[] = [];
  const wrap = (sql: Sql): Sql => ({
    engine: sql.engine,
    rows: (statement, bindings) => {
      sent.push(statement);
      return sql.rows(statement, bindings);
    },
    first: (statement, bindings) => {
      sent.push(statement);
      return sql.first(statement, bindings);
    },
    run: (statement, bindings) => {
      sent.push(statement);
      return sql.run(statement, bindings);
    },
    afterwards: sql.afterwards,
  });
  const transaction: Database["transaction"] = (work) => database.transaction((sql) => work(wrap(sql)));
  return { database: { ...database, ...wrap(database), transaction }, sent };
}

/** A page without what is drawn by chance: status and bytes, each digit and each id as any other, and how long a number is good for yet to half a minute. */
export function shape(page: Page): string {
  const html = page.html
    .toString()
    .replace(/data:image[^"]*/g, "qr")
    // "5 min 0 s", or "4 min 59 s" where a second has gone.
    .replace(/ data-countdown="(\d+)"([^>]*)>([^<]*)/g, (_all, seconds: string, more: string, text: string) => {
      const halfMinutes = "h".repeat(Math.round(Number(seconds) / 30));
      return ` data-countdown="${halfMinutes}"${more}>${text.replace(/\d+/g, "n")}`;
    });
  return `${page.status} ${html.replace(/[\w-]{22,}/g, "x").replace(/\d+/g, (digits) => "0".repeat(digits.length))}`;
}
