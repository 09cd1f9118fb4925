import type { Reporter } from "vitest/node";

/** What is read of one of vitest's `TestCase`. */
type Tried = {
  readonly fullName: string;
  readonly module: { readonly relativeModuleId: string };
  /** A test that passed when it was tried again still has the errors of the tries before. */
  result(): { readonly state: string; readonly errors?: readonly { readonly message: string }[] | undefined };
  diagnostic(): { readonly flaky: boolean } | undefined;
};

/**
 * Ends the run with the one line that CI reads: `N passed, N failed`. A file that could not be loaded counts as a failure, and so does a run that could not begin.
 * Before it stands each test that passed at its second try alone, with the first line of what the first try failed by: one that is named there again is to be mended.
 */
export default class ClosingLine implements Reporter {
  #passed = 0;
  #failed = 0;
  #second: string[] = [];

  onTestCaseResult(testCase: Tried): void {
    const { state, errors } = testCase.result();
    if (state === "passed") this.#passed += 1;
    if (state === "failed") this.#failed += 1;
    if (!testCase.diagnostic()?.flaky) return;
    const [why = ""] = errors?.[0]?.message.split("\n") ?? [];
    this.#second.push(
      `passed at its second try: ${testCase.module.relativeModuleId} > ${testCase.fullName}`,
      `  its first try: ${why}`,
    );
  }

  onTestRunEnd(modules: readonly { errors(): readonly unknown[] }[], errors: readonly unknown[]): void {
    const failed = errors.length + modules.filter((module) => module.errors().length > 0).length;
    process.on("exit", (code) => {
      for (const line of this.closing(code, failed)) console.log(line);
    });
  }

  /** The run's last lines, at this exit code and with so many failures that were no test's. */
  closing(code: number, others: number): readonly string[] {
    const failed = this.#failed + others;
    // What fails before any test does, such as the database server's start, is told to no reporter but makes the exit code.
    return [...this.#second, `${this.#passed} passed, ${code === 0 ? failed : Math.max(1, failed)} failed`];
  }
}
