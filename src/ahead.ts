/** What one HTTP request has read before it was asked for, under a key. */
export interface Ahead<Row> {
  /** Undefined where there is no such row. */
  keep(key: string, row: Row | undefined): void;
  /** Gives it once: whoever asks again wants to know what has become of it. */
  take(key: string): { row: Row | undefined } | undefined;
  /** Whatever is about to change it makes it old. */
  forget(): void;
}

/** Without a request, nothing is kept. */
export function createAhead<Row>(request: () => object | undefined): Ahead<Row> {
  const kept = new WeakMap<object, { key: string; row: Row | undefined }>();
  const forget = () => {
    const current = request();
    if (current !== undefined) kept.delete(current);
  };
  return {
    keep(key, row) {
      const current = request();
      if (current !== undefined) kept.set(current, { key, row });
    },
    take(key) {
      const current = request();
      const found = current === undefined ? undefined : kept.get(current);
      forget();
      return found?.key === key ? found : undefined;
    },
    forget,
  };
}
