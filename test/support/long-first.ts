import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The pages, which are looked at by hundreds out of files of a few lines. */
const LONG = /\/test\/pages\/(first|second)-half\.journey\.test\.ts$/;

/** vitest begins with what took longest, or on a new machine with the largest file: files that are long and small would be a project's last, and idle its other workers. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...new Set(sorted.map(({ project }) => project))].flatMap((project) => {
      const own = sorted.filter((one) => one.project === project);
      const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
      return [...own.filter(isLong), ...own.filter((one) => !isLong(one))];
    });
  }
}
