import { createHash, randomBytes } from "node:crypto";
import { openDatabase } from "../../src/database/database.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createSealer } from "../../src/secrecy.ts";

/** Another node, for the suite: `node other-process.ts <url> <master key in hex>` prints a digest of all the keys that it got. */
const [url, masterKey] = process.argv.slice(2);
if (url === undefined || masterKey === undefined) throw new Error("a database and a master key are needed");
const random = { bytes: (length: number) => randomBytes(length) };
const database = openDatabase({ url });
const sealer = createSealer([Buffer.from(masterKey, "hex")], random);
const keys = await loadKeys({ database, sealer, clock: Date.now, random });
console.log(createHash("sha256").update(JSON.stringify(keys)).digest("hex"));
await database.close();
