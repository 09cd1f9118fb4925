import { describe, expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { kindOf, parseSearch, typesOf, writeCursor } from "../../src/history/rules.ts";

const NOVEMBER_25 = Date.UTC(2026, 10, 25);

describe("a search in the history", () => {
  test("without parameters takes everything", () => {
    const search = parseSearch({});
    expect(search).toMatchObject({ kind: undefined, site: "", from: 0, text: "", before: undefined });
    expect("until" in search && search.until).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("takes both days whole, and a cursor that it has written", () => {
    const before = writeCursor({ at: NOVEMBER_25, id: "a-_b" });
    expect(parseSearch({ from: "2026-11-25", to: "2026-11-25", kind: "device", q: " Pixel ", before })).toEqual({
      kind: "device",
      site: "",
      from: NOVEMBER_25,
      until: NOVEMBER_25 + DAY,
      text: "Pixel",
      before: { at: NOVEMBER_25, id: "a-_b" },
    });
  });

  test.each([
    [{ kind: "nothing" }, "kind"],
    [{ site: ["a", "b"] }, "site"],
    [{ from: "25.11.2026" }, "from"],
    [{ from: "2026-02-30" }, "from"],
    [{ to: "2026-13-01" }, "to"],
    [{ q: "x".repeat(101) }, "q"],
    [{ before: "1" }, "before"],
    [{ before: "1.<b>" }, "before"],
    [{ before: ["1.a", "2.b"] }, "before"],
  ])("%j is refused, and says by which parameter", (query, wrong) => {
    expect(parseSearch(query)).toEqual({ wrong });
  });

  test("every event is of one kind", () => {
    expect(
      ["login.accepted", "operation.confirmed", "device.revoked", "consent.given", "policy.raised"].map(kindOf),
    ).toEqual(["sign-in", "confirmation", "device", "site", "account"]);
    expect(typesOf("device")("enrolment.started")).toBe(true);
    expect(typesOf("device")("login.accepted")).toBe(false);
    expect(typesOf(undefined)("login.accepted")).toBe(true);
  });
});
