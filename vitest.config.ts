import { defineConfig } from "vitest/config";

const postgres = ["test/**/*.postgres.test.ts"];
const journeys = ["test/**/*.journey.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/closing-line.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "quick", include: ["test/**/*.test.ts"], exclude: [...postgres, ...journeys], maxWorkers: 2 } },
      {
        extends: true,
        test: { name: "postgres", include: postgres, globalSetup: ["test/support/postgres.ts"], maxWorkers: 2 },
      },
      {
        extends: true,
        test: { name: "journeys", include: journeys, testTimeout: 120_000, maxWorkers: 1, fileParallelism: false },
      },
    ],
  },
});
