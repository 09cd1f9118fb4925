/**
 * `npm run demo`: the provider with named people, sites that rely on it, and five lines that say what to do.
 * For development alone: alice's PIN is known to everybody, and her responses are shown on the page.
 */
import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { seedDemo } from "../db/seeds/demo.ts";
import type { Environment } from "../src/config/config.ts";
import { openDatabase } from "../src/database/database.ts";
import { createDevices } from "../src/device/device.ts";
import { loadKeys } from "../src/keys/keys.ts";
import { readMasterKeys } from "../src/keys/master-key.ts";
import { type Listening, listen } from "../src/listen.ts";
import { closeOnSignal, type Running, readSettings, StartError, start } from "../src/main.ts";
import { statementKeys } from "../src/phone/answers.ts";
import { createPhoneStore } from "../src/phone/command-line/store.ts";
import type { ClientEntry } from "../src/provider/clients.ts";
import { createSealer } from "../src/secrecy.ts";
import { createCreditExchange } from "./credit-exchange/exchange.ts";
import { createDebtService } from "./debt-service/debts.ts";
import { accountOf, contentsOf, putOnPhone } from "./demo-phone.ts";
import { onItsPorts } from "./demo-ports.ts";
import { type Part, walletParts } from "./resource-server/start.ts";
import { CITY_LIBRARY } from "./shop/pages.ts";
import { createShop } from "./shop/shop.ts";
import type { SiteOptions } from "./site/provider.ts";

const ALICE = { email: "alice@example.com", pin: "271828" };
/** By client; the first is the one that the lines begin with. */
const SITES: readonly Example[] = [
  { clientId: "shop", name: "a book shop", create: createShop },
  { clientId: "library", name: "a library", create: (options) => createShop({ ...options, look: CITY_LIBRARY }) },
  { clientId: "credit-exchange", name: "a credit exchange", create: createCreditExchange },
  { clientId: "debt-service", name: "a debt service", create: createDebtService },
];
const random = { bytes: (length: number) => randomBytes(length) };
const clock = Date.now;
/** As src/phone/command-line/cli.ts has it. */
const phone = createPhoneStore(process.env["ENUM_PHONE_FILE"] ?? "var/phone.json");

/** A demo of its own beside a server that is being developed; and quiet, so that the five lines stay in sight. */
function environment(): Environment {
  const env = { ...onItsPorts(process.argv.slice(2), process.env, ".") };
  if (!env["ENUM_ID_DATABASE_URL_FILE"]) env["ENUM_ID_DATABASE_URL"] ||= "sqlite:var/demo/enum-id.sqlite";
  if (!env["ENUM_ID_LOG_LEVEL_FILE"]) env["ENUM_ID_LOG_LEVEL"] ||= "warn";
  return env;
}

try {
  await demo(environment());
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  for (const line of error.lines) console.error(line);
  process.exitCode = 1;
}

async function demo(env: Environment): Promise<void> {
  const settings = readSettings(env);
  if (env["NODE_ENV"]?.trim() === "production" || (settings.ok && settings.config.production)) {
    throw new StartError(["The demo is for development alone, since everybody knows its people: use `npm start`."]);
  }
  if (!settings.ok) throw new StartError(settings.faults);
  const sites = SITES.map((example) => siteOf(settings.clients, example));
  const wallet = walletParts(settings.clients);

  const running = await start(env);
  const opened: (Running | Listening)[] = [running];
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  };
  try {
    const alice = await prepare(running);
    for (const part of [...sites, wallet.api, wallet.site]) opened.push(await open(part, running.config.issuer));
    tell(running.config.issuer, [...sites, { name: "a wallet with an API", port: wallet.site.port }], alice);
  } catch (error) {
    await close();
    throw error;
  }
  closeOnSignal({ ...running, close }, env);
}

interface Example {
  clientId: string;
  /** With its article. */
  name: string;
  create(options: SiteOptions): Promise<RequestListener>;
}

