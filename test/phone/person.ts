import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPhone } from "../../src/phone/command-line/command-line.ts";
import { createPhoneStore } from "../../src/phone/command-line/store.ts";
import { createDeviceClient } from "../../src/phone/device-client.ts";
import { rememberMasks } from "../support/known-masks.ts";

/** A person with a phone of their own, who types what stands in `answers` when asked. */
export async function personWithPhone() {
  const folder = await mkdtemp(join(tmpdir(), "enum-phone-"));
  const file = join(folder, "phone.json");
  const answers: string[] = [];
  const printed: string[] = [];
  const clock = { now: () => Math.floor(Date.now() / 1000) };
  const store = createPhoneStore(file);
  const forgetMasks = rememberMasks();
  return {
    file,
    folder,
    answers,
    /** All that its commands have printed so far, also those that go on. */
    printed,
    clock,
    store,
    /** One command, as words: what it printed, what it asked, its complaint and exit code. */
    async run(...words: string[]) {
      const said: string[] = [];
      const asked: string[] = [];
      const complaints: string[] = [];
      const reply = async (question: string) => {
        asked.push(question);
        return answers.shift();
      };
      const ports = {
        store,
        client: createDeviceClient({ fetch, now: () => clock.now() }),
        now: () => clock.now(),
        pause: async () => undefined,
        terminal: {
          say: (line: string) => {
            said.push(line);
            printed.push(line);
          },
          ask: reply,
          askSecretly: reply,
        },
        hostname: "laptop",
      };
      const exit = await runPhone(words, ports, (line) => void complaints.push(line));
      return { exit, said: said.join("\n"), asked: asked.join("\n"), complaint: complaints.join("\n") };
    },
    stored: () => readFile(file, "utf8"),
    leave() {
      forgetMasks();
      return rm(folder, { recursive: true, force: true });
    },
  };
}

/** The response in what the phone printed. */
export function responseIn(said: string): string {
  return /│ +([0-9]{3} [0-9]{4}) +│/.exec(said)?.[1]?.replace(" ", "") ?? "none";
}
