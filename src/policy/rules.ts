import type { Amount } from "../e-num/amount.ts";
import type { Currency } from "../e-num/purse.ts";
import type { Binding, TypeDemand } from "../operation/operation.ts";
import { type Limit, type Rule, WINDOWS, type Window } from "./policy-file.ts";
import { add, exceeds, NOTHING, type Sum, sumOf, textOf } from "./sum.ts";

/**
 * Who decides what one operation demands, and why: the type's own demands, then the operator's rule, its limits, then whatever was raised
 * by the person or the security bot. Pure; each decision comes with the steps that led to it, a sentence each, for `enum-id explain` and
 * for the log of a refused request. They name rules, sums and limits, never a purse, an e-mail or a number of the person's.
 */

/** Something that demands more than the policy for a time; it can never demand less. `recovery`: while one of the account waits. */
export interface Raised {
  /** `deletion` and `recovery`: the account's, which waits. */
  readonly by: "person" | "security" | "deletion" | "recovery";
  /** `login`, a response at every sign-in to a site, is about sign-ins alone. */
  readonly demands: "operation" | "no-sms" | "refuse" | "login";
  /** For people, in each language. */
  readonly reason?: Reason;
}

export interface Reason {
  readonly en: string;
  readonly ru: string;
}

/** What has been confirmed in each window before; undefined where nobody is known yet whose sums could be looked at. */
export type Spent = Readonly<Record<Window, Sum>>;

export interface Question {
  readonly client: string;
  readonly type: string;
  readonly own: TypeDemand;
  readonly rule: Rule | undefined;
  readonly money: { readonly amount: Amount; readonly currency: Currency } | undefined;
  readonly spent: Spent | undefined;
  readonly raised: readonly Raised[];
}

export type Decision = {
  /** Sentences, in the order in which they were decided. */
  readonly steps: readonly string[];
  /** Name of the rule, and the sums that are counted under it when the operation is confirmed. */
  readonly counted: Counted | undefined;
} & (
  | {
      readonly kind: "confirm";
      /** Statements that confirm it; the typed one is not among them where more is demanded. */
      readonly bindings: readonly Binding[];
      /** Whether a code by SMS is enough where the request itself names that `acr`. */
      readonly sms: boolean;
      /** Why the scanned statement is demanded though the type could be typed; for the page. */
      readonly because: Because | undefined;
    }
  | { readonly kind: "refused"; readonly because: Because }
);

/** For the person: which limit, or whose word. */
export type Because =
  | { readonly kind: "limit"; readonly window: "each" | Window; readonly limit: Amount; readonly currency: string }
  | { readonly kind: "raised"; readonly by: Raised["by"]; readonly reason: Reason | undefined };

export interface Counted {
  readonly rule: string;
  readonly currency: string;
  readonly sum: Sum;
  /** Each window that some limit looks at. */
  readonly windows: readonly Window[];
  /** More than `most` is not confirmed at all, and more than `typed` not by a typed statement or SMS. */
  readonly most: Partial<Record<Window, Sum>>;
  readonly typed: Partial<Record<Window, Sum>>;
}

const SMS = "urn:e-num:acr:sms";
const WHO: Readonly<Record<Raised["by"], string>> = {
  person: "The account's owner",
  security: "The security service",
  deletion: "The account's deletion, which waits,",
  recovery: "A recovery of the account, which waits,",
};

