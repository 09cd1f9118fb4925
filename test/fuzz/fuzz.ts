/** Sends every route every kind of spoiled request, in the states in which it matters, and keeps what is wrong with the answers. */
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { MountedRoute } from "../../src/http/listener.ts";
import type { World } from "../support/world.ts";
import { secretsIn } from "./browser.ts";
import { complaints, leaks, PATIENCE } from "./checks.ts";
import { createDice } from "./dice.ts";
import { type Draft, payloadOf, render } from "./draft.ts";
import { mutators } from "./mutators.ts";
import { allRoutes, draftFor, statesFor } from "./requests.ts";
import { createStates, STATES, type State, type StateName } from "./states.ts";
import { exchange, type Reply } from "./wire.ts";

export interface FuzzOptions {
  seed: string;
  /** How many mutators each route meets, all in turn over the routes; all of them where it is left out. */
  mutatorsEach?: number;
  /** How often a mutator is thrown at a route, spread over the route's states. */
  times(mutator: string, route: MountedRoute): number;
  /** Only routes whose name (`POST /token`) has this text. */
  only?: string;
  /** Only this part of the routes, so that two processes can share them. */
  part?: { nth: number; of: number };
}

export interface Finding {
  what: string;
  route: string;
  mutator: string;
  state: StateName;
  request: string;
  reply: string;
}

export interface Tally {
  requests: number;
  routes: ReadonlyMap<string, number>;
  mutators: ReadonlyMap<string, number>;
  states: ReadonlyMap<string, number>;
  statuses: ReadonlyMap<string, number>;
  findings: readonly Finding[];
  slowest: number;
  /** Megabytes of living objects, garbage collected first, after a third of the requests (everything is warm by then), two thirds and all. */
  heap: readonly number[];
  /** Megabytes that the process holds, at the same times. */
  rss: readonly number[];
}

interface Case {
  route: MountedRoute;
  mutator: string;
  n: number;
}

/** After so many requests the log is read, and limits are put back. */
const STRETCH = 25;

export async function fuzz(world: World, options: FuzzOptions): Promise<Tally> {
  const tally = {
    requests: 0,
    routes: new Map(),
    mutators: new Map(),
    states: new Map(),
    statuses: new Map(),
    slowest: 0,
  };
  const findings: Finding[] = [];
  const heap: number[] = [];
  const rss: number[] = [];
  const plan = await planned(world, options);
  const total = [...plan.values()].reduce((sum, cases) => sum + cases.length, 0);
  const states = await createStates(world);
  let given: string[] = [];

  const takeStock = async (state: State) => {
    // A line is written when its connection is closed, which may be a moment after we have the answer.
    await delay(2);
    const said = leaks(world.log.splice(0), new Set([...state.secrets, ...given]));
    findings.push(...said.map((what) => ({ what, route: "", mutator: "", state: state.name, request: "", reply: "" })));
    given = [];
    await states.relent();
  };

  const measurable = (requests: number) => requests >= (total * (heap.length + 1)) / MEASUREMENTS;
  const measure = async () => {
    const { used, resident } = await memory();
    heap.push(used);
    rss.push(resident);
  };

  for (const [name, cases] of plan) {
    let state: State | undefined;
    let doubtful = false;
    for (const each of cases) {
      if (state !== undefined && tally.requests % STRETCH === 0) await takeStock(state);
      if (state === undefined || (doubtful && !(await state.lasts()))) {
        if (state !== undefined) await takeStock(state);
        state = await states.make(name);
      }
      if (measurable(tally.requests)) await measure();
      const sent = await throwOne(world, options.seed, state, each);
      doubtful = mayEnd(sent);
      findings.push(...sent.findings);
      tally.requests += 1;
      tally.slowest = Math.max(tally.slowest, sent.reply.took);
      count(tally.routes, nameOf(each.route));
      count(tally.mutators, each.mutator);
      count(tally.states, name);
      count(tally.statuses, sent.reply.kind === "answer" ? String(sent.reply.status) : sent.reply.kind);
      if (sent.reply.kind === "answer") given.push(...secretsIn(sent.reply));
    }
    if (state !== undefined) await takeStock(state);
  }
  await measure();
  return { ...tally, findings, heap, rss };
}

/** Of memory, in a run: the first third still sees it grow, while code is compiled and caches fill. */
const MEASUREMENTS = 3;

function nameOf({ method, path }: MountedRoute): string {
  return `${method} ${path}`;
}

/** The same for the same seed and the same routes, in the order of the states, so that none is made more often than needed. */
async function planned(
  world: World,
  { seed, mutatorsEach, times, only = "", part = { nth: 0, of: 1 } }: FuzzOptions,
): Promise<Map<StateName, Case[]>> {
  const names = [...mutators.keys()];
  const plan = new Map<StateName, Case[]>(STATES.map((name) => [name, []]));
  let turn = createDice(seed).below(names.length);
  const shift = createDice(`${seed} parts`).below(part.of);
  const isMine = (at: number) => (at + shift) % part.of === part.nth;
  const routes = (await allRoutes(world)).filter((route, at) => isMine(at) && nameOf(route).includes(only));
  for (const route of routes) {
    const states = statesFor(route, world);
    for (let each = 0; each < (mutatorsEach ?? names.length); each += 1) {
      const mutator = names[turn % names.length] ?? "asItStands";
      for (let n = 0; n < times(mutator, route); n += 1) {
        const state = states[(each + n) % states.length];
        if (state !== undefined) plan.get(state)?.push({ route, mutator, n });
      }
      turn += 1;
    }
  }
  return plan;
}

