/** Of purses, and letters of other scripts that look like them. */
const LETTER = "[ZEKBGXHLTYFCDЕКВХНТУСΖΕΚΒΧΗΤΥ]";
/** In whatever script, and with whatever signs between them. */
const DIGITS = "(?:[^\\p{L}\\p{N}]*\\p{Nd}){12}(?![^\\p{L}\\p{N}]*\\p{Nd})";
const PURSE = new RegExp(`(?<![\\p{L}\\p{N}])${LETTER}${DIGITS}`, "u");
const WMID = new RegExp(`WMID${DIGITS}|^${DIGITS}[^\\p{L}\\p{N}]*$`, "u");

/**
 * Whether a person would take a name for a purse or a WMID. A payee without a name is called by its purse, so that a site could name a known
 * purse in the sentence about a payment to another.
 */
export function readsAsRecipient(name: string): boolean {
  const text = name.normalize("NFKC").toUpperCase();
  return PURSE.test(text) || WMID.test(text);
}
