import { createAccounts } from "../../src/account/account.ts";
import { type Email, type Phone, parseEmail, parsePhone } from "../../src/account/identifier.ts";
import type { Clock } from "../../src/clock.ts";
import type { Database, Sql } from "../../src/database/database.ts";
import { createDevices } from "../../src/device/device.ts";
import type { Random } from "../../src/random.ts";
import type { Sealer } from "../../src/secrecy.ts";
import { parseWmid, type Wmid } from "../../src/wmid.ts";

interface Person {
  email: Email;
  phone: Phone;
  wmid: Wmid;
  device: "active" | "locked" | "none";
}

/** A phone that was enrolled by the seed: what the phone itself has to know. */
export interface SeededPhone {
  email: Email;
  deviceId: string;
  pad: Uint8Array;
  /** The private half of the device's signing key, P-256. */
  privateKey: JsonWebKey;
}

/** alice has one phone, bob's is locked, carol has none. */
const PEOPLE: readonly Person[] = [
  person("alice@example.com", "+15555550101", "301234567890", "active"),
  person("bob@example.com", "+15555550102", "302345678901", "locked"),
  person("carol@example.com", "+15555550103", "303456789012", "none"),
];

/** For demonstrations and tests alone. People who are there already are left as they are, and have no phone in the answer. */
export async function seedDemo(ports: {
  database: Database;
  sealer: Sealer;
  clock: Clock;
  random: Random;
}): Promise<SeededPhone[]> {
  const accounts = createAccounts(ports);
  const devices = createDevices(ports);
  const seed = async (sql: Sql, { email, phone, wmid, device }: Person): Promise<SeededPhone | undefined> => {
    const account = await accounts.create(sql, { email, phone, locale: "en" });
    if (account === undefined) return undefined;
    await accounts.addWmid(sql, account.id, wmid);
    if (device === "none") return undefined;
    const { publicKey, privateKey } = await signingKey();
    const added = await devices.add(sql, {
      accountId: account.id,
      name: `${email.split("@")[0]}'s phone`,
      platform: "cli",
      key: publicKey,
    });
    if (added === undefined) throw new Error("a new account has no room for a device");
    await devices.activate(sql, added.device.id);
    if (device === "locked") await sql.rows("UPDATE device SET status = 'locked' WHERE id = ?", [added.device.id]);
    return { email, deviceId: added.device.id, pad: added.pad, privateKey };
  };
  return ports.database.transaction(async (sql) => {
    const phones: SeededPhone[] = [];
    for (const each of PEOPLE) {
      const seeded = await seed(sql, each);
      if (seeded !== undefined) phones.push(seeded);
    }
    return phones;
  });
}

async function signingKey() {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  if (x === undefined || y === undefined) throw new Error("a P-256 key has two coordinates");
  return {
    publicKey: { kty: "EC" as const, crv: "P-256" as const, x, y },
    privateKey: await crypto.subtle.exportKey("jwk", pair.privateKey),
  };
}

function person(email: string, phone: string, wmid: string, device: Person["device"]): Person {
  const parsed = { email: parseEmail(email), phone: parsePhone(phone), wmid: parseWmid(wmid) };
  if (parsed.email === undefined || parsed.phone === undefined || parsed.wmid === undefined)
    throw new Error(`${email} is no person`);
  return { email: parsed.email, phone: parsed.phone, wmid: parsed.wmid, device };
}
