import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import { createAccounts } from "../../src/account/account.ts";
import { type Email, parseEmail } from "../../src/account/identifier.ts";
import { createDevices } from "../../src/device/device.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { type StatementKeys, statementKeys } from "../../src/phone/answers.ts";
import type { World } from "./world.ts";

/** What a device has after its enrolment. */
export interface ConnectedDevice {
  email: Email;
  deviceId: string;
  name: string;
  pad: Uint8Array;
  privateKey: { kty: "EC"; crv: "P-256"; x: string; y: string; d: string };
  statementKeys: StatementKeys;
}

/** Another device of somebody who is there already, as if it had been enrolled before. */
export async function connectedDevice(
  { database, sealer, now: clock }: World,
  email: string,
  { name = "Another phone", platform = "cli" }: { name?: string; platform?: "web" | "cli" } = {},
): Promise<ConnectedDevice> {
  const random = { bytes: (length: number) => randomBytes(length) };
  const devices = createDevices({ clock, random, sealer });
  const value = parseEmail(email);
  const account = value && (await createAccounts({ clock, random }).find(database, { kind: "email", value }));
  if (value === undefined || account === undefined) throw new Error(`${email} is nobody here`);
  const pair = await generateKeyPair("ES256", { extractable: true });
  const { x = "", y = "", d = "" } = await exportJWK(pair.privateKey);
  const key = { kty: "EC", crv: "P-256", x, y } as const;
  const added = await devices.add(database, { accountId: account.id, name, platform, key });
  if (added === undefined || !(await devices.activate(database, added.device.id)))
    throw new Error(`${email} has five phones already`);
  const { confirmationSet } = await loadKeys({ database, sealer, clock, random });
  return {
    email: value,
    deviceId: added.device.id,
    name,
    pad: added.pad,
    privateKey: { ...key, d },
    statementKeys: statementKeys.parse(confirmationSet),
  };
}
