import { randomBytes } from "node:crypto";
import { type Browser, openBrowser } from "./client.ts";
import { areaUnderCurve, quantile, rounded } from "./figures.ts";
import { addressOf, answer, arrive, ask, challengeOn } from "./logins.ts";
import type { Variant } from "./variants.ts";

/** The chance of telling an account from an unknown identifier by one answer's time (0.5 is a coin), and the medians in milliseconds. */
export interface Distinction {
  area: number;
  known_p50_ms: number;
  unknown_p50_ms: number;
}

export interface Timing {
  /** Typing the identifier: a challenge is asked for. */
  ask: Distinction;
  /** Giving a wrong response to it. */
  answer: Distinction;
}

interface Tries {
  ask: number[];
  answer: number[];
}

/** Pairs of tries that are made and not counted. */
const WARM_UP = 50;

export function accountsFor(pairs: number): number {
  return pairs + Math.min(WARM_UP, pairs);
}

/**
 * Tries known and unknown identifiers one after the other, a coin saying which of each pair is first, so that neither falls
 * into step with what the server does now and then. Each account and each unknown identifier is tried once, so that nothing locks.
 */
export async function runTiming(variant: Variant, pairs: number): Promise<Timing> {
  const browser = await openBrowser(variant.port);
  const known: Tries = { ask: [], answer: [] };
  const unknown: Tries = { ask: [], answer: [] };
  const warmUp = accountsFor(pairs) - pairs;
  for (let pair = -warmUp; pair < pairs; pair += 1) {
    const person = variant.people.at(pair);
    if (person === undefined) throw new Error("there are fewer accounts than tries");
    const tries = [
      { identifier: person.identifier, times: known },
      // As long as a known one, so that nothing but the account differs.
      { identifier: `nobody${pair + warmUp}@example.com`.slice(-person.identifier.length), times: unknown },
    ];
    if ((randomBytes(1)[0] ?? 0) % 2 === 1) tries.reverse();
    for (const [place, { identifier, times }] of tries.entries()) {
      const taken = await wrongTry(browser, (pair + warmUp) * 2 + place, identifier);
      if (pair < 0) continue;
      times.ask.push(taken.ask);
      times.answer.push(taken.answer);
    }
  }
  browser.close();
  return { ask: distinction(known.ask, unknown.ask), answer: distinction(known.answer, unknown.answer) };
}

async function wrongTry(browser: Browser, turn: number, identifier: string): Promise<{ ask: number; answer: number }> {
  browser.begin(addressOf(turn));
  const interaction = await arrive(browser, randomBytes(32).toString("base64url"));
  const [page, asked] = await timed(() => ask(browser, interaction, identifier));
  await challengeOn(browser, page);
  // Right once in ten million times.
  const wrong = String(randomBytes(4).readUInt32BE() % 10 ** 7).padStart(7, "0");
  const [refused, answered] = await timed(() => answer(browser, page, wrong));
  if (refused.status !== 422) throw new Error(`${refused.status} instead of 422 for a wrong response`);
  return { ask: asked, answer: answered };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const since = performance.now();
  const result = await work();
  return [result, performance.now() - since];
}

function distinction(known: readonly number[], unknown: readonly number[]): Distinction {
  return {
    area: rounded(areaUnderCurve(known, unknown), 3),
    known_p50_ms: rounded(quantile(known, 0.5), 2),
    unknown_p50_ms: rounded(quantile(unknown, 0.5), 2),
  };
}
