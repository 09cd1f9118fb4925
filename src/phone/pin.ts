import { failed, inWords, type Outcome } from "./outcome.ts";
import { type Pin, parsePin } from "./pad.ts";
import type { Options, PhonePorts } from "./ports.ts";
import { PIN } from "./sentences.ts";

const NOBODY = failed(
  "The PIN is missing: give it with --pin, or in ENUM_PHONE_PIN, or run this where it can be asked for.",
);

/** For one response: nothing on this phone can say whether it is the right one. */
export async function askPin(ports: PhonePorts, options: Options): Promise<Outcome<Pin>> {
  const typed = options.pin ?? ports.pin ?? (await ports.terminal.askSecretly("PIN:"));
  return typed === undefined ? NOBODY : inWords(parsePin(typed), PIN);
}

/** For a new pad: asked for twice, since a slip of the finger could never be found out later. */
export async function choosePin(ports: PhonePorts, options: Options): Promise<Outcome<Pin>> {
  const given = options.pin ?? ports.pin;
  if (given !== undefined) return inWords(parsePin(given), PIN);
  const typed = await ports.terminal.askSecretly("Choose a PIN of six digits or more:");
  if (typed === undefined) return NOBODY;
  const pin = inWords(parsePin(typed), PIN);
  if (!pin.ok) return pin;
  const again = await ports.terminal.askSecretly("The same PIN again:");
  return again === typed ? pin : failed("The two PINs are not the same: nothing was sent, so begin again.");
}
