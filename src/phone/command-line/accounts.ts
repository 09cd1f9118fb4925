import type { CryptoKey } from "jose";
import { ok } from "../../e-num/parsed.ts";
import { type Answer, isPassing, type Proven } from "../device-client.ts";
import type { DeviceCredentials } from "../device-proof.ts";
import { type Failure, failed, type Outcome } from "./outcome.ts";
import type { PhonePorts } from "./ports.ts";
import { problemSentence } from "./sentences.ts";
import type { PhoneAccount, PhoneContents } from "./store.ts";

export async function loadContents({ store }: PhonePorts): Promise<Outcome<PhoneContents>> {
  const contents = await store.load();
  return contents.ok ? contents : unreadable(store.file);
}

export async function saveContents({ store }: PhonePorts, contents: PhoneContents): Promise<Outcome<undefined>> {
  const saved = await store.save(contents);
  return saved.ok ? saved : unwritable(store.file);
}

/** Of what is there at this moment, one change after another. */
export async function changeContents(
  { store }: PhonePorts,
  how: (contents: PhoneContents) => PhoneContents,
): Promise<Outcome<undefined>> {
  const changed = await store.change(how);
  if (changed.ok) return changed;
  return changed.reason === "unreadable" ? unreadable(store.file) : unwritable(store.file);
}

function unreadable(file: string): Failure {
  return failed(`The file ${file} cannot be read as this phone's: mend it, or move it away and activate again.`);
}

function unwritable(file: string): Failure {
  return failed(`The file ${file} cannot be written: make room for it, or name another in ENUM_PHONE_FILE.`);
}

const NOBODY = failed('There is no account on this phone yet: run "activate" with an e-mail and an activation code.');

/** The account that the verbs are about. */
export async function currentAccount(ports: PhonePorts): Promise<Outcome<PhoneAccount>> {
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const { accounts, current } = contents.value;
  if (accounts.length === 0) return NOBODY;
  const account = accounts.length === 1 ? accounts[0] : accounts.find(({ device }) => device.id === current);
  return account === undefined
    ? failed('This phone has several accounts: choose one with "use" and its e-mail.')
    : ok(account);
}

/** Every account on this phone, the one that the verbs are about first; a fault where there is none. */
export async function accountsInTurn(ports: PhonePorts): Promise<Outcome<readonly PhoneAccount[]>> {
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const { accounts, current } = contents.value;
  if (accounts.length === 0) return NOBODY;
  const isCurrent = ({ device }: PhoneAccount) => device.id === current;
  return ok([...accounts.filter(isCurrent), ...accounts.filter((account) => !isCurrent(account))]);
}

/** Adds an account or replaces the one of the same e-mail and provider, and makes it the current one. */
export async function keep(
  ports: PhonePorts,
  contents: PhoneContents,
  account: PhoneAccount,
): Promise<Outcome<undefined>> {
  const others = contents.accounts.filter((other) => !sameAccount(other, account));
  return saveContents(ports, { ...contents, current: account.device.id, accounts: [...others, account] });
}

/** A wiped account leaves nothing behind: neither pad nor key. */
export async function forget(ports: PhonePorts, account: PhoneAccount): Promise<Outcome<undefined>> {
  return changeContents(ports, ({ current, accounts, listed }) => ({
    version: 1,
    // Another that was chosen stays so.
    ...(current === account.device.id ? {} : { current }),
    accounts: accounts.filter(({ device }) => device.id !== account.device.id),
    // The numbers that a person has seen go on meaning the same.
    listed,
  }));
}

/** One call in the account's name; keeps the clocks' difference, and wipes the account when the provider says that the device is revoked. */
export async function call<Value>(
  ports: PhonePorts,
  account: PhoneAccount,
  ask: (credentials: DeviceCredentials) => Promise<Answer<Proven<Value>>>,
): Promise<Outcome<{ readonly value: Value; readonly account: PhoneAccount }>> {
  const key = await signingKey(account.key);
  const { issuer, device, clock_offset: clockOffset } = account;
  const answer = await ask({ issuer, deviceId: device.id, key, clockOffset });
  if (answer.ok)
    return ok({ value: answer.value.value, account: { ...account, clock_offset: answer.value.clockOffset } });
  if (answer.code === "device-revoked") {
    const forgotten = await forget(ports, account);
    if (!forgotten.ok) return forgotten;
  }
  const refused = failed(problemSentence(answer));
  return isPassing(answer) ? { ...refused, passing: true } : refused;
}

/** As a file has it: a browser keeps its own where nobody can copy it. */
export async function signingKey(key: PhoneAccount["key"]): Promise<CryptoKey> {
  return crypto.subtle.importKey("jwk", key, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
}

type Whose = Pick<PhoneAccount, "issuer" | "identifier">;

/** One person's account at one provider: this phone has one device of it. */
export function sameAccount(one: Whose, other: Whose): boolean {
  return one.issuer === other.issuer && one.identifier.toLowerCase() === other.identifier.toLowerCase();
}
