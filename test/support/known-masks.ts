import { vi } from "vitest";

const known = new Map<string, Promise<ArrayBuffer>>();

/**
 * Until what is given is called, PBKDF2 of the same PIN, salt and rounds is computed once and then known: by PROTOCOL section 5 it takes a
 * tenth of a second of a processor, and the phone of one test opens the same pad again and again.
 */
export function rememberMasks(): () => void {
  const { subtle } = crypto;
  // Somebody else's phone is in the same test, and remembers for both.
  if (vi.isMockFunction(subtle.deriveBits)) return () => undefined;
  const pins = new WeakMap<CryptoKey, string>();
  const importKey = subtle.importKey.bind(subtle) as (...given: unknown[]) => Promise<CryptoKey>;
  const deriveBits = subtle.deriveBits.bind(subtle);
  const imported = vi.spyOn(subtle, "importKey").mockImplementation(async (...given: unknown[]) => {
    const key = await importKey(...given);
    const [, secret, name] = given;
    if (name === "PBKDF2" && secret instanceof Uint8Array) pins.set(key, Buffer.from(secret).toString("hex"));
    return key;
  });
  const derived = vi.spyOn(subtle, "deriveBits").mockImplementation((how, key, length) => {
    const pin = pins.get(key);
    if (pin === undefined || typeof how === "string" || !("salt" in how) || !("iterations" in how))
      return deriveBits(how, key, length);
    const { salt, iterations, hash } = how;
    if (!(salt instanceof Uint8Array)) return deriveBits(how, key, length);
    const all = JSON.stringify([pin, Buffer.from(salt).toString("hex"), iterations, hash, length]);
    const mask = known.get(all) ?? deriveBits(how, key, length);
    known.set(all, mask);
    return mask;
  });
  return () => {
    imported.mockRestore();
    derived.mockRestore();
  };
}
