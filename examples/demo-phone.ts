import type { SeededPhone } from "../db/seeds/demo.ts";
import { emailHint } from "../src/account/identifier.ts";
import { StartError } from "../src/main.ts";
import { deviceKey, type PhoneAccount, type PhoneContents, type PhoneStore } from "../src/phone/command-line/store.ts";
import { parsePin, type SealedPad, sealPad } from "../src/phone/pad.ts";

/** What the command-line phone keeps of an account, as if it had been activated there. */
export interface PhoneOwner {
  phone: SeededPhone;
  deviceName: string;
  issuer: string;
  pin: string;
  /** The provider's public keys for operations. */
  statementKeys: PhoneAccount["statement_keys"];
}

/** Puts a seeded phone into the command-line phone's file, beside whoever is there; of accounts already there the chosen one stays chosen. */
export async function putOnPhone(store: PhoneStore, owner: PhoneOwner): Promise<void> {
  const { phone, issuer } = owner;
  const pin = parsePin(owner.pin);
  if (!pin.ok) throw new Error(`"${owner.pin}" is no PIN`);
  const account = phoneAccount(owner, await sealPad(phone.pad, pin.value));
  const { accounts, current } = await contentsOf(store);
  const former = accountOf({ version: 1, accounts }, phone.email, issuer);
  const others = accounts.filter((one) => one !== former);
  const chosen =
    current === former?.device.id || others.length === 0 ? phone.deviceId : (current ?? others[0]?.device.id);
  const saved = await store.save({ version: 1, ...(chosen && { current: chosen }), accounts: [...others, account] });
  if (!saved.ok)
    throw new StartError([
      `The phone's file ${store.file} cannot be written: correct its mode, or name another in ENUM_PHONE_FILE.`,
    ]);
}

/** Its pad is sealed under the owner's PIN already. */
export function phoneAccount(owner: Omit<PhoneOwner, "pin">, sealed: SealedPad): PhoneAccount {
  const { phone, deviceName, issuer, statementKeys } = owner;
  return {
    identifier: phone.email,
    issuer,
    email_hint: emailHint(phone.email),
    device: { id: phone.deviceId, name: deviceName },
    key: deviceKey.parse(phone.privateKey),
    pad: { ...sealed, version: 1 },
    statement_keys: statementKeys,
    clock_offset: 0,
  };
}

export async function contentsOf(store: PhoneStore): Promise<PhoneContents> {
  const contents = await store.load();
  if (!contents.ok)
    throw new StartError([
      `The phone's file ${store.file} cannot be read: mend it, or name another in ENUM_PHONE_FILE.`,
    ]);
  return contents.value;
}

export function accountOf({ accounts }: PhoneContents, email: string, issuer: string): PhoneAccount | undefined {
  return accounts.find((account) => account.identifier === email && account.issuer === issuer);
}
