import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { parseAmount } from "../e-num/amount.ts";
import { parseCurrency, parsePurse } from "../e-num/purse.ts";
import type { TypeFile } from "./type-file.ts";

/** The registry's own part of every type's JSON Schema (draft 2020-12), and what its errors say to a site's developer. */

/** Members of every type (PROTOCOL 9). */
export const COMMON = ["type", "operation_id", "description"] as const;
/** The site's own name for the operation: the characters that an URL holds as they are (RFC 3986 section 2.3). */
export const OPERATION_ID = /^[A-Za-z0-9._~-]{1,64}$/;

const text = { type: "string", minLength: 1, maxLength: 140 };
const name = { type: "string", minLength: 1, maxLength: 64 };
const purse = { type: "string", format: "purse" };
const wmid = { type: "string", pattern: "^[0-9]{12}$" };
const decimal = { type: "string", format: "decimal" };

/** A file says `{"$ref": "#/$defs/money"}`, and may narrow it beside. */
const definitions = {
  text,
  name,
  purse,
  wmid,
  rate: decimal,
  days: { type: "integer", minimum: 1, maximum: 3650 },
  money: object({ value: decimal, currency: { type: "string", format: "currency" } }, ["value", "currency"]),
  payee: object({ purse, wmid, name }, ["purse"]),
  changes: { type: "array", minItems: 1, items: object({ field: text, from: text, to: text }, ["field", "to"]) },
};

const FORMATS = {
  purse: (given: string) => parsePurse(given).ok,
  currency: (given: string) => parseCurrency(given).ok,
  decimal: (given: string) => given === "0" || parseAmount(given).ok,
};

function object(properties: object, required: readonly string[]) {
  return { type: "object", properties, required, additionalProperties: false };
}

/** `member` as sites write paths: `payee.purse`, `changes[0].to`. */
export type SchemaFault = { readonly member: string; readonly reason: string };
export type Validate = (element: object) => SchemaFault | undefined;

export interface SchemaCompiler {
  /** Throws where the file's schema is none. */
  compile(type: string, schema: TypeFile["schema"]): Validate;
}

export function createSchemaCompiler(): SchemaCompiler {
  // Strict, so that a keyword that is a slip of the pen is a fault and not a rule that never holds.
  const ajv = new Ajv2020({ strict: true, strictTypes: false, ownProperties: true, logger: false, formats: FORMATS });
  return {
    compile(type, schema) {
      const validate = ajv.compile({
        ...schema,
        $defs: definitions,
        properties: {
          ...schema.properties,
          type: { const: type },
          operation_id: { type: "string", pattern: OPERATION_ID.source },
          description: text,
        },
        required: ["type", "operation_id", ...schema.required],
        additionalProperties: false,
      });
      return (element) => {
        if (validate(element)) return undefined;
        const [error] = validate.errors ?? [];
        return error === undefined ? { member: "", reason: "is refused" } : faultOf(error);
      };
    },
  };
}

function faultOf({ instancePath, keyword, params, message }: ErrorObject): SchemaFault {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  switch (keyword) {
    case "required":
    case "dependentRequired":
      return { member: joined([...path, String(params["missingProperty"])]), reason: "is missing" };
    case "enum":
      return { member: joined(path), reason: `must be ${[params["allowedValues"]].flat().join(" or ")}` };
    case "pattern":
      return { member: joined(path), reason: `must match ${String(params["pattern"])}` };
    default:
      return { member: joined(path), reason: message ?? "is refused" };
  }
}

function joined(path: readonly string[]): string {
  return path
    .map((part) => (/^[0-9]+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}
