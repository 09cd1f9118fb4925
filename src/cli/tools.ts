/** What the files of the operator's verbs share; the environment is read by cli.ts alone. */
import { readFileSync } from "node:fs";
import { codeInBrackets } from "../config/values.ts";
import type { Database } from "../database/database.ts";
import { type Settings, StartError } from "../main.ts";

export interface Verb {
  verb: string;
  /** The words that may follow, as the help shows them. */
  words: string;
  what: string;
  /** Other things that the verb does, each a line of the help. */
  more?: readonly { words: string; what: string }[];
  /** `undefined` where the words are not right. */
  run(words: readonly string[]): Promise<void> | undefined;
}

export interface Tools {
  settings(): Settings;
  withDatabase(work: (database: Database) => Promise<void>): Promise<void>;
}

export function fail(...lines: string[]): void {
  for (const line of lines) console.error(line);
  process.exitCode = 1;
}

/** For a verb that takes no words. */
export function none(work: () => Promise<void>): Verb["run"] {
  return (words) => (words.length === 0 ? work() : undefined);
}

/** A file as it is named in a sentence. */
export function spoken(file: string): string {
  return file === "-" ? "Standard input" : file;
}

/** `0` is standard input. */
export function readText(file: string | 0): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new StartError([`${file} cannot be read${codeInBrackets(error)}: correct its name or its mode.`]);
  }
}
