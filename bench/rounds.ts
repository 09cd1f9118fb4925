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

/**
 * Of one server in one round. A disturbance of a second or two would else find one server at work and miss another: with turns, all have their
 * share of it.
 */
const TURN = 60;

/** Runs every server in every round, in turns, each time in another order, so that what disturbs the machine disturbs all of them alike. */
export async function runRounds<Name extends string>(
  variants: readonly Runner<Name>[],
  options: RoundOptions,
): Promise<Map<Name, Round[]>> {
  const begun = new Map<Name, number>();
  const run = async (variant: Runner<Name>, size: TurnSize): Promise<Round> => {
    const begin = begun.get(variant.name) ?? 0;
    const round = await runTurn(variant, begin, size);
    begun.set(variant.name, begin + round.times.length);
    return round;
  };
  const { concurrency } = options;
  // The first logins are compiled as they run.
  for (const variant of variants) await run(variant, { logins: options.logins, milliseconds: ROUND_MS, concurrency });
  const done = new Map<Name, Round[]>(variants.map(({ name }) => [name, []]));
  const sizes = turnsOf(options.logins).map((logins, _, { length }) => ({
    logins,
    milliseconds: ROUND_MS / length,
    concurrency,
  }));
  for (let round = 0; round < options.rounds; round += 1) {
    const turns = new Map<Name, Round[]>(variants.map(({ name }) => [name, []]));
    for (const [turn, size] of sizes.entries()) {
      for (let place = 0; place < variants.length; place += 1) {
        const variant = variants[(round + turn + place) % variants.length];
        if (variant !== undefined) turns.get(variant.name)?.push(await run(variant, size));
      }
    }
    for (const [name, parts] of turns) done.get(name)?.push(joined(parts));
  }
  return done;
}

function turnsOf(logins: number): number[] {
  const whole = Array<number>(Math.floor(logins / TURN)).fill(TURN);
  return logins % TURN === 0 ? whole : [...whole, logins % TURN];
}

function joined(turns: readonly Round[]): Round {
  const logins = turns.reduce((sum, { times }) => sum + times.length, 0);
  const each = (figure: (turn: Round) => number) =>
    turns.reduce((sum, turn) => sum + figure(turn) * turn.times.length, 0) / logins;
  return {
    loginsPerSecond: 1 / each(({ loginsPerSecond }) => 1 / loginsPerSecond),
    times: turns.flatMap(({ times }) => times),
    cpuMs: each(({ cpuMs }) => cpuMs),
    rssMb: Math.max(...turns.map(({ rssMb }) => rssMb)),
    roundTrips: each(({ roundTrips }) => roundTrips),
  };
}

interface TurnSize extends Pick<RoundOptions, "logins" | "concurrency"> {
  /** No more begin then. */
  milliseconds: number;
}

async function runTurn(
  variant: Runner<string>,
  begin: number,
  { logins, milliseconds, concurrency }: TurnSize,
): Promise<Round> {
  const browsers = await Promise.all(
    Array.from({ length: Math.min(concurrency, logins) }, () => openBrowser(variant.port)),
  );
  const times: number[] = [];
  let next = begin;
  const before = await variant.usage();
  const started = performance.now();
  const one = async (browser: Browser) => {
    while (next < begin + logins && performance.now() - started < milliseconds) {
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
