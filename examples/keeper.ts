/**
 * `npm run keeper`: a native app on the command line, beside the demo. It signs a person in, and has a transfer confirmed:
 *   npm run keeper
 *   npm run keeper -- pay <amount> <purse> [<what for>]
 * With --device it shows a code to be typed in a browser on another device.
 */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { createKeeper } from "./native/keeper.ts";
import { newOperationId } from "./site/confirmation.ts";
import { faultOf } from "./site/fault.ts";
import type { Read } from "./site/form.ts";
import type { Operation } from "./site/proof.ts";
import { readAmount, readLine, readPurse } from "./site/readers.ts";

const USAGE = `npm run keeper -- [pay <amount> <purse> [<what for>]] [--issuer=<address>] [--print | --device]
  Signs you in with E-num, and has a transfer confirmed: pay 10.50 Z123456789012 "Two books".
  --issuer  the provider, by default http://localhost:3000, where npm run demo has it
  --print   tells the address to open, and opens no browser
  --device  shows a code, which you type in the browser of another device`;
const MOST_WORDS = 140;

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
  const operation = operationOf(positionals);
  if (values.help === true || operation === "unclear") {
    console.log(USAGE);
    return values.help === true ? 0 : 1;
  }
  const keeper = await createKeeper({
    issuer: values.issuer ?? "http://localhost:3000",
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
  if (operation === undefined) return 0;
  const { receipt } = await keeper.confirm(operation, person);
  console.log(`Confirmed, and the receipt is genuine: ${receipt.txn}.`);
  return 0;
}

/** Undefined where only a sign-in is asked for. */
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
