import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { phoneAccount } from "../../examples/demo-phone.ts";
import { ok } from "../../src/e-num/parsed.ts";
import { runPhone } from "../../src/phone/command-line/command-line.ts";
import { createPhoneStore, type PhoneContents, type PhoneStore } from "../../src/phone/command-line/store.ts";
import { createDeviceClient } from "../../src/phone/device-client.ts";
import { connectedDevice } from "./connected-device.ts";
import { quicklySealed } from "./quickly-sealed.ts";
import type { World } from "./world.ts";

/** The command-line phone, all of it but its process (`test/phone/session.test.ts` has that). */
export interface CommandLinePhone extends AsyncDisposable {
  /** What it says; throws what it complains of. */
  run(...words: string[]): Promise<string>;
  /** The seven digits that it shows in its frame. */
  respond(verb: "login" | "first" | "confirm" | "pay" | "scan", ...words: string[]): Promise<string>;
  /** What it complains of; throws where it says anything else. */
  refusal(...words: string[]): Promise<string>;
}

const PIN = "271828";

/** With a file of its own. */
export async function commandLinePhone(): Promise<CommandLinePhone> {
  const folder = await mkdtemp(join(tmpdir(), "enum-id-phone-"));
  return phoneWith(createPhoneStore(join(folder, "phone.json")), () => rm(folder, { recursive: true, force: true }));
}

function phoneWith(store: PhoneStore, dispose: () => Promise<void>): CommandLinePhone {
  const now = () => Math.floor(Date.now() / 1000);
  const shared = {
    store,
    client: createDeviceClient({ fetch, now }),
    now,
    pause: (milliseconds: number) => pause(milliseconds),
    hostname: "desk",
    pin: PIN,
  };
  const ended = async (words: string[]) => {
    const said: string[] = [];
    const complaints: string[] = [];
    const nobody = async () => undefined;
    const terminal = { say: (line: string) => void said.push(line), ask: nobody, askSecretly: nobody };
    const code = await runPhone(words, { ...shared, terminal }, (line) => void complaints.push(line));
    const text = (lines: string[]) => lines.map((line) => `${line}\n`).join("");
    return { refused: code !== 0, stdout: text(said), stderr: text(complaints) };
  };
  const run: CommandLinePhone["run"] = async (...words) => {
    const { refused, stdout, stderr } = await ended(words);
    if (refused) throw new Error(`the phone refuses: ${stderr}`);
    return stdout;
  };
  return {
    run,
    respond: async (...words) => responseIn(await run(...words)),
    async refusal(...words) {
      const { refused, stdout, stderr } = await ended(words);
      if (!refused || stdout !== "") throw new Error(`the phone does not refuse: ${stdout}`);
      return stderr.trim();
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** The seven digits in what a phone says. */
export function responseIn(said: string): string {
  const response = /│ {3}(\d{3}) (\d{4}) {3}│/.exec(said);
  if (response === null) throw new Error(`the phone shows no response: ${said}`);
  return `${response[1]}${response[2]}`;
}

/** Another phone of somebody who is there already, as if it had been connected before the journey begins. */
export async function connectedPhone(world: World, email: string): Promise<CommandLinePhone> {
  const phone = await connectedDevice(world, email, { name: "Command line" });
  const owner = { phone, deviceName: phone.name, issuer: world.issuer, statementKeys: phone.statementKeys };
  const account = phoneAccount(owner, quicklySealed(phone.pad, PIN));
  return phoneWith(inMemory({ version: 1, current: phone.deviceId, accounts: [account] }), async () => {});
}

/** In the place of a file, which is refused with pads that open so quickly. */
function inMemory(contents: PhoneContents): PhoneStore {
  let kept = contents;
  const save = async (changed: PhoneContents) => {
    kept = changed;
    return ok(undefined);
  };
  return { file: "in memory", load: async () => ok(kept), save, change: (how) => save(how(kept)) };
}
