/** The operator's verbs about accounts: importing them; their end is in `cli-deletion.ts`. */
import { randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { createImport, type ImportOutcome, type ImportWish } from "../account/import.ts";
import { createAudit } from "../audit/audit.ts";
import { codeInBrackets } from "../config/values.ts";
import { deleteAccount, keepAccount } from "./deletion.ts";
import { fail, spoken, type Tools, type Verb } from "./tools.ts";

export function accountVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "accounts",
      words: "import [--dry-run] [--skip-bad] [--locale=<en|ru>] <file>",
      what: "makes accounts from CSV or JSON lines, all or none unless bad lines are skipped; - is standard input",
      more: [
        {
          words: "delete [--now] <account> <reason>",
          what: "has an account deleted in 14 days, which its owner is told and can stop, or now; an account by e-mail, WMID, phone or id",
        },
        { words: "keep <account>", what: "stops the deletion of an account that waits" },
      ],
      run: (words) => accounts(tools, words),
    },
  ];
}

function accounts(tools: Tools, [what, ...words]: readonly string[]): Promise<void> | undefined {
  if (what === "delete") return deleteAccount(tools, words);
  if (what === "keep") return keepAccount(tools, words);
  const flags = words.filter((word) => word.startsWith("--"));
  const [file, ...more] = words.filter((word) => !word.startsWith("--"));
  const known = flags.every((flag) => /^--(dry-run|skip-bad|locale=(en|ru))$/.test(flag));
  if (what !== "import" || file === undefined || more.length > 0 || !known) return undefined;
  const locale = flags.includes("--locale=ru") ? "ru" : "en";
  return importAccounts(tools, file, {
    locale,
    dryRun: flags.includes("--dry-run"),
    skipBad: flags.includes("--skip-bad"),
  });
}

type Wish = Pick<ImportWish, "locale" | "dryRun" | "skipBad">;

async function importAccounts(tools: Tools, file: string, wish: Wish): Promise<void> {
  if (file === "-") return importFrom(tools, process.stdin, file, wish);
  const opened = await openToRead(file);
  if (typeof opened === "string") return fail(opened);
  try {
    await importFrom(tools, opened.createReadStream(), file, wish);
  } finally {
    // Where nothing was read, the stream has not closed it.
    await opened.close();
  }
}

function importFrom(
  { withDatabase }: Tools,
  input: AsyncIterable<Uint8Array>,
  file: string,
  wish: Wish,
): Promise<void> {
  return withDatabase(async (database) => {
    const kernel = { database, clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
    const onProblem: ImportWish["onProblem"] = ({ line, member, reason }) =>
      console.error(`line ${line}${member === "line" ? "" : `, ${member}`}: ${reason}.`);
    const outcome = await createImport({ ...kernel, audit: createAudit(kernel) })({ ...wish, input, onProblem });
    const { created, unchanged, bad } = outcome;
    if (created + unchanged + bad === 0) return fail(`${spoken(file)} holds no account.`);
    console.log(importLine(outcome, wish.dryRun));
    if (bad > 0) process.exitCode = 1;
  });
}

/** A text says why not. */
async function openToRead(file: string): Promise<FileHandle | string> {
  try {
    const opened = await open(file);
    if (!(await opened.stat()).isDirectory()) return opened;
    // A folder can be opened, and would fail only when it is read.
    await opened.close();
    return `${file} is a folder: name the file with the accounts, or - for standard input.`;
  } catch (error) {
    return `${file} cannot be read${codeInBrackets(error)}: name the file with the accounts, or - for standard input.`;
  }
}

function importLine({ created, unchanged, bad, written }: ImportOutcome, dryRun: boolean): string {
  const numbers = `New: ${created}. There already: ${unchanged}. Bad lines: ${bad}.`;
  if (written) return `${numbers} The new ones were made.`;
  if (dryRun) return `${numbers} Nothing was written: it was a dry run.`;
  if (created > 0) return `${numbers} Nothing was written: mend the bad lines, or leave them out with --skip-bad.`;
  return `${numbers} Nothing was written: there is nothing new.`;
}
