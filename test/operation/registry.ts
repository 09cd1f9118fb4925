import { readdirSync, readFileSync } from "node:fs";
import { type Operation, type OperationTypes, readOperationTypes } from "../../src/operation/operation.ts";

const FOLDER = new URL("../../config/operations", import.meta.url).pathname;

export const disk = {
  list: (folder: string) => readdirSync(folder),
  read: (path: string) => readFileSync(path, "utf8"),
};

/** The types that come with the provider. */
export const shipped: OperationTypes = registryOf(readOperationTypes({ folder: FOLDER, files: disk }));

export function registryOf(read: ReturnType<typeof readOperationTypes>): OperationTypes {
  if (!read.ok) throw new Error(read.faults.join("\n"));
  return read.registry;
}

/** A type's file as it is written. */
export function fileOf(type: string) {
  return JSON.parse(disk.read(`${FOLDER}/${type}.json`));
}

/** What the type's file gives as an example, with some members changed; undefined takes one away. */
export function example(type: string, changed: Record<string, unknown> = {}): Record<string, unknown> {
  const element = { ...fileOf(type).example, ...changed };
  return Object.fromEntries(Object.entries(element).filter(([, value]) => value !== undefined));
}

export function parsed(element: unknown, registry = shipped): Operation {
  const read = registry.parse(element);
  if (!read.ok) throw new Error(`${read.member} ${read.reason}`);
  return read.operation;
}

export const SHOP = { id: "shop", name: "Book shop" };
export const TYPES = [
  "correspondent_add",
  "credit_issue",
  "credit_request",
  "keys",
  "payment",
  "profile_update",
  "security_settings",
  "trust_limit",
  "trust_transfer",
] as const;
