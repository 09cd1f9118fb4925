/**
 * `npm run keeper`: a native app on the command line, beside the demo. It signs a person in, has a transfer confirmed, and keeps a key file
 * in E-num Storage, from where another computer has it:
 *   npm run keeper
 *   npm run keeper -- pay <amount> <purse> [<what for>]
 *   npm run keeper -- store|replace|retrieve|move <file>
 *   npm run keeper -- delete
 * With --device it shows a code to be typed in a browser on another device.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createKeeper } from "./native/keeper.ts";
import { readPassword } from "./native/password.ts";
import { createStoredKeys, type StoredKeys } from "./native/stored-keys.ts";
import { newOperationId } from "./site/confirmation.ts";
import { faultOf } from "./site/fault.ts";
import type { Read } from "./site/form.ts";
import type { Operation } from "./site/proof.ts";
import { readAmount, readLine, readPurse } from "./site/readers.ts";

const USAGE = `npm run keeper -- [pay <amount> <purse> [<what for>] | <verb> <file>] [--issuer=<address>] [--print | --device]
  Signs you in with E-num, and has a transfer confirmed: pay 10.50 Z123456789012 "Two books".
  Or keeps the key file of your WMID, encrypted by a password that is typed here, or piped in:
  store <file>     puts it into E-num Storage
  replace <file>   puts another in its place; the last five are kept
  retrieve <file>  writes what is kept into a new file, on any computer
  move <file>      the same, and E-num forgets it in seven days
  delete           E-num forgets it now
  --issuer  the provider, by default http://localhost:3000, where npm run demo has it
  --print   tells the address to open, and opens no browser
  --device  shows a code, which you type in the browser of another device`;
const MOST_WORDS = 140;
const VERBS = ["store", "replace", "retrieve", "move", "delete"] as const;

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(faultOf(error).declined ? "Nothing was confirmed." : "That did not work.", faultOf(error).words);
  process.exitCode = 1;
}

async function run(words: string[]): Promise<number> {
  const flag = { type: "boolean" } as const;
  const options = { issuer: { type: "string" }, print: flag, device: flag, help: flag } as const;
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const wish = wishOf(positionals);
  if (values.help === true || wish === "unclear") {
    console.log(USAGE);
    return values.help === true ? 0 : 1;
  }
  const { issuer = "http://localhost:3000" } = values;
  const keeper = await createKeeper({
    issuer,
    clientId: "keeper",
    open(address) {
      console.log(`Go on in the browser: ${address}`);
      if (values.print !== true) openBrowser(address);
    },
    ...(values.device === true && {
      show: ({ address, userCode }) => console.log(`Open ${address} in any browser, and type the code ${userCode}`),
    }),
  });
  const person = await keeper.signIn();
  console.log(person.wmid === undefined ? "You are signed in." : `You are signed in as WMID ${person.wmid}.`);
  if (wish === undefined) return 0;
  if (isAboutKeys(wish)) {
    console.log(await keep(wish, createStoredKeys({ issuer, keeper, by: person }), person.wmid ?? ""));
    return 0;
  }
  const { receipt } = await keeper.confirm(wish, person);
  console.log(`Confirmed, and the receipt is genuine: ${receipt.txn}.`);
  return 0;
}

/** What is done with a key file; what there is to tell of it. */
async function keep({ verb, file }: KeyWish, keys: StoredKeys, wmid: string): Promise<string> {
  switch (verb) {
    case "store":
    case "replace": {
      const content = await readFile(file);
      const password = await readPassword(wmid, "new");
      const version = await keys.store(content, password, verb === "store" ? "nothing" : "anything");
      return `Kept in E-num Storage as version ${version}. Without the password nobody can open it, you neither.`;
    }
    case "retrieve":
    case "move": {
      // Nobody is asked for what could not be written then; and nothing is written over.
      if (existsSync(file)) throw new Error(`${file} is there already: name another file.`);
      const password = await readPassword(wmid, "old");
      const content = await keys[verb](password);
      await writeFile(file, content, { flag: "wx", mode: 0o600 });
      const until = verb === "move" ? " E-num forgets it in seven days." : "";
      return `Written to ${file}, ${content.length} bytes.${until}`;
    }
    case "delete":
      await keys.remove();
      return "E-num keeps your keys no more.";
    default:
      return verb satisfies never;
  }
}

interface KeyWish {
  verb: (typeof VERBS)[number];
  file: string;
}

function isAboutKeys(wish: Operation | KeyWish): wish is KeyWish {
  return VERBS.some((verb) => verb === wish["verb"]);
}

/** Undefined where only a sign-in is asked for. */
function wishOf(words: string[]): Operation | KeyWish | "unclear" | undefined {
  const [given, file = "", ...more] = words;
  const verb = VERBS.find((one) => one === given);
  if (verb !== undefined)
    return (verb === "delete") === (file === "") && more.length === 0 ? { verb, file } : "unclear";
  return operationOf(words);
}

function operationOf([verb, amount = "", purse = "", ...description]: string[]): Operation | "unclear" | undefined {
  if (verb === undefined) return undefined;
  if (verb !== "pay" || amount === "" || purse === "") return "unclear";
  const to = theValue(readPurse()(purse));
  const words = theValue(readLine(MOST_WORDS)(description.join(" ")));
  return {
    type: "payment",
    operation_id: newOperationId("transfer"),
    payee: { purse: to },
    amount: { value: theValue(readAmount(amount)), currency: `WM${to.charAt(0)}` },
    ...(words === "" ? {} : { description: words }),
  };
}

function theValue<Value>(read: Read<Value>): Value {
  if ("error" in read) throw new Error(read.error);
  return read.value;
}

/** The system's own; where there is none, the address has been told. */
function openBrowser(address: string): void {
  const [command, ...before]: [string, ...string[]] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  spawn(command, [...before, address], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
