import { describe, expect, test } from "vitest";
import { createWriter } from "../../src/messaging/templates.ts";
import { templates, variantsOf } from "../messaging/samples.ts";
import { readText } from "../support/source.ts";

const write = createWriter({ issuer: "https://id.example.com" });

/** What differs from one message to the next, which the document has as `…`. */
const VARIABLE =
  /November 23, 2026 at 12:00.PM UTC|23 ноября 2026 г\. в 12:00 UTC|AB12CD34|K7QF29XW|482193|042119|3012 ?3456 ?7890|My phone|Payment 10\.50 WMZ|Book shop Z 1234 5678 9012|Book shop|https:\/\/id\.example\.com\/stop\/A+|id\.example\.com/g;

/** Cells of each row whose last one is a template. */
const rows = readText("docs/messages.md")
  .split("\n")
  .flatMap((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    const [, template] = /^`([a-z-]+)`$/.exec(cells.at(-2) ?? "") ?? [];
    return template === undefined ? [] : [{ template, cells: cells.slice(1, -2) }];
  });

/** The subject of a mail, or what an SMS says. */
const saidIn = (locale: "en" | "ru", content: ReturnType<typeof variantsOf>[number]) => {
  const { subject, text } = write({ ...content, locale });
  return (subject ?? text.split("\n")[0] ?? "").replace(VARIABLE, "…");
};

describe("the list of messages for people", () => {
  test("has every message that can be sent, and none besides", () => {
    expect([...new Set(rows.map(({ template }) => template))].sort()).toEqual([...templates].sort());
  });

  test.each(templates)("says of %s what it looks like in both languages, what it means and what to do", (template) => {
    const own = rows.filter((row) => row.template === template);
    const seen = own.map(({ cells: [english, russian] }) => [english, russian]);
    expect(seen).toEqual(variantsOf(template).map((one) => [saidIn("en", one), saidIn("ru", one)]));
    for (const { cells } of own) {
      expect(cells).toHaveLength(4);
      for (const cell of cells) expect(cell).not.toBe("");
    }
  });
});
