import type { Place, Sealer } from "../secrecy.ts";

/** A sealer of texts that still knows the last ones. */
export interface SealedTexts {
  seal(text: string, place: Place): string;
  /** Throws as the sealer does, but for what it has sealed or opened itself in the same place. */
  open(sealed: string, place: Place): string;
}

/**
 * A sign-in reads the same few records in each of its requests, and most of them this process has sealed a moment ago: what it still knows
 * need not be decrypted. Known texts are found by what they are sealed as, which comes from the database each time and is never the same
 * twice, so that a text is neither older than its row nor another row's. `most` bounds how many are kept, the oldest going first.
 */
export function createSealedTexts(sealer: Sealer, most: number): SealedTexts {
  const known = new Map<string, { row: string; text: string }>();
  const remember = (sealed: string, { row }: Place, text: string) => {
    known.set(sealed, { row, text });
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
  };
  return {
    seal(text, place) {
      const sealed = sealer.seal(text, place);
      remember(sealed, place, text);
      return sealed;
    },
    open(sealed, place) {
      const found = known.get(sealed);
      if (found?.row === place.row) return found.text;
      const text = sealer.open(sealed, place).toString();
      remember(sealed, place, text);
      return text;
    },
  };
}
