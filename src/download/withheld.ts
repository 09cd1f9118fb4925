/** What of an event its owner is not told (`audit/events.ts`): who of the people who run the provider did it, and why, in words of their own. */
import type { EventRow } from "./store.ts";

const OF_OPERATOR: readonly string[] = ["operator", "why"];
/** Elsewhere a `reason` is one of our own words. */
const REASON_OF_OPERATOR: readonly string[] = ["account.deletion-asked"];

/** The event without that; all else stays as it was appended. */
export function withoutOperator(row: EventRow): EventRow {
  const detail: Readonly<Record<string, unknown>> = JSON.parse(String(row["detail"]));
  const reasoned = REASON_OF_OPERATOR.includes(String(row["type"]));
  const told = Object.entries(detail).filter(
    ([name]) => !OF_OPERATOR.includes(name) && !(reasoned && name === "reason"),
  );
  return { ...row, detail: JSON.stringify(Object.fromEntries(told)) };
}
