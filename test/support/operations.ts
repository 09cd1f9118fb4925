import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseStatement, type Statement } from "../../src/e-num/statement.ts";
import { type OperationTypes, readOperationTypes } from "../../src/operation/operation.ts";

/** The types of operations that the project ships. */
export const OPERATION_TYPES: OperationTypes = shipped();

function shipped(): OperationTypes {
  const folder = fileURLToPath(new URL("../../config/operations", import.meta.url));
  const files = { list: (name: string) => readdirSync(name), read: (path: string) => readFileSync(path, "utf8") };
  const read = readOperationTypes({ folder, files });
  if (!read.ok) throw new Error(read.faults.join("\n"));
  return read.registry;
}

/** A statement as a phone would make it. */
export function statementOf(value: object): Statement {
  const parsed = parseStatement(value);
  if (!parsed.ok) throw new Error(`no statement: ${parsed.reason}`);
  return parsed.value;
}
