import { expect, it } from "vitest";
import { BY_SMS } from "../support/by-sms.ts";
import { BY_CERTIFICATE } from "../support/certificate-proxy.ts";
import { createWorld } from "../support/world.ts";
import { describeFindings, describeTally, fuzz, growth } from "./fuzz.ts";
import { mutators } from "./mutators.ts";
import { CLIENTS, PUSH } from "./states.ts";

/** The same requests each time, so that a change is what breaks it; `npm run test:fuzz` throws new ones, and many more. */
const { FUZZ_SEED: seed = "smoke", FUZZ_ONLY: only = "" } = process.env;
/** As many of the mutators for each route, in turn, as give each of both twenty requests. */
const EACH = 20;

it("no spoiled request gets a 5xx, a silence, a secret into the log, or an answer that does not say what was wrong", async () => {
  await using world = await createWorld({ clients: CLIENTS, policy: BY_SMS, push: PUSH, config: BY_CERTIFICATE });
  const tally = await fuzz(world, { seed, only, mutatorsEach: EACH, times: () => 1 });
  console.log([`fuzz: FUZZ_SEED=${seed}`, ...describeTally(tally)].join("\n  "));
  expect(describeFindings(tally.findings)).toBe("");
  expect(growth(tally)).toBe("");
  if (only !== "") return;
  expect(tally.mutators.size).toBe(mutators.size);
  expect(Math.min(...tally.mutators.values(), ...tally.routes.values())).toBeGreaterThanOrEqual(20);
}, 180_000);
