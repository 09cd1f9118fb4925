import { setTimeout as delay } from "node:timers/promises";
import { quantile, rounded } from "./figures.ts";
import type { Filling } from "./filling.ts";
import { type Result, type Round, type RoundOptions, runRounds, summary } from "./rounds.ts";
import { startVariants, type VariantName } from "./variants.ts";

/** A database with a thousand accounts and nothing that has expired, and one that has grown, at which the sweep is at work. */
export interface Growth {
  few: Result;
  many: Result;
  p95_ratio: number;
}

/** Who signs in; the others are there. */
const PEOPLE = 200;
const FEW: Filling = { accounts: 800, expired: 0 };

/** `seconds`: how long the grown one has been up before the first sign-in; the sweep begins a minute after its start. */
export async function runGrowth(
  name: VariantName,
  filling: Filling,
  { seconds, ...size }: RoundOptions & { seconds: number },
): Promise<Growth> {
  const start = (wanted: Filling) =>
    startVariants({ names: [name], accounts: PEOPLE, filling: wanted, profiles: undefined });
  await using many = await start(filling);
  const begun = performance.now();
  await using few = await start(FEW);
  await delay(Math.max(0, seconds * 1_000 - (performance.now() - begun)));
  const runners = [
    ...few.variants.map((variant) => ({ ...variant, name: "few" as const })),
    ...many.variants.map((variant) => ({ ...variant, name: "many" as const })),
  ];
  const rounds = await runRounds(runners, size);
  const [ofFew, ofMany] = [ofAll(rounds.get("few") ?? []), ofAll(rounds.get("many") ?? [])];
  return { few: ofFew, many: ofMany, p95_ratio: rounded(ofMany.p95_ms / ofFew.p95_ms, 2) };
}

/** The times of all rounds: the one that is disturbed least would be that which the sweep has left alone. */
function ofAll(rounds: readonly Round[]): Result {
  const times = rounds.flatMap((round) => round.times);
  return { ...summary(rounds), p50_ms: rounded(quantile(times, 0.5), 1), p95_ms: rounded(quantile(times, 0.95), 1) };
}
