import { sealPad } from "../pad.ts";
import { respondWith } from "../phone.ts";
import { call, currentAccount, keep, loadContents } from "./accounts.ts";
import { done, type Outcome } from "./outcome.ts";
import { askPin, chooseNewPin } from "./pin.ts";
import type { Options, PhonePorts } from "./ports.ts";

/**
 * A new pad under a new PIN: the one way to change a PIN (PROTOCOL section 6). The old pad works at the provider until the new one has
 * answered, so that a phone that breaks down in the middle loses nothing but the renewal.
 */
export async function renew(ports: PhonePorts, options: Options): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const old = await askPin(ports, options);
  if (!old.ok) return old;
  // Before anything is sent, since a PIN that cannot be chosen must not cost a pad.
  const chosen = await chooseNewPin(ports, options);
  if (!chosen.ok) return chosen;

  const asked = await call(ports, account.value, (credentials) => ports.client.renewalChallenge(credentials));
  if (!asked.ok) return asked;
  const challenge = asked.value.value;
  const response = await respondWith(account.value.pad, old.value, { challenge, statement: { mode: "renew" } });
  const renewed = await call(ports, asked.value.account, (credentials) =>
    ports.client.renew(credentials, { challenge, response }),
  );
  if (!renewed.ok) return renewed;
  const { pad, padVersion } = renewed.value.value;
  const contents = await loadContents(ports);
  if (!contents.ok) return contents;
  const sealed = { ...(await sealPad(pad, chosen.value)), version: padVersion };
  const kept = await keep(ports, contents.value, { ...renewed.value.account, pad: sealed });
  if (!kept.ok) return kept;
  ports.terminal.say(
    "This phone has a new pad, under the new PIN. The old one ends with the first response of the new.",
  );
  return done;
}
