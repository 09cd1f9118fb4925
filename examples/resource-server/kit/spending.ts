/** Where what was confirmed is spent. */
export interface Spending {
  /**
   * True for the first who comes with this `txn`, false for everybody after, however many come at once and to however many processes.
   * A database does it by one statement: `INSERT INTO spent (txn, until) VALUES (?, ?) ON CONFLICT DO NOTHING`, and looks at the number
   * of rows. It is on disk before the answer is true. `until`, in seconds since 1970, is when the token ends: then the row may go.
   */
  spend(txn: string, until: number): Promise<boolean>;
}

/** Two clocks may differ by so much; a `txn` is kept so much longer than its token lives. */
const TOLERANCE = 300;

/** For one process alone, and until it ends: the tokens that it has spent then live for ten minutes at most. */
export function createMemorySpending(now: () => number = () => Date.now()): Spending {
  const spent = new Map<string, number>();
  return {
    async spend(txn, until) {
      for (const [old, end] of spent) {
        if (end + TOLERANCE < now() / 1000) spent.delete(old);
      }
      // Nothing is awaited between the look and the mark.
      if (spent.has(txn)) return false;
      spent.set(txn, until);
      return true;
    },
  };
}
