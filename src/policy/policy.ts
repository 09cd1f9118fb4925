/**
 * Owns who decides what an operation demands: the operator's policy file, the limits that are counted for each account, and what a person
 * or the security bot has raised above it. Nothing here can demand less than the type and the operator's rule do.
 * It does not know requests, pages or statements: `confirmation/` asks for a decision and accepts what the decision names.
 * A person's own switches are kept here (`person.ts`) and shown by the account page.
 * Control enters by `readPolicy`, once at start, by `decide` for each request, and by `spend` in the transaction that confirms.
 */
import type { Clock } from "../clock.ts";
import type { Files } from "../config/config.ts";
import { codeInBrackets } from "../config/values.ts";
import type { Sql } from "../database/database.ts";
import type { Binding, Operation, OperationTypes } from "../operation/operation.ts";
import { type Governed, policyFaults, ruleFor } from "./file-rules.ts";
import { type PolicyFile, parsePolicyFile, type Rule, type Window } from "./policy-file.ts";
import { type Counted, type Decision, decide } from "./rules.ts";
import { raisedFor, spend, spentOf } from "./store.ts";

export type { Governed } from "./file-rules.ts";
export type { OwnDemand, OwnDemands } from "./person.ts";
export type { PolicyFile } from "./policy-file.ts";
export type { Because, Decision } from "./rules.ts";
export type { RaisedRow } from "./store.ts";

export interface Asked {
  readonly clientId: string;
  readonly operation: Operation;
  /** Undefined before somebody has proven one. */
  readonly accountId: string | undefined;
}

export interface Policy {
  /** What is demanded now, and why. */
  decide(sql: Sql, asked: Asked): Promise<Decision>;
  /**
   * Counts a confirmed operation; the window whose limit it would pass, for the binding that it was confirmed by. The caller takes its
   * transaction back then: between `decide` and here others may have confirmed.
   */
  spend(sql: Sql, accountId: string, counted: Counted, binding: Binding | "sms"): Promise<Window | undefined>;
  /**
   * Whether the person, the security bot and a recovery that waits let a code by SMS prove this account to this site. A response at every sign-in there, which a
   * person may have switched on, is a response. Asked of nobody's account as well.
   */
  takesSms(
    sql: Sql,
    about: { accountId: string | undefined; clientId: string },
    purpose: "login" | "operation",
  ): Promise<boolean>;
  /** The rule for a client and a type; undefined where the type's own demands stand. */
  ruleOf(clientId: string, type: string): Rule | undefined;
}

export interface PolicyPorts {
  clock: Clock;
  file: PolicyFile;
  types: OperationTypes;
  /** The client that is ourselves: what is confirmed there goes on while the account's deletion waits. */
  own?: string;
}

/** All faults at once, each naming file, place and reason. */
export function readPolicy(source: {
  readonly path: string;
  readonly files: Files;
  readonly governed: Governed;
}): { readonly ok: true; readonly file: PolicyFile } | { readonly ok: false; readonly faults: string[] } {
  const { path, files, governed } = source;
  let text: string;
  try {
    text = files.read(path);
  } catch (error) {
    const remedy = "correct its mode, or name another file by ENUM_ID_POLICY.";
    return { ok: false, faults: [`${path} cannot be read${codeInBrackets(error)}: ${remedy}`] };
  }
  const parsed = parsePolicyFile(text);
  const faults = parsed.ok ? policyFaults(parsed.file, governed) : parsed.faults;
  if (!parsed.ok || faults.length > 0) return { ok: false, faults: faults.map((fault) => `${path}: ${fault}`) };
  return parsed;
}

export function createPolicy({ clock, file, types, own }: PolicyPorts): Policy {
  const zone = file.time_zone;
  const ruleOf: Policy["ruleOf"] = (clientId, type) => ruleFor(file.rules, clientId, type);
  const by = (accountId: string) => ({ accountId, at: clock(), zone });

  return {
    ruleOf,
    async decide(sql, { clientId, operation, accountId }) {
      const rule = ruleOf(clientId, operation.type);
      const { money, recipient } = types.typedOf(operation);
      const all = await raisedFor(sql, { accountId, clientId, recipient }, clock());
      const raised = all.filter(({ by }) => by !== "deletion" || clientId !== own);
      const question = { client: clientId, type: operation.type, own: types.demandOf(operation), rule, money, raised };
      const first = decide({ ...question, spent: undefined });
      if (accountId === undefined || first.counted === undefined) return first;
      return decide({ ...question, spent: await spentOf(sql, by(accountId), first.counted) });
    },
    async takesSms(sql, about, purpose) {
      const raised = await raisedFor(sql, about, clock());
      return !raised.some(
        ({ by, demands }) =>
          (demands === "no-sms" && (by !== "recovery" || purpose === "operation")) ||
          (purpose === "login" && demands === "login"),
      );
    },
    spend: (sql, accountId, counted, binding) =>
      spend(sql, by(accountId), counted, binding === "operation" ? counted.most : counted.typed),
  };
}