function siteOf(clients: readonly ClientEntry[], { clientId, name, create }: Example): Part & { name: string } {
  const { client_uri: uri, client_secret: clientSecret } =
    clients.find(({ client_id }) => client_id === clientId) ?? {};
  const port = Number(URL.parse(uri ?? "")?.port);
  if (clientSecret !== undefined && port > 0) {
    return { name, clientId, port, create: (issuer) => create({ port, issuer, clientId, clientSecret }) };
  }
  throw new StartError([
    `The demo needs a client "${clientId}" with a client_secret and a client_uri that names its port, as config/clients.json has it.`,
  ]);
}

async function open({ create, port, clientId }: Part, issuer: string): Promise<Listening> {
  const listener = await create(issuer);
  try {
    return await listen(listener, { host: "127.0.0.1", port });
  } catch {
    throw new StartError([
      `Port ${port} on 127.0.0.1 is taken, where the demo's ${clientId} listens: end what listens there.`,
    ]);
  }
}

/** How alice answers: with the phone that is chosen, with one that is to be chosen first, or by what the page shows. */
type Alice = "chosen" | "there" | "shown";

/** The people, and alice's phone in the file of the command-line phone. */
async function prepare({ config: { database: at, masterKey, issuer } }: Running): Promise<Alice> {
  const database = openDatabase(at);
  try {
    // Looked at first: a phone that is seeded is told its pad this once.
    await contentsOf(phone);
    const sealer = createSealer(await readMasterKeys({ source: masterKey, database, random }), random);
    const { confirmationSet } = await loadKeys({ database, sealer, clock, random });
    const seeded = (await seedDemo({ database, sealer, clock, random })).find(({ email }) => email === ALICE.email);
    if (seeded !== undefined) {
      const owner = { phone: seeded, deviceName: "alice's phone", issuer, pin: ALICE.pin };
      await putOnPhone(phone, { ...owner, statementKeys: statementKeys.parse(confirmationSet) });
    }
    const contents = await contentsOf(phone);
    const device = accountOf(contents, ALICE.email, issuer)?.device.id;
    const known =
      device === undefined ? undefined : await createDevices({ clock, random, sealer }).byId(database, device);
    if (known?.status !== "active") return "shown";
    return contents.accounts.length === 1 || contents.current === device ? "chosen" : "there";
  } finally {
    await database.close();
  }
}

function tell(issuer: string, sites: readonly { name: string; port: number }[], alice: Alice): void {
  // The command-line phone takes the demo's address where it is told none.
  const elsewhere = issuer === "http://localhost:3000" ? "" : ` --issuer ${issuer}`;
  const answers: Record<Alice, string> = {
    chosen: `the PIN of her phone is ${ALICE.pin}`,
    there: `choose her phone by \`npm run phone -- use ${ALICE.email}${elsewhere}\`, its PIN is ${ALICE.pin}`,
    shown: "the page shows her response when asked",
  };
  const places = sites.map(({ name, port }) => `${name} at http://localhost:${port}`);
  const [shop = ""] = sites.map(({ port }) => `http://localhost:${port}`);
  console.log(`E-num ID runs at ${issuer}, ${places.slice(0, -1).join(", ")} and ${places.at(-1)}; Ctrl-C ends them.
1. Open ${shop}, press "Sign in with E-num", then "Register"; mail and SMS arrive at ${issuer}/development/outbox.
2. Connect a phone: open ${issuer}/phone in any browser, or in a second terminal: npm run phone -- activate <e-mail> <code>${elsewhere}, then npm run phone -- first <number>
3. Each sign-in shows a check number; type the response that the phone gives to it: npm run phone -- login <number>; "Buy with E-num" does so too: npm run phone -- pay <number> <purse> <amount>; whatever else is confirmed is scanned, by the command that the page shows.
4. In a hurry? Sign in as ${ALICE.email}, who is there already; ${answers[alice]}. At the library carol@example.com, who has no phone client, signs in by SMS.`);
}