interface Sent {
  draft: Draft;
  reply: Reply;
  findings: Finding[];
}

async function throwOne(world: World, seed: string, state: State, { route, mutator, n }: Case): Promise<Sent> {
  const name = nameOf(route);
  const key = `${seed} ${name} ${mutator} ${state.name} ${n}`;
  const dice = createDice(key);
  const draft = draftFor(route, state, world, dice);
  mutators.get(mutator)?.(draft, dice, state);
  // Two harmless oddities may do together what neither does alone.
  if (mutator !== "asItStands" && dice.oneIn(4)) dice.pick([...mutators.values()])(draft, dice, state);
  const bytes = await render(draft, key);
  const end = draft.cut > 0 || isShort(draft);
  const reply = await exchange({ port: world.port, bytes, end, bodiless: draft.method === "HEAD", patience: PATIENCE });
  const asked = { issuer: world.issuer, method: draft.method, mayClose: end };
  const found = complaints(reply, asked).map((what) => ({
    what,
    route: name,
    mutator,
    state: state.name,
    request: JSON.stringify(squeezed(bytes.toString("latin1"))),
    reply: reply.kind === "answer" ? JSON.stringify(`${reply.head}\n${reply.body.slice(0, 300)}`) : reply.kind,
  }));
  return { draft, reply, findings: found };
}

/** More was announced than is sent, for which a server waits: two mutators together can do that. */
function isShort(draft: Draft): boolean {
  const announced = Number(draft.headers.find(([name]) => name === "Content-Length")?.[1] ?? 0);
  return announced > payloadOf(draft).length;
}

/** Long runs of one character are told by their length. */
function squeezed(text: string): string {
  return text
    .replace(/(.{1,6}?)\1{20,}/gs, (run, unit: string) => `${unit}{${run.length / unit.length} times}`)
    .slice(0, 1500);
}

/** Whether the state may be over by it: a form that was accepted, or a try too many. */
function mayEnd({ draft, reply }: Sent): boolean {
  const changes = ["POST", "PUT", "DELETE"].includes(draft.method) && !/^\/(par|introspect|userinfo)$/.test(draft.path);
  return changes && reply.kind === "answer" && (reply.status < 400 || [401, 409, 410, 422, 429].includes(reply.status));
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** In megabytes. One collection leaves what only its finalizers set free, so that there are three. */
async function memory(): Promise<{ used: number; resident: number }> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  for (let rounds = 0; rounds < 3; rounds += 1) {
    await delay(60);
    if (typeof collect === "function") collect();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 };
}

/** Megabytes by which living objects may differ: connections that were refused linger for a second, with all that they brought. */
const HEAP_NOISE = 20;
/** Nothing, or by how much the living objects have grown where everything was warm. */
export function growth({ heap }: Tally): string {
  const grown = grownIn(heap);
  return grown > HEAP_NOISE ? `${grown.toFixed(0)} MB more are alive than after a third of the requests` : "";
}

/** Megabytes by which a process may still grow when it is warm: the allocator keeps what it has had. */
const RSS_NOISE = 150;

/**
 * The same of what the process holds, native memory included. For a process of its own with many thousands of requests: in one that has run
 * other tests before, what their collector and allocator keep for later comes and goes by more than a short run could leak.
 */
export function residentGrowth({ rss }: Tally): string {
  const grown = grownIn(rss);
  return grown > RSS_NOISE ? `the process holds ${grown.toFixed(0)} MB more than after a third of the requests` : "";
}

function grownIn(values: readonly number[]): number {
  return (values.at(-1) ?? 0) - (values[0] ?? 0);
}

/** What a run has to say for itself, a line each. */
export function describeTally({
  requests,
  routes,
  mutators,
  states,
  statuses,
  slowest,
  heap,
  rss,
  findings,
}: Tally): string[] {
  const least = (counts: ReadonlyMap<string, number>) => Math.min(...counts.values());
  const list = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort()
      .map(([name, times]) => `${name} ${times}`)
      .join(", ");
  const megabytes = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(" ");
  return [
    `${requests} requests: ${routes.size} routes, at least ${least(routes)} each; ${mutators.size} mutators, at least ${least(mutators)} each`,
    `states: ${list(states)}`,
    `answers: ${list(statuses)}; the slowest took ${slowest.toFixed(0)} ms`,
    `heap ${megabytes(heap)} MB, resident ${megabytes(rss)} MB`,
    `${findings.length} findings`,
  ];
}

/** One of each kind, with what repeats it. */
export function describeFindings(findings: readonly Finding[]): string {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const kind = `${finding.what.slice(0, 80)} | ${finding.route}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  return [...kinds]
    .slice(0, 25)
    .map(([, [one, ...more]]) =>
      one === undefined
        ? ""
        : `${one.what}\n  ${one.route}, ${one.mutator}, ${one.state} (and ${more.length} more)\n  ${one.request}\n  ${one.reply}`,
    )
    .join("\n");
}
