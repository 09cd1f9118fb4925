import type { Reporter, TestCase } from "vitest/node";

/** Ends the run with the one line that CI reads: `N passed, N failed`. A file that could not be loaded counts as a failure. */
export default class ClosingLine implements Reporter {
  #passed = 0;
  #failed = 0;

  onTestCaseResult(testCase: TestCase): void {
    const { state } = testCase.result();
    if (state === "passed") this.#passed += 1;
    if (state === "failed") this.#failed += 1;
  }

  onTestRunEnd(modules: readonly { errors(): readonly unknown[] }[], errors: readonly unknown[]): void {
    const failed = this.#failed + errors.length + modules.filter((module) => module.errors().length > 0).length;
    process.on("exit", () => console.log(`${this.#passed} passed, ${failed} failed`));
  }
}
