import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAmount } from "../../src/e-num/amount.ts";
import type { Rule } from "../../src/policy/policy-file.ts";
import { decide, type Question, type Raised, type Spent } from "../../src/policy/rules.ts";
import { NOTHING, sumOf } from "../../src/policy/sum.ts";
import { namesSms } from "../../src/provider/assurance.ts";
import { policyFile, TYPES } from "./support.ts";

const WHY = { en: "why", ru: "почему" };
const SMS = "urn:e-num:acr:sms";

function amount(text: string) {
  const parsed = parseAmount(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

function spent(day: string, week = day, month = week): Spent {
  const of = (text: string) => (text === "0" ? NOTHING : sumOf(amount(text)));
  return { day: of(day), week: of(week), month: of(month) };
}

function ruleOf(members: object): Rule {
  const [rule] = policyFile({ rules: [{ name: "one", clients: ["shop"], ...members }] }).rules;
  if (rule === undefined) throw new Error("no rule");
  return rule;
}

function ask(type: string, members: Partial<Question> & { sum?: string } = {}) {
  const own = TYPES.get(type);
  if (own === undefined) throw new Error(type);
  const { sum = "10.5", ...more } = members;
  const money = own.typed === "payment" ? { amount: amount(sum), currency: "WMZ" as const } : undefined;
  return decide({ client: "shop", type, own, rule: undefined, money, spent: undefined, raised: [], ...more });
}

const hasAmount = (type: string) => TYPES.get(type)?.typed === "payment";

const LIMITS = ruleOf({
  types: ["payment"],
  limits: [
    { currency: "WMZ", each: "100", day: "300", above: "operation" },
    { currency: "WMZ", each: "1000", month: "2000", above: "refuse" },
  ],
});
const RELAXED = ruleOf({ types: ["trust_limit", "credit_request"], demands: "payment" });
const BY_SMS = ruleOf({ types: ["payment"], acr: SMS });
const STRICT = ruleOf({ demands: "operation" });
const raise = (by: Raised["by"], demands: Raised["demands"]): Raised => ({ by, demands, reason: WHY });

describe("what an operation demands", () => {
  const typed = ["payment", "operation"];
  it.each<[string, ReturnType<typeof ask>, readonly string[] | "refused", boolean]>([
    ["a payment, without a rule: what the type states", ask("payment"), typed, false],
    ["a trust limit, without a rule", ask("trust_limit"), ["operation"], false],
    ["a correspondent, without a rule", ask("correspondent_add"), ["confirm", "operation"], false],
    ["a trust limit that is relaxed", ask("trust_limit", { rule: RELAXED }), typed, false],
    ["a payment that is made strict", ask("payment", { rule: STRICT }), ["operation"], false],
    ["a correspondent that is made strict", ask("correspondent_add", { rule: STRICT }), ["operation"], false],
    ["a payment that SMS is enough for", ask("payment", { rule: BY_SMS }), typed, true],
    ["as much as one may be typed", ask("payment", { rule: LIMITS, sum: "100", spent: spent("0") }), typed, false],
    ["a hundredth more", ask("payment", { rule: LIMITS, sum: "100.01", spent: spent("0") }), ["operation"], false],
    ["the last that fits into the day", ask("payment", { rule: LIMITS, sum: "50", spent: spent("250") }), typed, false],
    [
      "the first that does not",
      ask("payment", { rule: LIMITS, sum: "50.00000001", spent: spent("250") }),
      ["operation"],
      false,
    ],
    [
      "the day before does not count",
      ask("payment", { rule: LIMITS, sum: "50", spent: spent("0", "300", "300") }),
      typed,
      false,
    ],
    ["more than one may be", ask("payment", { rule: LIMITS, sum: "1000.5", spent: spent("0") }), "refused", false],
    [
      "more than the month allows",
      ask("payment", { rule: LIMITS, sum: "1", spent: spent("0", "0", "2000") }),
      "refused",
      false,
    ],
    ["before anybody has answered the sums are not known", ask("payment", { rule: LIMITS, sum: "99" }), typed, false],
    ["but one operation's sum is", ask("payment", { rule: LIMITS, sum: "1001" }), "refused", false],
    [
      "the owner takes scanned ones alone",
      ask("payment", { raised: [raise("person", "operation")] }),
      ["operation"],
      false,
    ],
    ["the owner takes no SMS", ask("payment", { rule: BY_SMS, raised: [raise("person", "no-sms")] }), typed, false],
    [
      "the owner takes scanned ones alone, and this has no amount",
      ask("correspondent_add", { raised: [raise("person", "operation")] }),
      ["confirm", "operation"],
      false,
    ],
    [
      "the security bot takes scanned ones alone, whatever it is",
      ask("correspondent_add", { raised: [raise("security", "operation")] }),
      ["operation"],
      false,
    ],
    [
      "the owner takes no SMS and scanned ones alone",
      ask("payment", { rule: BY_SMS, raised: [raise("person", "no-sms"), raise("person", "operation")] }),
      ["operation"],
      false,
    ],
    [
      "the owner is asked at every sign-in, which is no operation's business",
      ask("payment", { rule: BY_SMS, raised: [raise("person", "login")] }),
      typed,
      true,
    ],
    [
      "the security bot demands more",
      ask("trust_transfer", { raised: [raise("security", "operation")] }),
      ["operation"],
      false,
    ],
    ["the security bot stops it", ask("payment", { raised: [raise("security", "refuse")] }), "refused", false],
  ])("%s", (_title, decision, bindings, sms) => {
    expect(decision.kind === "confirm" ? decision.bindings : "refused").toEqual(bindings);
    expect(decision.kind === "confirm" && decision.sms).toBe(sms);
  });

  it("says which limit or whose word it was, for the person", () => {
    expect(ask("payment", { rule: LIMITS, sum: "1", spent: spent("300") })).toMatchObject({
      because: { kind: "limit", window: "day", limit: "300", currency: "WMZ" },
    });
    expect(ask("payment", { rule: LIMITS, sum: "5000" })).toMatchObject({
      kind: "refused",
      because: { kind: "limit", window: "each", limit: "1000", currency: "WMZ" },
    });
    expect(ask("payment", { raised: [raise("security", "refuse")] })).toMatchObject({
      because: { kind: "raised", by: "security", reason: WHY },
    });
    expect(ask("payment", { raised: [raise("person", "operation")] })).toMatchObject({
      because: { kind: "raised", by: "person" },
    });
    expect(ask("trust_limit", { raised: [raise("person", "operation")] })).toMatchObject({ because: undefined });
  });

  it("says for the operator how it was decided, step by step", () => {
    expect(ask("payment", { rule: LIMITS, sum: "60", spent: spent("250.5") }).steps).toEqual([
      "payment, asked for by shop: the type demands payment, and urn:e-num:acr:operation at least.",
      'The rule "one" is the first that fits: it demands payment as the type does, and urn:e-num:acr:operation.',
      "One operation: 60 of at most 1000 WMZ.",
      "The month: 60 and 250.5 before, of at most 2000 WMZ.",
      "One operation: 60 of at most 100 WMZ.",
      "The day: 60 and 250.5 before, of at most 300 WMZ, which is above.",
      "Above it the scanned statement is demanded: operation.",
      "Demanded: a response to operation.",
    ]);
  });
});

describe("no combination of site, person and bot lowers what the operator demands", () => {
  const types = fc.constantFrom(...TYPES.keys());
  const rules = fc.constantFrom(undefined, LIMITS, RELAXED, BY_SMS, STRICT);
  const raised = fc.array(
    fc.record({
      by: fc.constantFrom("person" as const, "security" as const),
      demands: fc.constantFrom("operation" as const, "no-sms" as const, "refuse" as const, "login" as const),
    }),
    { maxLength: 4 },
  );
  const sums = fc.integer({ min: 1, max: 5000 }).map(String);
  const sofar = fc.integer({ min: 1, max: 5000 }).map((value) => spent(String(value)));

  it("whatever is raised, what is accepted was accepted without it", () => {
    fc.assert(
      fc.property(types, rules, raised, sums, fc.option(sofar, { nil: undefined }), (type, rule, more, sum, before) => {
        const without = ask(type, { rule, sum, spent: before });
        const decided = ask(type, { rule, sum, spent: before, raised: more });
        if (decided.kind === "refused") return;
        if (without.kind === "refused") throw new Error("what was refused is confirmed");
        for (const binding of decided.bindings) expect(without.bindings).toContain(binding);
        expect(decided.sms && !without.sms).toBe(false);
      }),
    );
  });

  const ACR_VALUES = [SMS, "urn:e-num:acr:login", "urn:e-num:acr:operation", "urn:other"];
  const asked = fc.array(fc.constantFrom(...ACR_VALUES), { maxLength: 4 });

  it("a code by SMS confirms only what operator and site both let, and nobody's word takes back", () => {
    fc.assert(
      fc.property(
        types,
        rules,
        raised,
        sums,
        fc.option(sofar, { nil: undefined }),
        asked,
        (type, rule, more, sum, before, values) => {
          const decided = ask(type, { rule, sum, spent: before, raised: more });
          const byCode =
            decided.kind === "confirm" && decided.sms && namesSms({ acrValues: values.join(" "), claim: undefined });
          if (!byCode) return;
          expect(rule?.acr).toBe(SMS);
          expect(values).toContain(SMS);
          const against = ({ by, demands }: Raised) =>
            demands === "no-sms" ||
            demands === "refuse" ||
            (demands === "operation" && (by === "security" || hasAmount(type)));
          expect(more.filter(against)).toEqual([]);
          // Above a limit that demands the scanned statement it is no code either.
          expect(decided.because).toBeUndefined();
        },
      ),
    );
  });

  it("what the site asks for changes nothing of what the policy accepts", () => {
    fc.assert(
      fc.property(rules, asked, (rule, values) => {
        const takes = namesSms({ acrValues: values.join(" "), claim: undefined });
        const decided = ask("payment", { rule });
        if (decided.kind === "confirm" && takes && rule !== BY_SMS) expect(decided.sms).toBe(false);
      }),
    );
  });

  it("what the owner has switched on refuses nothing, and touches no binding of what has no amount", () => {
    fc.assert(
      fc.property(types, rules, raised, sums, (type, rule, more, sum) => {
        const own = more.filter(({ by, demands }) => by === "person" && demands !== "refuse");
        const without = ask(type, { rule, sum });
        const decided = ask(type, { rule, sum, raised: own });
        expect(decided.kind).toBe(without.kind);
        if (decided.kind === "refused" || without.kind === "refused") return;
        const scannedAlone = own.some(({ demands }) => demands === "operation") && hasAmount(type);
        expect(decided.bindings).toEqual(scannedAlone ? ["operation"] : without.bindings);
      }),
    );
  });

  it("and more that was spent never makes it easier", () => {
    fc.assert(
      fc.property(types, rules, sums, sofar, sums, (type, rule, sum, before, more) => {
        const add = (value: string) => ({
          day: sumOf(amount(value)),
          week: sumOf(amount(value)),
          month: sumOf(amount(value)),
        });
        const later = add(String(Number(before.day.whole) + Number(more)));
        const first = ask(type, { rule, sum, spent: before });
        const then = ask(type, { rule, sum, spent: later });
        if (then.kind === "refused") return;
        if (first.kind === "refused") throw new Error("what was refused is confirmed");
        for (const binding of then.bindings) expect(first.bindings).toContain(binding);
      }),
    );
  });
});
