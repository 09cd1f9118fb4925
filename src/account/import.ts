/**
 * Accounts from an operator's file: CSV or JSON lines, of any size, in bounded memory.
 * The whole file is read, and compared with itself and with the database, before the first account is made; an account is made whole or not
 * at all, some hundred in a transaction, and a run that was broken off is finished by running it again (docs/decisions/0021).
 * It makes accounts and changes none that is there. Control enters by the operator's verb, and leaves with numbers of lines.
 */
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Locale } from "../locale/locale.ts";
import { type Random, randomId } from "../random.ts";
import { detectFormat, type LineFormat, type ParsedLine, type Problem } from "./import-line.ts";
import { readLines } from "./import-lines.ts";
import { createScratch, type Entry, type LineProblem, type Scratch } from "./import-scratch.ts";
import { BATCH, insertImported, type Known, readKnown } from "./import-store.ts";

export interface ImportWish {
  input: AsyncIterable<Uint8Array>;
  /** Of lines that name none. */
  locale: Locale;
  /** Looks at everything and writes nothing. */
  dryRun: boolean;
  /** Bad lines are left out, and the others written all the same. */
  skipBad: boolean;
  /** Called for each bad member of each bad line, in the file's order. */
  onProblem(problem: LineProblem): void;
}

/** Numbers of lines; `created` is what would be, where nothing was written. */
export interface ImportOutcome {
  created: number;
  unchanged: number;
  bad: number;
  written: boolean;
}

export interface ImportPorts {
  database: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
}

interface Tally {
  created: number;
  unchanged: number;
}

interface Judged {
  fresh: Entry[];
  unchanged: number[];
  problems: LineProblem[];
}

/** Somebody has registered what we were about to write; each time it is looked at anew. */
class Raced extends Error {}
const RACES = 5;

export function createImport(ports: ImportPorts): (wish: ImportWish) => Promise<ImportOutcome> {
  const { database, audit } = ports;

  /** Sets aside what is no new account; the scratch has the rest then. */
  const compare = async (scratch: Scratch): Promise<Tally> => {
    const tally = { created: 0, unchanged: 0 };
    for await (const { entries } of batches(scratch)) {
      const judged = judge(entries, await readKnown(database, entries));
      await scratch.setAside([...judged.unchanged, ...judged.problems.map(({ line }) => line)]);
      await scratch.add([], judged.problems);
      tally.created += judged.fresh.length;
      tally.unchanged += judged.unchanged.length;
    }
    return tally;
  };

  /** Looks once more, now in the transaction that writes. `before` is there for the last ones, with which the import ends. */
  const write = (entries: readonly Entry[], importId: string, before: (Tally & { bad: number }) | undefined) =>
    database.transaction(async (sql) => {
      const judged = judge(entries, await readKnown(sql, entries));
      const made = judged.fresh.map((entry) => ({ ...entry, id: randomId(ports.random) }));
      if (!(await insertImported(sql, made, ports.clock()))) throw new Raced();
      const events = made.map(({ id }) => ({
        type: "account.imported" as const,
        accountId: id,
        detail: { import: importId },
      }));
      await audit.append(sql, ...events);
      if (before !== undefined) {
        const created = before.created + made.length;
        const unchanged = before.unchanged + judged.unchanged.length;
        const leftOut = before.bad + new Set(judged.problems.map(({ line }) => line)).size;
        await audit.append(sql, { type: "import.ended", detail: { import: importId, created, unchanged, leftOut } });
      }
      return judged;
    });

  const writeInSpiteOfOthers = async (...given: Parameters<typeof write>): Promise<Judged> => {
    for (let race = 1; race < RACES; race += 1) {
      try {
        return await write(...given);
      } catch (error) {
        if (!(error instanceof Raced)) throw error;
      }
    }
    return write(...given);
  };

  const writeAll = async (scratch: Scratch, unchanged: number): Promise<Tally> => {
    const tally = { created: 0, unchanged };
    const importId = randomId(ports.random);
    for await (const { entries, last } of batches(scratch)) {
      const before = last ? { ...tally, bad: await scratch.badLines() } : undefined;
      const judged = await writeInSpiteOfOthers(entries, importId, before);
      await scratch.add([], judged.problems);
      tally.created += judged.fresh.length;
      tally.unchanged += judged.unchanged.length;
    }
    return tally;
  };

  return async (wish) => {
    await using scratch = await createScratch();
    await readInto(scratch, wish);
    await scratch.findRepeated();
    let tally = await compare(scratch);
    const written = !wish.dryRun && tally.created > 0 && (wish.skipBad || (await scratch.badLines()) === 0);
    if (written) tally = await writeAll(scratch, tally.unchanged);
    for await (const problem of scratch.problems()) wish.onProblem(problem);
    return { ...tally, bad: await scratch.badLines(), written };
  };
}

