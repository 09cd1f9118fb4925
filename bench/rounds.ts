import { type Browser, openBrowser } from "./client.ts";
import { quantile, rounded } from "./figures.ts";
import type { Variant } from "./variants.ts";

/** What one server did; times and CPU are those of the round that was disturbed least, the one with the least CPU for a login. */
export interface Result {
  logins_per_second: number;
  p50_ms: number;
  p95_ms: number;
  /** Of the server's process, all threads; PostgreSQL's own is not in it. */
  cpu_ms_per_login: number;
  /** The highest at the end of a round. */
  rss_mb: number;
  round_trips_per_login: number;
}

export interface RoundOptions {
  rounds: number;
  /** In each round; fewer where its time is over. */
  logins: number;
  /** Logins that go on at once, each in a connection of its own. */
  concurrency: number;
}

/** A server under the name by which its result is told. */
export type Runner<Name extends string> = Pick<Variant, "port" | "login" | "usage"> & { name: Name };

export interface Round {
  loginsPerSecond: number;
  times: number[];
  cpuMs: number;
  rssMb: number;
  roundTrips: number;
}

/** Four servers, five rounds and the warm-up stay below three minutes, on whatever machine. */
const ROUND_MS = 6_000;

/** Runs every server in every round, each round in another order, so that what disturbs the machine disturbs all of them. */
export async function runRounds<Name extends string>(
  variants: readonly Runner<Name>[],
  options: RoundOptions,
): Promise<Map<Name, Round[]>> {
  const turns = new Map<Name, number>();
  const run = async (variant: Runner<Name>): Promise<Round> => {
    const begin = turns.get(variant.name) ?? 0;
    const round = await runRound(variant, begin, options);
    turns.set(variant.name, begin + round.times.length);
    return round;
  };
  // The first logins are compiled as they run.
  for (const variant of variants) await run(variant);
  const done = new Map<Name, Round[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (let place = 0; place < variants.length; place += 1) {
      const variant = variants[(round + place) % variants.length];
      if (variant !== undefined) done.get(variant.name)?.push(await run(variant));
    }
  }
  return done;
}

async function runRound(variant: Runner<string>, begin: number, { logins, concurrency }: RoundOptions): Promise<Round> {
  const browsers = await Promise.all(
    Array.from({ length: Math.min(concurrency, logins) }, () => openBrowser(variant.port)),
  );
  const times: number[] = [];
  let next = begin;
  const before = await variant.usage();
  const started = performance.now();
  const one = async (browser: Browser) => {
    while (next < begin + logins && performance.now() - started < ROUND_MS) {
      const turn = next;
      next += 1;
      const since = performance.now();
      await variant.login(browser, turn);
      times.push(performance.now() - since);
    }
  };
  await Promise.all(browsers.map(one));
  const took = performance.now() - started;
  const after = await variant.usage();
  for (const browser of browsers) browser.close();
  return {
    loginsPerSecond: times.length / (took / 1000),
    times,
    cpuMs: (after.cpuMs - before.cpuMs) / times.length,
    rssMb: after.rssMb,
    roundTrips: (after.roundTrips - before.roundTrips) / times.length,
  };
}

export function summary(rounds: readonly Round[]): Result {
  const best = rounds.reduce((least, round) => (round.cpuMs < least.cpuMs ? round : least));
  return {
    logins_per_second: rounded(best.loginsPerSecond, 1),
    p50_ms: rounded(quantile(best.times, 0.5), 1),
    p95_ms: rounded(quantile(best.times, 0.95), 1),
    cpu_ms_per_login: rounded(best.cpuMs, 3),
    rss_mb: rounded(Math.max(...rounds.map(({ rssMb }) => rssMb)), 0),
    round_trips_per_login: rounded(best.roundTrips, 1),
  };
}
