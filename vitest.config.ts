import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongFirst } from "./test/support/long-first.ts";

const postgres = ["test/**/*.postgres.test.ts"];
const inRoom = (room: string) => `test/${room}/**/*.test.ts`;

/** What stands beside signing in and confirming: these rooms run on PostgreSQL as well, so that `quick` can do without them. */
const roomsBeside = [
  "certificate",
  "contact",
  "health",
  "notice",
  "passkey",
  "push",
  "races",
  "recovery",
  "request",
  "storage",
  "stored-keys",
  "sweep",
  "till-code",
];
/** With what other rooms have of it: a person's own devices, requests without a browser, sites that are told of a sign-out, and what every store must do. */
const beside = [
  ...roomsBeside.map(inRoom),
  "test/device/own-*.test.ts",
  "test/protocol/ciba*.test.ts",
  "test/protocol/*-channel-logout.test.ts",
  inRoom("conformance"),
];
/** Run once more on PostgreSQL, as they are. */
const onBoth = [
  "account",
  "confirmation",
  "device",
  "fuzz",
  "joining",
  "limits",
  "login",
  "policy",
  "protocol",
  "registration",
  ...roomsBeside,
].map(inRoom);
const journeys = ["test/**/*.journey.test.ts"];
/** Those that start whole processes, many of them (the server, the demo, the command-line phone, the bench), let one die in many places, or keep one busy with some thousand bad requests. */
const processes = ["examples", "main", "bench", "faults", "fuzz"].map(inRoom).concat("test/phone/session.test.ts");

/** One kind after the other, by three: one more than the smallest machine has cores, since many tests wait for something outside. */
const turn = (groupOrder: number) => ({ maxWorkers: 3, sequence: { groupOrder } });

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/closing-line.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    globalSetup: ["test/support/templates.ts"],
    // Modules hold no state, so that a worker may load them once instead of once for each file.
    isolate: false,
    // Node itself loads the modules, as it does where the program runs: nothing is transformed before, and an import that only a bundler understands fails here too.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: LongFirst },
    // What one process has compiled the next takes: a start costs two thirds of what it did, and the tests start hundreds.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url)) },
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: ["test/**/*.test.ts"],
          exclude: [...postgres, ...journeys, ...processes, ...beside],
          ...turn(0),
          provide: { engine: "sqlite" },
        },
      },
      {
        extends: true,
        test: {
          name: "beside",
          include: beside,
          exclude: [...postgres, ...journeys],
          ...turn(1),
          provide: { engine: "sqlite" },
        },
      },
      {
        extends: true,
        test: {
          name: "processes",
          include: processes,
          exclude: [...postgres, ...journeys],
          provide: { engine: "sqlite" },
          // A start takes two seconds on an idle machine, and ten where two of them share a busy one.
          testTimeout: 90_000,
          ...turn(2),
        },
      },
      {
        extends: true,
        test: {
          name: "postgres",
          include: [...postgres, ...onBoth],
          provide: { engine: "postgres" },
          globalSetup: ["test/support/templates.ts", "test/support/postgres.ts"],
          ...turn(3),
        },
      },
      {
        extends: true,
        test: {
          name: "journeys",
          include: journeys,
          provide: { engine: "sqlite" },
          globalSetup: ["test/support/templates.ts", "test/support/sound-shapes.ts"],
          testTimeout: 120_000,
          // A page that is waited for comes by several requests: the one second that is usual is not enough on a busy machine.
          expect: { poll: { timeout: 15_000 } },
          // A browser is no part of ours, and it loses something now and then; the run's end tells where.
          retry: 1,
          ...turn(4),
        },
      },
    ],
  },
});
