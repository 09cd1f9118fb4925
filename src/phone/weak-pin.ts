import type { Pin } from "./pad.ts";

/** Along the keys of a telephone or a keyboard, and what is chosen most often (by Data Genetics and Markert et al. 2020, in six digits). */
const WELL_TRODDEN = [
  "147258",
  "258369",
  "159753",
  "147369",
  "789456",
  "456789",
  "520131",
  "102030",
  "112233",
] as const;

/** Whether it is among the first that anybody would try: one digit or a short pattern again and again, a run, pairs, or the same backwards. */
export function isWeak(pin: Pin): boolean {
  return repeats(pin) || runs(pin) || pairs(pin) || mirrors(pin) || WELL_TRODDEN.some((path) => pin.startsWith(path));
}

/** `000000`, `121212`, `123123`. */
function repeats(pin: string): boolean {
  const lengths = [1, 2, 3, 4, 6].filter((length) => length * 2 <= pin.length);
  return lengths.some((length) => pin === pin.slice(0, length).repeat(pin.length).slice(0, pin.length));
}

/** `123456`, `098765`, `024680`: each digit as far from the one before as that from its own. */
function runs(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, at) => (Number(digit) - Number(pin[at]) + 10) % 10);
  return new Set(steps).size === 1;
}

/** `112233`, `998877`. */
function pairs(pin: string): boolean {
  const firsts = [...pin].filter((_, at) => at % 2 === 0).join("");
  return [...pin].every((digit, at) => digit === pin[at - (at % 2)]) && runs(firsts);
}

/** `123321`, `456654`. */
function mirrors(pin: string): boolean {
  const half = pin.slice(0, pin.length / 2);
  return pin === half + [...half].toReversed().join("") && runs(half);
}
