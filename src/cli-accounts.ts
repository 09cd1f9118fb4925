/** The operator's verbs about accounts: importing them; their end is in `cli-deletion.ts`. */
import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { createImport, type ImportOutcome, type ImportWish } from "./account/import.ts";
import { createAudit } from "./audit/audit.ts";
import { deleteAccount, keepAccount } from "./cli-deletion.ts";
import { fail, type Tools, type Verb } from "./cli-tools.ts";
import { codeInBrackets } from "./config-values.ts";

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

async function importAccounts(
  { withDatabase }: Tools,
  file: string,
  wish: Pick<ImportWish, "locale" | "dryRun" | "skipBad">,
): Promise<void> {
  const input = file === "-" ? process.stdin : await openToRead(file);
  if (typeof input === "string") return fail(input);
  await withDatabase(async (database) => {
    if ((await database.pending()).length > 0) return fail("The database lacks migrations: run enum-id migrate first.");
    const kernel = { database, clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
    const onProblem: ImportWish["onProblem"] = ({ line, member, reason }) =>
      console.error(`line ${line}${member === "line" ? "" : `, ${member}`}: ${reason}.`);
    const outcome = await createImport({ ...kernel, audit: createAudit(kernel) })({ ...wish, input, onProblem });
    const { created, unchanged, bad } = outcome;
    if (created + unchanged + bad === 0) return fail(`${file} holds no account.`);
    console.log(importLine(outcome, wish.dryRun));
    if (bad > 0) process.exitCode = 1;
  });
}

/** A text says why not. */
async function openToRead(file: string): Promise<AsyncIterable<Uint8Array> | string> {
  try {
    const opened = await open(file);
    // A folder can be opened, and would fail only when it is read.
    if ((await opened.stat()).isDirectory())
      return `${file} is a folder: name the file with the accounts, or - for standard input.`;
    return opened.createReadStream();
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
