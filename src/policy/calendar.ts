import type { Millis } from "../clock.ts";
import type { Window } from "./policy-file.ts";

/** Calendar periods in the operator's time zone: a limit for a day ends at midnight there, and not 24 hours after the first payment. */

const DAY_MS = 86_400_000;

/** The first day of the period that a time is in, as `2026-11-25`; a week begins on Monday (ISO 8601). */
export function periodOf(window: Window, at: Millis, timeZone: string): string {
  const today = dateIn(at, timeZone);
  switch (window) {
    case "day":
      return today;
    case "week": {
      const midnight = Date.parse(`${today}T00:00:00Z`);
      const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7;
      return new Date(midnight - sinceMonday * DAY_MS).toISOString().slice(0, 10);
    }
    case "month":
      return `${today.slice(0, 7)}-01`;
    default:
      return window satisfies never;
  }
}

/** A time after which the period is over, wherever in the world: for whoever deletes what is of no use. */
export function endOf(window: Window, period: string): Millis {
  const days = { day: 1, week: 7, month: 31 }[window];
  // The westernmost clocks are 12 hours behind UTC.
  return Date.parse(`${period}T00:00:00Z`) + (days + 1) * DAY_MS;
}

function dateIn(at: Millis, timeZone: string): string {
  const parts = formatter(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
}
