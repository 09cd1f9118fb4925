import { defineConfig } from "vitest/config";

const postgres = ["test/**/*.postgres.test.ts"];
/** Run once more on PostgreSQL, as they are. */
const onBoth = [
  "login",
  "registration",
  "protocol",
  "confirmation",
  "races",
  "account",
  "device",
  "limits",
  "storage",
  "sweep",
  "health",
  "fuzz",
].map((room) => `test/${room}/**/*.test.ts`);
const journeys = ["test/**/*.journey.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/closing-line.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: ["test/**/*.test.ts"],
          exclude: [...postgres, ...journeys],
          maxWorkers: 2,
          provide: { engine: "sqlite" },
        },
      },
      {
        extends: true,
        test: {
          name: "postgres",
          include: [...postgres, ...onBoth],
          provide: { engine: "postgres" },
          globalSetup: ["test/support/postgres.ts"],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "journeys",
          include: journeys,
          provide: { engine: "sqlite" },
          testTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