export function decide(question: Question): Decision {
  const { client, type, own, rule, raised } = question;
  const steps = [`${type}, asked for by ${client}: the type demands ${own.demands}, and ${own.acr} at least.`];
  const demands = rule?.demands ?? own.demands;
  const acr = rule?.acr ?? own.acr;
  steps.push(
    rule === undefined
      ? "No rule of the policy is for it, so the type's demands stand."
      : `The rule "${rule.name}" is the first that fits: it demands ${demands}${rule.demands === undefined ? " as the type does" : ""}, and ${acr}.`,
  );
  const limits = limitsFor(question);
  const counted = countedFor(question, limits);
  let typed = demands !== "operation";
  let sms = acr === SMS;
  let because: Because | undefined;

  for (const limit of limits) {
    const over = firstOver(limit, question, steps);
    if (over === undefined) continue;
    if (limit.above === "refuse") {
      steps.push("Above it nothing is confirmed: refused.");
      return { kind: "refused", because: over, counted, steps };
    }
    steps.push("Above it the scanned statement is demanded: operation.");
    if (typed || sms) because ??= over;
    typed = false;
    sms = false;
  }

  for (const one of raised) {
    const who = WHO[one.by];
    const because_ = { kind: "raised", by: one.by, reason: one.reason } as const;
    switch (one.demands) {
      case "refuse":
        steps.push(`${who} has this refused for now: refused.`);
        return { kind: "refused", because: because_, counted, steps };
      case "operation":
        if (one.by === "person" && question.money === undefined) {
          steps.push(`${who} demands the scanned statement of what has an amount, which this has not.`);
          break;
        }
        steps.push(`${who} demands the scanned statement: operation.`);
        if (typed || sms) because ??= because_;
        typed = false;
        sms = false;
        break;
      case "no-sms":
        steps.push(`${who} takes no code by SMS.`);
        // Its owner, who may know nothing of it, is told on every such page.
        if (one.by === "recovery") because ??= because_;
        sms = false;
        break;
      case "login":
        break;
      default:
        one.demands satisfies never;
    }
  }
  const bindings: Binding[] = typed ? [own.typed, "operation"] : ["operation"];
  steps.push(
    `Demanded: a response to ${bindings.join(" or ")}${sms ? `, or a code by SMS where acr_values names ${SMS}` : ""}.`,
  );
  return { kind: "confirm", bindings, sms, because, counted, steps };
}

function limitsFor({ rule, money }: Question): readonly Limit[] {
  if (rule === undefined || money === undefined) return [];
  const own = rule.limits.filter(({ currency }) => currency === money.currency);
  // What refuses is looked at first: it makes the rest idle.
  return [...own.filter(({ above }) => above === "refuse"), ...own.filter(({ above }) => above === "operation")];
}

function countedFor({ rule, money }: Question, limits: readonly Limit[]): Counted | undefined {
  const windows = WINDOWS.filter((window) => limits.some((limit) => limit[window] !== undefined));
  if (rule === undefined || money === undefined || windows.length === 0) return undefined;
  const of = (...above: readonly Limit["above"][]) =>
    Object.fromEntries(
      windows.flatMap((window) => {
        const sums = limits.flatMap((limit) => (above.includes(limit.above) ? (limit[window] ?? []) : [])).map(sumOf);
        const [first, ...others] = sums;
        return first === undefined
          ? []
          : [[window, others.reduce((least, sum) => (exceeds(least, sum) ? sum : least), first)]];
      }),
    );
  return {
    rule: rule.name,
    currency: money.currency,
    sum: sumOf(money.amount),
    windows,
    most: of("refuse"),
    typed: of("refuse", "operation"),
  };
}

/** The first window in which the operation goes above the limit; undefined when it stays within all. */
function firstOver(limit: Limit, { money, spent }: Question, steps: string[]): Because | undefined {
  if (money === undefined) return undefined;
  const { currency } = limit;
  const sum = sumOf(money.amount);
  if (limit.each !== undefined) {
    const over = exceeds(sum, sumOf(limit.each));
    steps.push(`One operation: ${money.amount} of at most ${limit.each} ${currency}${over ? ", which is above" : ""}.`);
    if (over) return { kind: "limit", window: "each", limit: limit.each, currency };
  }
  for (const window of WINDOWS) {
    const most = limit[window];
    if (most === undefined) continue;
    const before = spent?.[window] ?? NOTHING;
    const over = exceeds(add(before, sum), sumOf(most));
    const known = spent === undefined ? "not known before somebody answers" : `${textOf(before)} before`;
    steps.push(
      `The ${window}: ${money.amount} and ${known}, of at most ${most} ${currency}${over ? ", which is above" : ""}.`,
    );
    if (over) return { kind: "limit", window, limit: most, currency };
  }
  return undefined;
}