/** Parses line after line; a header that cannot be used is the one problem of its file. */
async function readInto(scratch: Scratch, { input, locale }: Pick<ImportWish, "input" | "locale">): Promise<void> {
  let format: LineFormat | undefined;
  let entries: Entry[] = [];
  let problems: LineProblem[] = [];
  for await (const lines of readLines(input)) {
    for (const { number, text } of lines) {
      if (text?.trim() === "") continue;
      if (format === undefined) {
        const found = detectFormat(text ?? "");
        if (typeof found === "string") return scratch.add([], [{ line: number, member: "line", reason: found }]);
        format = found;
        if (format.hasHeader) continue;
      }
      const parsed = parseLine(format, text);
      if (parsed.ok) entries.push({ ...parsed.line, line: number, locale: parsed.line.locale ?? locale });
      else problems.push(...parsed.problems.map((problem) => ({ ...problem, line: number })));
    }
    if (entries.length + problems.length < BATCH) continue;
    await scratch.add(entries, problems);
    entries = [];
    problems = [];
  }
  await scratch.add(entries, problems);
}

function parseLine(format: LineFormat, text: string | undefined): ParsedLine {
  const refuse = (reason: string): ParsedLine => ({ ok: false, problems: [{ member: "line", reason }] });
  if (text === undefined) return refuse("is longer than any account");
  // What the decoder puts in the place of bytes that are no UTF-8, such as those of windows-1251.
  if (text.includes("\uFFFD")) return refuse("is not UTF-8");
  return format.parse(text);
}

/** What is neither set aside nor a problem, by line; the scratch may change behind the line that was given last. */
async function* batches(scratch: Scratch): AsyncGenerator<{ entries: Entry[]; last: boolean }> {
  for (let after = 0; ; ) {
    const found = await scratch.next(after, BATCH + 1);
    const entries = found.slice(0, BATCH);
    const last = found.length <= BATCH;
    if (entries.length > 0) yield { entries, last };
    if (last) return;
    after = entries.at(-1)?.line ?? after;
  }
}

/** An account with the line's e-mail and phone is the line's own; the import adds nothing to it, since a person may have changed it. */
function judge(entries: readonly Entry[], known: Known): Judged {
  const judged: Judged = { fresh: [], unchanged: [], problems: [] };
  for (const entry of entries) {
    const { line } = entry;
    const own = known.byEmail.get(entry.email);
    const problems = own?.phone === entry.phone ? problemsOfOwn(own.id, entry, known) : problemsOfFresh(entry, known);
    if (problems.length > 0) judged.problems.push(...problems.map((problem) => ({ ...problem, line })));
    else if (own === undefined) judged.fresh.push(entry);
    else judged.unchanged.push(line);
  }
  return judged;
}

function problemsOfOwn(id: string, { wmids }: Entry, { ownerOfWmid }: Known): Problem[] {
  const owners = wmids.map((wmid) => ownerOfWmid.get(wmid));
  const other = owners.find((owner) => owner !== undefined && owner !== id);
  if (other !== undefined) return [{ member: "wmids", reason: `has one that belongs to another account, ${other}` }];
  if (!owners.includes(undefined)) return [];
  return [{ member: "wmids", reason: `has one that its account, ${id}, lacks: an import changes no account` }];
}

function problemsOfFresh({ email, phone, wmids }: Entry, { byEmail, byPhone, ownerOfWmid }: Known): Problem[] {
  const belongs = "belongs to another account";
  const found: [Problem["member"], string | undefined][] = [
    ["email", byEmail.get(email)?.id],
    ["phone", byPhone.get(phone)?.id],
    ["wmids", wmids.map((wmid) => ownerOfWmid.get(wmid)).find((owner) => owner !== undefined)],
  ];
  return found.flatMap(([member, owner]) =>
    owner === undefined ? [] : [{ member, reason: `${member === "wmids" ? "has one that " : ""}${belongs}, ${owner}` }],
  );
}
