import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import type { SeededPhone } from "../../db/seeds/demo.ts";
import { createAccounts } from "../../src/account/account.ts";
import { parseEmail } from "../../src/account/identifier.ts";
import { createDevices } from "../../src/device/device.ts";
import type { World } from "./world.ts";

/** Another phone of somebody who is there already, as if it had been connected before; what the phone itself has to know. */
export async function connectedDevice(world: World, email: string, name = "Another phone"): Promise<SeededPhone> {
  const { database, sealer, now: clock } = world;
  const random = { bytes: (length: number) => randomBytes(length) };
  const devices = createDevices({ clock, random, sealer });
  const value = parseEmail(email);
  const account = value && (await createAccounts({ clock, random }).find(database, { kind: "email", value }));
  if (value === undefined || account === undefined) throw new Error(`${email} is nobody here`);
  const pair = await generateKeyPair("ES256", { extractable: true });
  const { x = "", y = "" } = await exportJWK(pair.publicKey);
  const key = { kty: "EC", crv: "P-256", x, y } as const;
  const added = await devices.add(database, { accountId: account.id, name, platform: "cli", key });
  if (added === undefined || !(await devices.activate(database, added.device.id)))
    throw new Error(`${email} has five phones already`);
  return { email: value, deviceId: added.device.id, pad: added.pad, privateKey: await exportJWK(pair.privateKey) };
}
