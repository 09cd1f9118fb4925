import type { Reporter, TestCase } from "vitest/node";

/**
 * Ends the run with the one line that CI reads: `N passed, N failed`. A file that could not be loaded counts as a failure, and so does a run that could not begin.
 * Before it stands each test that passed at its second try alone: one that is named there again is to be mended.
 */
export default class ClosingLine implements Reporter {
  #passed = 0;
  #failed = 0;
  #second: string[] = [];

  onTestCaseResult(testCase: TestCase): void {
    const { state } = testCase.result();
    if (state === "passed") this.#passed += 1;
    if (state === "failed") this.#failed += 1;
    if (testCase.diagnostic()?.flaky) this.#second.push(`${testCase.module.relativeModuleId} > ${testCase.fullName}`);
  }

  onTestRunEnd(modules: readonly { errors(): readonly unknown[] }[], errors: readonly unknown[]): void {
    const failed = this.#failed + errors.length + modules.filter((module) => module.errors().length > 0).length;
    // What fails before any test does, such as the database server's start, is told to no reporter but makes the exit code.
    const counted = (code: number) => (code === 0 ? failed : Math.max(1, failed));
    process.on("exit", (code) => {
      for (const name of this.#second) console.log(`passed at its second try: ${name}`);
      console.log(`${this.#passed} passed, ${counted(code)} failed`);
    });
  }
}
