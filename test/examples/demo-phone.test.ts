import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contentsOf, putOnPhone } from "../../examples/demo-phone.ts";
import { parseEmail } from "../../src/account/identifier.ts";
import { createPhoneStore, type PhoneStore } from "../../src/phone/command-line/store.ts";

async function put(
  store: PhoneStore,
  email: string,
  deviceId: string,
  issuer = "http://localhost:3000",
): Promise<void> {
  const parsed = parseEmail(email);
  if (parsed === undefined) throw new Error(`${email} is no e-mail`);
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  const privateKey = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const phone = { email: parsed, deviceId, pad: new Uint8Array(32), privateKey };
  await putOnPhone(store, { phone, deviceName: "phone", issuer, pin: "271828", statementKeys: { keys: [] } });
}

test("the demo's person comes beside the accounts that are on the phone, and takes the place of nobody else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "enum-id-demo-phone-"));
  const store = createPhoneStore(join(folder, "phone.json"));
  const shown = async () => {
    const { accounts, current } = await contentsOf(store);
    return { current, devices: accounts.map(({ device }) => device.id) };
  };
  await put(store, "dora@example.com", "dora");
  expect(await shown()).toEqual({ current: "dora", devices: ["dora"] });
  await put(store, "alice@example.com", "elsewhere", "https://id.example.com");
  await put(store, "alice@example.com", "alice");
  expect(await shown()).toEqual({ current: "dora", devices: ["dora", "elsewhere", "alice"] });
  // The database was thrown away and made anew: her former phone answers nobody any more.
  await put(store, "alice@example.com", "alice again");
  expect(await shown()).toEqual({ current: "dora", devices: ["dora", "elsewhere", "alice again"] });
  rmSync(folder, { recursive: true });
});
