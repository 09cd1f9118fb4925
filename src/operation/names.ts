/** Letters of purses, and letters of other scripts that look like them; a word of the same script that ends in one is no purse. */
const LETTERS = [
  ["Latin", "ZEKBGXHLTYFCD"],
  ["Cyrillic", "ЕКВХНТУС"],
  ["Greek", "ΖΕΚΒΧΗΤΥ"],
].map(([script, letters]) => `(?<![\\p{N}\\p{Script=${script}}])[${letters}]`);
/** Whatever signs stand between; a plus begins the number of a telephone. */
const BETWEEN = "[^\\p{L}\\p{N}+]*";
/** In whatever script, and letters that are read as digits. */
const DIGIT = "[\\p{Nd}OОΟIІΙL]";
const TWELVE = `(?:${BETWEEN}${DIGIT}){12}(?!\\p{Nd})`;
const PURSE = new RegExp(`(?:${LETTERS.join("|")})${TWELVE}`, "u");
const WMID = new RegExp(["W", "[MМΜ]", "[IІΙL]", `D${TWELVE}`].join(BETWEEN), "u");
const BARE_WMID = new RegExp(`^(?:${BETWEEN}\\p{Nd}){12}[^\\p{L}\\p{N}]*$`, "u");

/**
 * Whether a name is written as a purse or a WMID is, by somebody who wants it to be taken for one. A payee without a name is called by its purse,
 * so that a site could name a known purse in the sentence about a payment to another.
 */
export function readsAsRecipient(name: string): boolean {
  const text = name.normalize("NFKC").toUpperCase();
  return [PURSE, WMID, BARE_WMID].some((written) => written.test(text));
}

/** Two slashes after a colon, as programs write them or as people read them. */
const ADDRESS = /:\s*[/\\\u2044\u2215\u29f8]\s*[/\\\u2044\u2215\u29f8]/u;

/**
 * Whether a name is written as a web address with its scheme, which mail and SMS programs make a link of, in a message of ours. A bare
 * `books.example` is what many a shop is called, and a stop and a slash are in many a name (`г.Москва/Центр`).
 */
export function readsAsAddress(name: string): boolean {
  return ADDRESS.test(name.normalize("NFKC"));
}
