import { type Pin, parsePin } from "../pad.ts";
import { isWeak } from "../weak-pin.ts";
import { failed, inWords, type Outcome } from "./outcome.ts";
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

/** For the first pad. */
export function choosePin(ports: PhonePorts, options: Options): Promise<Outcome<Pin>> {
  return chosen(ports, options.pin ?? ports.pin, "Choose a PIN of six digits or more:");
}

/** For the next, where the PIN that is given elsewhere is the old one; it may be the same again. */
export function chooseNewPin(ports: PhonePorts, options: Options): Promise<Outcome<Pin>> {
  return chosen(ports, options["new-pin"], "Choose the new PIN, of six digits or more:");
}

const WEAK = failed("That PIN is among the first that anybody would try: choose digits without a pattern.");

/** Not one that everybody thinks of first, however it is given. */
function strong(typed: string): Outcome<Pin> {
  const pin = inWords(parsePin(typed), PIN);
  return pin.ok && isWeak(pin.value) ? WEAK : pin;
}

/** Asked for twice, since a slip of the finger could never be found out later. */
async function chosen(ports: PhonePorts, given: string | undefined, question: string): Promise<Outcome<Pin>> {
  if (given !== undefined) return strong(given);
  const typed = await ports.terminal.askSecretly(question);
  if (typed === undefined) return NOBODY;
  const pin = strong(typed);
  if (!pin.ok) return pin;
  const again = await ports.terminal.askSecretly("The same PIN again:");
  return again === typed ? pin : failed("The two PINs are not the same: nothing was sent, so begin again.");
}
