import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createTerminal } from "../../src/phone/command-line/terminal.ts";

/** A keyboard and two outputs; `raw` tells whether the terminal echoes. */
function desk(isTTY: boolean) {
  const raw: boolean[] = [];
  const keyboard = new PassThrough();
  const input = Object.assign(keyboard, {
    isTTY,
    setRawMode(this: never, mode: boolean) {
      raw.push(mode);
      return this;
    },
  });
  const output = new PassThrough();
  const questions = new PassThrough();
  return { keyboard, raw, output, questions, terminal: createTerminal({ input, output, questions }) };
}

describe("a person at a terminal", () => {
  it("types a PIN that nobody sees, and can take back a digit", async () => {
    const { keyboard, raw, questions, terminal } = desk(true);
    const pin = terminal.askSecretly("PIN:");
    keyboard.write("1234");
    keyboard.write("9\u007f");
    keyboard.write("56\r");
    expect(await pin).toBe("123456");
    expect(raw).toEqual([true, false]);
    expect(String(questions.read())).toBe("PIN: \n");
  });

  it.each(["\u0003", "\u0004"])("gives up with %j", async (key) => {
    const { keyboard, raw, terminal } = desk(true);
    const pin = terminal.askSecretly("PIN:");
    keyboard.write(`12${key}`);
    expect(await pin).toBeUndefined();
    expect(raw.at(-1)).toBe(false);
  });

  it("is asked two questions after one another", async () => {
    const { keyboard, terminal } = desk(true);
    const first = terminal.ask("Letter?");
    keyboard.write(" z \n");
    expect(await first).toBe("z");
    const second = terminal.askSecretly("PIN:");
    keyboard.write("123456\n");
    expect(await second).toBe("123456");
  });

  it("who closes the input gives up", async () => {
    const { keyboard, terminal } = desk(true);
    const answer = terminal.ask("Letter?");
    keyboard.end();
    expect(await answer).toBeUndefined();
  });
});

describe("nobody at a terminal", () => {
  it("is asked nothing, and what is said goes to the output", async () => {
    const { output, questions, terminal } = desk(false);
    expect(await terminal.ask("Letter?")).toBeUndefined();
    expect(await terminal.askSecretly("PIN:")).toBeUndefined();
    terminal.say("675 4654");
    expect(String(output.read())).toBe("675 4654\n");
    expect(questions.read()).toBeNull();
  });
});
