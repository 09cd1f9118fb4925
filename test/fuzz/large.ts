import { expect, inject, it } from "vitest";
import { BY_SMS } from "../support/by-sms.ts";
import { BY_CERTIFICATE } from "../support/certificate-proxy.ts";
import { createWorld, type WorldOptions } from "../support/world.ts";
import { describeFindings, describeTally, fuzz, growth, residentGrowth } from "./fuzz.ts";
import { mutators } from "./mutators.ts";
import { CLIENTS, PUSH } from "./states.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Drawn once for all parts of a run, which share the routes by it. */
    fuzzSeed: string;
  }
}

const PARTS = 3;
/** On the way to production a proxy's headers are believed, and what is for developers is not there. */
const WORLDS: readonly WorldOptions[] = [{}, { production: true, config: { trustProxy: true } }, {}];

/** What every attacker begins with. */
const USUAL = new Set([
  "wrongType",
  "fieldMissing",
  "fieldDoubled",
  "fieldHuge",
  "nul",
  "badUtf8",
  "badJson",
  "wrongContentType",
  "wrongMethod",
  "foreignOrigin",
  "expiredCookies",
  "foreignCookies",
]);

/** `FUZZ_TIMES` is how often each of these meets each route; two minutes on two cores. The others come less often, but where they have many ways of being wrong. */
function howOften(mutator: string, { path }: { path: string }): number {
  const { FUZZ_TIMES: times = "20" } = process.env;
  const manifold = mutator === "protocolValues" || (mutator === "forgedProof" && path.startsWith("/device/"));
  return USUAL.has(mutator) || manifold ? Number(times) : Math.ceil(Number(times) * 0.4);
}

/**
 * One of the processes of `npm run test:fuzz`, each with its part of the routes; which part, the seed decides.
 * `FUZZ_SEED` repeats a run, `FUZZ_ONLY` one route's part of it.
 */
export function largeRun(nth: number): void {
  it(`every route meets every mutator (part ${nth + 1} of ${PARTS})`, async () => {
    const { FUZZ_SEED: seed = inject("fuzzSeed"), FUZZ_ONLY: only = "" } = process.env;
    const config = { ...BY_CERTIFICATE, ...WORLDS[nth]?.config };
    await using world = await createWorld({ ...WORLDS[nth], config, clients: CLIENTS, policy: BY_SMS, push: PUSH });
    const tally = await fuzz(world, { seed, only, times: howOften, part: { nth, of: PARTS } });
    console.log([`fuzz, part ${nth + 1} of ${PARTS}: FUZZ_SEED=${seed}`, ...describeTally(tally)].join("\n  "));
    expect(describeFindings(tally.findings)).toBe("");
    expect(growth(tally)).toBe("");
    expect(residentGrowth(tally)).toBe("");
    if (only === "") expect(tally.mutators.size).toBe(mutators.size);
  });
}
