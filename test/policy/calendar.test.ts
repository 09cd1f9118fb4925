import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOf, periodOf } from "../../src/policy/calendar.ts";
import { WINDOWS } from "../../src/policy/policy-file.ts";

const at = (text: string) => Date.parse(text);

describe("a calendar period", () => {
  it("begins at midnight of the operator's time zone", () => {
    expect(periodOf("day", at("2026-11-25T20:59:59Z"), "Europe/Moscow")).toBe("2026-11-25");
    expect(periodOf("day", at("2026-11-25T21:00:00Z"), "Europe/Moscow")).toBe("2026-11-26");
    expect(periodOf("day", at("2026-11-25T21:00:00Z"), "UTC")).toBe("2026-11-25");
    expect(periodOf("day", at("2026-11-26T04:59:59Z"), "America/New_York")).toBe("2026-11-25");
  });

  it("is a week from Monday on, also where it crosses months and years", () => {
    expect(periodOf("week", at("2026-11-23T00:00:00Z"), "UTC")).toBe("2026-11-23");
    expect(periodOf("week", at("2026-11-29T23:59:59Z"), "UTC")).toBe("2026-11-23");
    expect(periodOf("week", at("2026-12-02T12:00:00Z"), "UTC")).toBe("2026-11-30");
    expect(periodOf("week", at("2027-01-03T12:00:00Z"), "UTC")).toBe("2026-12-28");
  });

  it("is a month from its first day on", () => {
    expect(periodOf("month", at("2026-11-30T21:30:00Z"), "Europe/Moscow")).toBe("2026-12-01");
    expect(periodOf("month", at("2026-11-30T21:30:00Z"), "UTC")).toBe("2026-11-01");
  });

  it("keeps its hour where clocks are put back and forward", () => {
    expect(periodOf("day", at("2026-10-25T22:59:59Z"), "Europe/Berlin")).toBe("2026-10-25");
    expect(periodOf("day", at("2026-10-25T23:00:00Z"), "Europe/Berlin")).toBe("2026-10-26");
    expect(periodOf("day", at("2026-03-29T21:59:59Z"), "Europe/Berlin")).toBe("2026-03-29");
    expect(periodOf("day", at("2026-03-29T22:00:00Z"), "Europe/Berlin")).toBe("2026-03-30");
  });

  it("is over, wherever in the world, before what was counted in it is deleted", () => {
    const zones = fc.constantFrom("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Europe/Moscow");
    const times = fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2030-01-01T00:00:00Z") });
    fc.assert(
      fc.property(fc.constantFrom(...WINDOWS), times, zones, (window, time, zone) => {
        const period = periodOf(window, time, zone);
        expect(endOf(window, period)).toBeGreaterThan(time);
        expect(periodOf(window, endOf(window, period), zone)).not.toBe(period);
      }),
    );
  });
});
