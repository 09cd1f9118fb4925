import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectFormat, type LineFormat } from "../../src/account/import-line.ts";
import { type NumberedLine, readLines } from "../../src/account/import-lines.ts";

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function linesOf(text: string, size = 7) {
  const lines: NumberedLine[] = [];
  for await (const some of readLines(inPieces(Buffer.from(text), size))) lines.push(...some);
  return lines;
}

function formatOf(first: string): LineFormat {
  const format = detectFormat(first);
  if (typeof format === "string") throw new Error(format);
  return format;
}

const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`));
const person = fc.record({
  email: fc.stringMatching(/^[a-z0-9+'_-]{1,12}@[a-z0-9]{1,8}\.(com|рф)$/),
  phone: fc.stringMatching(/^\+[1-9][0-9]{6,14}$/),
  wmids: fc.uniqueArray(digits(12), { maxLength: 5 }),
  locale: fc.constantFrom("en", "ru", undefined),
});
type Person = typeof person extends fc.Arbitrary<infer T> ? T : never;

function asCsv({ email, phone, wmids, locale }: Person, delimiter: string, quote: boolean): string {
  const values = [email, wmids.join(delimiter === ";" ? " " : ";"), locale ?? "", phone];
  return values.map((value) => (quote ? `"${value.replaceAll('"', '""')}"` : value)).join(delimiter);
}

function parsed(person: Person) {
  const [local = "", domain = ""] = person.email.split("@");
  return { ok: true, line: { ...person, email: `${local}@${domain.replace(".рф", ".xn--p1ai")}` } };
}

describe("what was printed comes back", () => {
  test("as CSV with each delimiter, in quotes or not, columns in any order", () => {
    fc.assert(
      fc.property(person, fc.constantFrom(",", ";", "\t"), fc.boolean(), (one, delimiter, quote) => {
        const format = formatOf(["Email", "wmids", "locale", "phone"].join(delimiter));
        expect(format.hasHeader).toBe(true);
        expect(format.parse(asCsv(one, delimiter, quote))).toEqual(parsed(one));
      }),
    );
  });

  test("as JSON lines", () => {
    fc.assert(
      fc.property(person, (one) => {
        const text = JSON.stringify(one);
        const format = formatOf(text);
        expect(format.hasHeader).toBe(false);
        expect(format.parse(text)).toEqual(parsed(one));
      }),
    );
  });

  test("line by line, with the number that an editor shows, however the bytes arrive", async () => {
    const line = fc.string({ unit: fc.constantFrom("a", "я", "€", "😀", '"', ",", " "), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 40 }),
        async (texts, end, size) => {
          const got = await linesOf(`\uFEFF${texts.map((text) => text + end).join("")}`, size);
          expect(got).toEqual(texts.map((text, index) => ({ number: index + 1, text })));
        },
      ),
    );
  });
});

describe("a line", () => {
  test("is there also when nothing ends the last one", async () => {
    expect(await linesOf("a\nb")).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: "b" },
    ]);
  });

  test("that does not end is given up and not kept in memory, and the next ones are read", async () => {
    const endless = "x".repeat(5_000_000);
    expect(await linesOf(`a\n${endless}\nb\n${endless}`, 65_536)).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: undefined },
      { number: 3, text: "b" },
      { number: 4, text: undefined },
    ]);
  });
});

describe("a file is refused as a whole when its header", () => {
  test.each([
    ["email,phone,name", 'the header names a column "name": the columns are email, phone, wmids, locale'],
    ["email,wmids", "the header lacks phone"],
    ["email,phone,Email", "the header names a column twice"],
    ['email,"phone', "the header is not CSV"],
    [
      "dora@example.com,+15555550199",
      'the header names a column "dora@example.com": the columns are email, phone, wmids, locale',
    ],
  ])("is %s", (header, reason) => {
    expect(detectFormat(header)).toBe(reason);
  });
});

describe("a bad line is told by member and reason, without its values", () => {
  const CSV = formatOf("email,phone,wmids,locale");
  const JSONL = formatOf("{");
  test.each<[LineFormat, string, [string, string][]]>([
    [
      CSV,
      ",,,",
      [
        ["email", "is missing"],
        ["phone", "is missing"],
      ],
    ],
    [
      CSV,
      "dora@,79161234567,12,de",
      [
        ["email", "is not an e-mail address"],
        ["phone", "is not a phone number: + and 7 to 15 digits"],
        ["wmids", "has one that is not 12 digits"],
        ["locale", "is none of en, ru"],
      ],
    ],
    [CSV, "dora@example.com,+15555550199", [["line", "has 2 values, and the header has 4"]]],
    [
      CSV,
      'dora@example.com,"+15555550199,,',
      [["line", "its quotes do not fit: a value with a quote in it is in quotes, and each inside is doubled"]],
    ],
    [JSONL, "dora@example.com", [["line", "is not a JSON object"]]],
    [JSONL, "[]", [["line", "is not a JSON object"]]],
    [
      JSONL,
      '{"e-mail":"dora@example.com"}',
      [["line", 'has a member "e-mail": the members are email, phone, wmids, locale']],
    ],
    [
      JSONL,
      '{"email":"dora@example.com","phone":15555550199,"wmids":"123456789012"}',
      [
        ["phone", "is not a string"],
        ["wmids", "is not an array of strings"],
      ],
    ],
    [
      JSONL,
      '{"email":"dora@example.com","phone":"+15555550199","wmids":[123456789012]}',
      [["wmids", "is not an array of strings"]],
    ],
  ])("%# %s", (format, text, problems) => {
    expect(format.parse(text)).toEqual({
      ok: false,
      problems: problems.map(([member, reason]) => ({ member, reason })),
    });
  });
});
