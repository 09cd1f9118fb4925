/** What stands at the end of a run of the tests. */
import { expect, it } from "vitest";
import ClosingLine from "./support/closing-line.ts";

/** A test that was tried; its errors are those of all tries. */
const tried = (fullName: string, state: "passed" | "failed", flaky: boolean, ...messages: readonly string[]) => ({
  fullName,
  module: { relativeModuleId: "test/a.journey.test.ts" },
  result: () => ({ state, errors: messages.length > 0 ? messages.map((message) => ({ message })) : undefined }),
  diagnostic: () => ({ flaky }),
});

it("counts what passed and what failed, and files that could not be loaded", () => {
  const reporter = new ClosingLine();
  reporter.onTestCaseResult(tried("one", "passed", false));
  reporter.onTestCaseResult(tried("two", "passed", false));
  reporter.onTestCaseResult(tried("three", "failed", false, "expected 1 to be 2"));
  expect(reporter.closing(1, 1)).toEqual(["2 passed, 2 failed"]);
});

it("counts a failure where nothing but the exit code tells of one", () => {
  expect(new ClosingLine().closing(1, 0)).toEqual(["0 passed, 1 failed"]);
  expect(new ClosingLine().closing(0, 0)).toEqual(["0 passed, 0 failed"]);
});

it("says why a test that passed at its second try failed at its first, in one line", () => {
  const reporter = new ClosingLine();
  reporter.onTestCaseResult(tried("a sign-in", "passed", true, "no heading\nCall log:\n  - waiting", "no button"));
  expect(reporter.closing(0, 0)).toEqual([
    "passed at its second try: test/a.journey.test.ts > a sign-in",
    "  its first try: no heading",
    "1 passed, 0 failed",
  ]);
});
