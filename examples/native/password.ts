import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** From the keyboard, without showing it, and where it is a new one twice; or the first line of what is piped in. */
export async function readPassword(wmid: string, use: "new" | "old"): Promise<string> {
  const ask = createReader();
  try {
    const password = await ask(`Password of WMID ${wmid}: `);
    if (password === "") throw new Error("Without a password nothing is encrypted.");
    if (use === "new" && process.stdin.isTTY && (await ask("Once more: ")) !== password)
      throw new Error("These were two passwords.");
    return password;
  } finally {
    ask.close();
  }
}

function createReader() {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY === true });
  const read = (question: string): Promise<string> => {
    if (process.stdin.isTTY) process.stderr.write(question);
    return new Promise((resolve) => {
      lines.once("close", () => resolve(""));
      lines.once("line", (line) => {
        if (process.stdin.isTTY) process.stderr.write("\n");
        resolve(line);
      });
    });
  };
  return Object.assign(read, { close: () => lines.close() });
}
