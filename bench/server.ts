/**
 * Ours, as production runs it: sealing, events, throttles, and the log on standard output (which the parent sends to a file).
 * Only https is left out, which production demands of its issuer: TLS is the proxy's work.
 * Arguments: the database's address, SQLite's `synchronous`, how many accounts are to be there, and how many more that nobody signs in by and
 * rows whose time is over.
 */
import { randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { createAccounts } from "../src/account/account.ts";
import { parseEmail, parsePhone } from "../src/account/identifier.ts";
import { createApp } from "../src/app/app.ts";
import { type Database, openDatabase, type Sql } from "../src/database/database.ts";
import { createDevices } from "../src/device/device.ts";
import { loadKeys } from "../src/keys/keys.ts";
import { createHttpServer } from "../src/listen.ts";
import { createLog } from "../src/log.ts";
import { readSettings } from "../src/main.ts";
import { drawingAhead, type Random } from "../src/random.ts";
import { createSealer } from "../src/secrecy.ts";
import { settled } from "../src/settled.ts";
import { answerParent, type Person, portOf } from "./child.ts";
import { fill } from "./filling.ts";

const [url = "", mode = "", accounts = "", more = "0", expired = "0"] = process.argv.slice(2);
const synchronous = mode === "NORMAL" ? "NORMAL" : "FULL";

/**
 * Counts how often the database is waited for. SQLite's driver hands each statement to another thread, and so each counts, and each beginning
 * and end of a transaction; of a transaction's changes that nobody waits for, those that follow one another are one. PostgreSQL is sent at
 * once what need not be waited for, which counts once with what follows it.
 */
function counting(database: Database): { database: Database; roundTrips: () => number } {
  let count = 0;
  const each = database.engine === "sqlite";
  const counted = (sql: Sql, within = false): Sql => {
    let waiting = 0;
    let changing = false;
    const waitFor = async <T>(work: Promise<T>): Promise<T> => {
      changing = false;
      if (each || !within || waiting === 0) count += 1;
      waiting += 1;
      try {
        return await work;
      } finally {
        waiting -= 1;
      }
    };
    return {
      engine: sql.engine,
      rows: (statement, bindings) => waitFor(sql.rows(statement, bindings)),
      first: (statement, bindings) => waitFor(sql.first(statement, bindings)),
      run(statement, bindings) {
        if (!within || (each && !changing)) count += 1;
        changing = within;
        return sql.run(statement, bindings);
      },
      afterwards: sql.afterwards,
    };
  };
  const transaction: Database["transaction"] = (work) => {
    count += each ? 2 : 1;
    return database.transaction((sql) => work(counted(sql, true)));
  };
  return { database: { ...database, ...counted(database), transaction }, roundTrips: () => count };
}

const random: Random = drawingAhead({ bytes: (length) => randomBytes(length) });
const clock = Date.now;
const settings = { url, poolSize: 10, synchronous } as const;
const { database, roundTrips } = counting(openDatabase(settings));
await database.migrate("latest");
const sealer = createSealer([random.bytes(32)], random);

async function seed(count: number, { x = "", y = "" }: JWK): Promise<Person[]> {
  const ports = { database, sealer, clock, random };
  const book = createAccounts(ports);
  const devices = createDevices(ports);
  const key = { kty: "EC", crv: "P-256", x, y } as const;
  return database.transaction(async (sql) => {
    const people: Person[] = [];
    for (let number = 0; number < count; number += 1) {
      const email = parseEmail(`person${number}@example.com`);
      const phone = parsePhone(`+1555${String(number).padStart(7, "0")}`);
      if (email === undefined || phone === undefined) throw new Error(`person ${number} cannot be`);
      const account = await book.create(sql, { email, phone, locale: "en" });
      if (account === undefined) throw new Error(`${email} is there already`);
      const added = await devices.add(sql, { accountId: account.id, name: "phone", platform: "cli", key });
      if (added === undefined) throw new Error("a new account has no room for a device");
      await devices.activate(sql, added.device.id);
      const { id: device } = added.device;
      people.push({ identifier: email, pad: Buffer.from(added.pad).toString("base64url"), device });
    }
    return people;
  });
}

const pair = await generateKeyPair("ES256", { extractable: true });
const people = await seed(Number(accounts), await exportJWK(pair.publicKey));
await fill(database, { accounts: Number(more), expired: Number(expired) }, clock());
let handler: RequestListener = (_request, response) => response.destroy();
const port = await portOf(createHttpServer((request, response) => handler(request, response)).server);
const read = readSettings({
  NODE_ENV: "production",
  ENUM_ID_ISSUER: "https://id.example.com",
  ENUM_ID_DATABASE_URL: url,
  ENUM_ID_MASTER_KEY: Buffer.from(random.bytes(32)).toString("hex"),
  ENUM_ID_CLIENTS: fileURLToPath(new URL("clients.json", import.meta.url)),
  ENUM_ID_TRUST_PROXY: "true",
});
if (!read.ok) throw new Error(read.faults.join("\n"));
const config = { ...read.config, issuer: `http://localhost:${port}`, port };
const app = await createApp({
  ...read,
  config,
  database,
  sealer,
  keys: await loadKeys({ database, sealer, clock, random }),
  clock,
  random,
  settled,
  logger: createLog(config.logLevel).logger,
  transports: {},
  webPhone: async () => undefined,
  certificateScript: async () => undefined,
  outbox: undefined,
});
handler = app.listener;
app.start();
const figures = await portOf(createServer(app.metrics));
answerParent({ port, people, key: await exportJWK(pair.privateKey), figures }, roundTrips);
