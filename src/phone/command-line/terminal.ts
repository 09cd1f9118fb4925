import { createInterface } from "node:readline";
import type { ReadStream } from "node:tty";

/** Where the person sits. */
export type Terminal = {
  say(line: string): void;
  /** What was typed; undefined where nobody can be asked, or who was asked gave up. */
  ask(question: string): Promise<string | undefined>;
  /** The same without echo. */
  askSecretly(question: string): Promise<string | undefined>;
};

type Streams = {
  readonly input: Pick<ReadStream, "isTTY" | "setRawMode"> & NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Questions do not belong into what a pipe carries on. */
  readonly questions: NodeJS.WritableStream;
};

export function createTerminal({ input, output, questions }: Streams): Terminal {
  return {
    say: (line) => void output.write(`${line}\n`),
    ask: async (question) => (input.isTTY ? await readLine(input, questions, `${question} `) : undefined),
    askSecretly: async (question) => (input.isTTY ? await readSecret(input, questions, `${question} `) : undefined),
  };
}

function readLine(
  input: Streams["input"],
  questions: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const reader = createInterface({ input, output: questions });
    reader.on("close", () => resolve(undefined));
    reader.question(question, (line) => {
      resolve(line.trim());
      reader.close();
    });
  });
}

const ENTER = new Set(["\r", "\n"]);
const END = new Set(["\u0003", "\u0004"]);
const ERASE = new Set(["\u0008", "\u007f"]);

/** Raw mode: the terminal itself would echo. */
function readSecret(
  input: Streams["input"],
  questions: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = "";
    const finish = (secret: string | undefined) => {
      input.off("data", read);
      input.setRawMode(false);
      input.pause();
      questions.write("\n");
      resolve(secret);
    };
    const read = (chunk: Buffer | string) => {
      for (const key of String(chunk)) {
        if (ENTER.has(key)) return finish(typed);
        if (END.has(key)) return finish(undefined);
        typed = ERASE.has(key) ? typed.slice(0, -1) : typed + key;
      }
    };
    // Before the question, so that who types at once is not seen either.
    input.setRawMode(true);
    questions.write(question);
    input.on("data", read);
    input.resume();
  });
}
