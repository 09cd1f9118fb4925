import { randomBytes } from "node:crypto";
import { defineConfig } from "vitest/config";

/** Minutes long, so that no other command runs it: `npm run test:fuzz`. */
export default defineConfig({
  test: {
    include: ["test/**/*.fuzz.ts"],
    provide: { engine: "sqlite", fuzzSeed: randomBytes(4).toString("hex") },
    reporters: ["default", "./test/support/closing-line.ts"],
    testTimeout: 900_000,
    hookTimeout: 60_000,
    globalSetup: ["test/support/templates.ts"],
    maxWorkers: 3,
  },
});
