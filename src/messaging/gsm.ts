/**
 * What an SMS can hold (3GPP TS 23.038 section 6.2.1, TS 23.040 section 9.2.3.24.1): 140 octets, as 160 septets of the GSM alphabet or
 * 70 units of UCS-2; of a longer text each part gives six octets to the header that joins it with the others.
 */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Two septets each. */
const EXTENSION = new Set("\f^{}\\[~]|€");

const GSM = { whole: 160, part: 153 };
const UCS2 = { whole: 70, part: 67 };

/** Whether each of its characters is in the GSM alphabet; else the whole text goes as UCS-2. */
export function isGsm(text: string): boolean {
  return Array.from(text).every((character) => BASIC.has(character) || EXTENSION.has(character));
}

/** How many SMS a text takes, which is what is paid for. No character is cut in two. */
export function segmentsOf(text: string): number {
  const gsm = isGsm(text);
  const { whole, part } = gsm ? GSM : UCS2;
  const lengths = Array.from(text, (character) => (gsm && EXTENSION.has(character) ? 2 : character.length));
  if (lengths.reduce((sum, length) => sum + length, 0) <= whole) return 1;
  let [segments, filled] = [1, 0];
  for (const length of lengths) {
    if (filled + length > part) [segments, filled] = [segments + 1, 0];
    filled += length;
  }
  return segments;
}
