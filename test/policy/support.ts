import type { TypeDemand } from "../../src/operation/operation.ts";
import { type PolicyFile, readPolicy } from "../../src/policy/policy.ts";
import { OPERATION_TYPES } from "../support/operations.ts";

export const TYPES = new Map<string, TypeDemand>(
  OPERATION_TYPES.types.map((type) => [type, OPERATION_TYPES.demandOf({ type })]),
);
const GOVERNED = { clients: ["shop", "exchange"], types: TYPES };

/** A policy file as an operator writes it, read as a start reads it. */
export function read(content: unknown): ReturnType<typeof readPolicy> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return readPolicy({ path: "policy.json", files: { read: () => text }, governed: GOVERNED });
}

export function policyFile(content: unknown): PolicyFile {
  const parsed = read(content);
  if (!parsed.ok) throw new Error(parsed.faults.join("\n"));
  return parsed.file;
}
