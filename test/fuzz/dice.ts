/** Chance that can be repeated: the same text gives the same throws. */
export interface Dice {
  /** From 0 to one below. */
  below(sides: number): number;
  pick<T>(list: readonly T[]): T;
  /** True once in so many throws. */
  oneIn(throws: number): boolean;
}

/** mulberry32 on an FNV-1a hash: no secrecy is needed, only that a seed printed yesterday gives the same requests today. */
export function createDice(text: string): Dice {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (sides: number) => Math.floor(next() * sides);
  return {
    below,
    pick(list) {
      const chosen = list[below(list.length)];
      if (chosen === undefined) throw new Error("nothing to pick from");
      return chosen;
    },
    oneIn: (throws) => below(throws) === 0,
  };
}
