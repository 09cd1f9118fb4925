import type { Demands, TypeDemand } from "../operation/operation.ts";
import { type Limit, type PolicyFile, type Rule, WINDOWS } from "./policy-file.ts";
import { exceeds, sumOf } from "./sum.ts";

/** What the policy is about: the clients that there are, and what each type states by itself. What cannot be known, since its own file is at fault, is undefined. */
export interface Governed {
  readonly clients: readonly string[] | undefined;
  readonly types: Demands | undefined;
}

/** What is wrong with a file whose parts are each right: sentences that begin with the place. */
export function policyFaults({ rules }: PolicyFile, governed: Governed): string[] {
  const faults = rules.flatMap((rule, index) => ruleFaults(rule, governed).map((fault) => `rules[${index}].${fault}`));
  return [...faults, ...nameFaults(rules), ...(faults.length === 0 ? deadFaults(rules, governed) : [])];
}

function ruleFaults(rule: Rule, governed: Governed): string[] {
  const { clients = [], types = [] } = rule;
  const faults = [
    ...clients
      .filter((id) => governed.clients?.includes(id) === false)
      .map((id) => `clients names ${id}, which is no client: correct it, or add it to the clients file.`),
    ...types
      .filter((type) => governed.types?.has(type) === false)
      .map(
        (type) =>
          `types names ${type}, which no operation has: there are ${[...(governed.types ?? []).keys()].join(", ")}.`,
      ),
  ];
  // What is said of types that there are not would only confuse.
  return faults.length > 0
    ? faults
    : [...demandFaults(rule, governed), ...acrFaults(rule), ...limitFaults(rule, governed)];
}

/** `whole`: whether what each of the rule's types states is known. */
function covered(rule: Rule, { types }: Governed): { known: [string, TypeDemand][]; whole: boolean } {
  const named = [...(types ?? [])].filter(([type]) => rule.types?.includes(type) ?? true);
  const known = named.flatMap(([type, demand]): [string, TypeDemand][] =>
    demand === undefined ? [] : [[type, demand]],
  );
  return { known, whole: types !== undefined && known.length === named.length };
}

function demandFaults(rule: Rule, governed: Governed): string[] {
  const { demands } = rule;
  if (demands === undefined || demands === "operation") return [];
  const { known } = covered(rule, governed);
  const [wrong, own] = known.find(([, { typed }]) => typed !== demands) ?? [];
  if (wrong !== undefined && own !== undefined) {
    return [
      `demands is ${demands}, but ${wrong} can be confirmed by ${own.typed} or operation: name its types, or write one of these.`,
    ];
  }
  const weaker = known.find(([, type]) => type.demands === "operation");
  return weaker === undefined || rule.clients !== undefined
    ? []
    : [
        `demands is ${demands}, less than ${weaker[0]} states: a type is relaxed for named clients alone, so add clients.`,
      ];
}

/** SMS is weak: who allows it says for which clients and what. */
function acrFaults({ acr, clients, types }: Rule): string[] {
  if (acr !== "urn:e-num:acr:sms" || (clients !== undefined && types !== undefined)) return [];
  return ["acr is urn:e-num:acr:sms: it is allowed for named clients and types alone, so add both."];
}

function limitFaults(rule: Rule, governed: Governed): string[] {
  if (rule.limits.length === 0) return [];
  const { known, whole } = covered(rule, governed);
  if (whole && !known.some(([, { typed }]) => typed === "payment"))
    return ["limits are there, but no type of this rule has an amount: remove them."];
  const seen = new Set<string>();
  return rule.limits.flatMap((limit, index) => {
    const key = `${limit.currency} ${limit.above}`;
    const twice = seen.has(key)
      ? [`has ${limit.currency} with above ${limit.above} once more: write both as one.`]
      : [];
    seen.add(key);
    return [...twice, ...stepFaults(limit)].map((fault) => `limits[${index}] ${fault}`);
  });
}

/** A longer window that allows less than a shorter one makes the shorter one mean nothing. */
function stepFaults(limit: Limit): string[] {
  const set = (["each", ...WINDOWS] as const).flatMap((window) => {
    const amount = limit[window];
    return amount === undefined ? [] : [{ window, sum: sumOf(amount) }];
  });
  if (set.length === 0) return ["sets nothing: write each, day, week or month."];
  return set.flatMap(({ window, sum }, index) => {
    const longer = set.slice(index + 1).find((other) => exceeds(sum, other.sum));
    return longer === undefined ? [] : [`has ${window} above ${longer.window}: correct one of them.`];
  });
}

function nameFaults(rules: readonly Rule[]): string[] {
  const seen = new Set<string>();
  return rules.flatMap(({ name }, index) => {
    const fault = seen.has(name)
      ? [`rules[${index}].name is there twice: sums are counted by it, so give each its own.`]
      : [];
    seen.add(name);
    return fault;
  });
}

/** The first rule that fits decides, so one behind it that says more of the same is never asked. */
function deadFaults(rules: readonly Rule[], { clients, types }: Governed): string[] {
  if (clients === undefined || types === undefined) return [];
  const decides = new Set<Rule | undefined>();
  for (const client of clients) for (const type of types.keys()) decides.add(ruleFor(rules, client, type));
  return rules.flatMap((rule, index) =>
    decides.has(rule)
      ? []
      : [`rules[${index}] (${rule.name}) never decides: the rules before it take all that it names. Move it up.`],
  );
}

/** The first that fits; undefined where the type's own demands stand. */
export function ruleFor(rules: readonly Rule[], client: string, type: string): Rule | undefined {
  return rules.find((rule) => (rule.clients?.includes(client) ?? true) && (rule.types?.includes(type) ?? true));
}
