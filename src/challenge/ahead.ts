import type { ChallengeRow } from "./store.ts";

/** What one HTTP request has read of the newest challenge of its context before it was asked for. */
export interface Ahead {
  /** Undefined where the context has none. */
  keep(context: string, row: ChallengeRow | undefined): void;
  /** Gives it once: whoever asks again wants to know what has become of it. */
  take(context: string): { row: ChallengeRow | undefined } | undefined;
  /** Whatever is about to change it makes it old. */
  forget(): void;
}

/** Without a request, nothing is kept. */
export function createAhead(request: () => object | undefined): Ahead {
  const kept = new WeakMap<object, { context: string; row: ChallengeRow | undefined }>();
  const forget = () => {
    const current = request();
    if (current !== undefined) kept.delete(current);
  };
  return {
    keep(context, row) {
      const current = request();
      if (current !== undefined) kept.set(current, { context, row });
    },
    take(context) {
      const current = request();
      const found = current === undefined ? undefined : kept.get(current);
      forget();
      return found?.context === context ? found : undefined;
    },
    forget,
  };
}
