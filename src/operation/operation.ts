/**
 * The registry of operation types (PROTOCOL 9).
 *
 * Owns which operations there are: a file each in `config/operations`, with schema, words, typed statement and demands; what
 * a site's element must be; how it is shown; and which statements a phone may make of it.
 * Owns no request, challenge, page or confirmation: who asks for these decides them.
 * Control enters by `readOperationTypes`, once at start, and then by the registry's calls, which are pure; a site's mistake is
 * a value that names the member, never an exception.
 */

import { codeInBrackets } from "../config/values.ts";
import type { OperationStatement } from "../e-num/statement.ts";
import type { Locale } from "../locale/locale.ts";
import type { Wmid } from "../wmid.ts";
import { type Described, describe } from "./describe.ts";
import { type Operation, type OperationType, type ParsedOperation, parseOperation, valuesOf } from "./parse.ts";
import { type PhoneWords, phoneWords } from "./phone-words.ts";
import { createSchemaCompiler, type SchemaCompiler } from "./schema.ts";
import {
  type StatementClient,
  scannedStatement,
  type TypedMoney,
  type TypedStatement,
  typedMoney,
  typedStatement,
} from "./statements.ts";
import { type LowestAcr, parseTypeFile, type TypeFile } from "./type-file.ts";
import { likenessFaults, typeFaults } from "./type-rules.ts";
import { LANGUAGES } from "./words.ts";

export type { Described } from "./describe.ts";
export type { Operation, ParsedOperation } from "./parse.ts";
export type { PhoneWords } from "./phone-words.ts";

/** Kind of the statement that confirms an operation (PROTOCOL 3). */
export type Binding = "payment" | "confirm" | "operation";

/** `demands` is the least binding, `typed` the screen of the phone that can make one by hand. */
export interface TypeDemand {
  readonly demands: Binding;
  readonly typed: "payment" | "confirm";
  readonly acr: LowestAcr;
}

/** An operation, or whatever else has its type. */
type Typed = { readonly type: string };

/** `typed` is made by hand on a screen of the phone, `scanned` of the whole operation. */
export interface Statements {
  readonly typed: TypedStatement;
  readonly scanned: OperationStatement;
}

/** All that the provider knows of operations. A type that is none of `types` throws: `parse` lets none pass. */
export interface OperationTypes {
  /** In the order of their names. */
  readonly types: readonly string[];
  /** One element of `authorization_details`, or the first member that is wrong and why. */
  parse(element: unknown): ParsedOperation;
  /** All that is bound, in the person's language. */
  describe(operation: Operation, locale: Locale): Described;
  /** In every language, for phones that show operations by themselves. */
  readonly phoneWords: PhoneWords;
  /** What a phone makes of it: by hand, and of the scanned or fetched whole. `name` is the registered client_name. */
  statementsOf(operation: Operation, client: StatementClient): Statements;
  /** The bindings that satisfy what the type demands, unless the operator relaxes it for a client. */
  accepts(operation: Typed): readonly Binding[];
  /** The screen on which the typed statement is made. */
  typedScreen(operation: Typed): "payment" | "confirm";
  /** What the type states by itself, before any policy. */
  demandOf(operation: Typed): TypeDemand;
  /** Sum and recipient of the typed statement; neither where it is made on the screen Confirm. */
  typedOf(operation: Operation): TypedMoney;
  /** Seconds that a request of this type can be confirmed. */
  lifetime(operation: Typed): number;
  /** Must be WMIDs of the account that confirms, or it is `access_denied`. */
  ownWmids(operation: Operation): Wmid[];
}

/** The file system, as a port; both throw when there is nothing to read. */
export interface OperationFiles {
  /** Names without the folder. */
  list(folder: string): readonly string[];
  read(path: string): string;
}

export type ReadOperationTypes =
  | { readonly ok: true; readonly registry: OperationTypes; readonly demands: Demands }
  /** `demands`: undefined where the folder cannot be read. */
  | { readonly ok: false; readonly faults: string[]; readonly demands: Demands | undefined };

/** What each type that has a file states by itself; undefined where the file is at fault. */
export type Demands = ReadonlyMap<string, TypeDemand | undefined>;

/** All faults of all files at once: sentences that begin with file and place. */
export function readOperationTypes(source: {
  readonly folder: string;
  readonly files: OperationFiles;
}): ReadOperationTypes {
  const { folder, files } = source;
  let names: string[];
  try {
    names = files.list(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    return { ok: false, faults: [`${folder} cannot be read${codeInBrackets(error)}: ${REMEDY}`], demands: undefined };
  }
  if (names.length === 0)
    return { ok: false, faults: [`${folder} holds no type of operation: ${REMEDY}`], demands: undefined };

  const faults: string[] = [];
  const types = new Map<string, OperationType>();
  const compiler = createSchemaCompiler();
  for (const name of names.sort()) {
    const path = `${folder}/${name}`;
    const read = readType(name, () => files.read(path), compiler);
    if (read.ok) types.set(read.value.type, read.value);
    else faults.push(...read.faults.map((fault) => `${path}: ${fault}`));
  }
  const alike = likenessFaults(new Map([...types].map(([type, { file }]) => [type, file])));
  faults.push(...alike.map((fault) => `${folder}/${fault}`));
  const registry = createRegistry(types);
  const named = names.map((name) => typeOf(name)).filter((type) => NAME.test(type));
  const demands = new Map(named.map((type) => [type, types.has(type) ? registry.demandOf({ type }) : undefined]));
  return faults.length > 0 ? { ok: false, faults, demands } : { ok: true, registry, demands };
}

const REMEDY = "name the folder that has a file for each type of operation, such as config/operations.";
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

function typeOf(fileName: string): string {
  return fileName.slice(0, -".json".length);
}

type ReadType =
  | { readonly ok: true; readonly value: OperationType }
  | { readonly ok: false; readonly faults: string[] };

function readType(name: string, read: () => string, compiler: SchemaCompiler): ReadType {
  const type = typeOf(name);
  if (!NAME.test(type)) return broken(["its name is the type's: use a-z, 0-9 and _, and a letter first."]);
  let text: string;
  try {
    text = read();
  } catch (error) {
    return broken([`it cannot be read${codeInBrackets(error)}: correct its mode.`]);
  }
  const parsed = parseTypeFile(text);
  if (!parsed.ok) return broken(parsed.faults);
  const { file } = parsed;
  const faults = typeFaults(file);
  try {
    const value = { type, file, validate: compiler.compile(type, file.schema) };
    // An example is shown only where the rest is right: what it would tell of, the rest has told.
    if (faults.length === 0) faults.push(...exampleFaults(value, file));
    if (faults.length === 0) return { ok: true, value };
  } catch (error) {
    faults.push(
      `schema is no JSON Schema (draft 2020-12): ${error instanceof Error ? error.message : "it is refused"}.`,
    );
  }
  return broken(faults);
}

/** The example proves that schema and formats let the same thing pass, and that every sentence can be built. */
function exampleFaults(type: OperationType, { example }: TypeFile): string[] {
  const registry = createRegistry(new Map([[type.type, type]]));
  const parsed = registry.parse(example);
  if (!parsed.ok) return [`example: ${parsed.member} ${parsed.reason}.`];
  for (const language of LANGUAGES) registry.describe(parsed.operation, language);
  registry.statementsOf(parsed.operation, { id: "example", name: "Example" });
  return [];
}

function broken(faults: string[]): ReadType {
  return { ok: false, faults };
}

function createRegistry(types: ReadonlyMap<string, OperationType>): OperationTypes {
  const typeOf = ({ type: name }: Typed): OperationType => {
    const type = types.get(name);
    if (type === undefined) throw new Error(`${name} is no type of operation here`);
    return type;
  };
  return {
    types: [...types.keys()],
    phoneWords: phoneWords(new Map([...types].map(([type, { file }]) => [type, file]))),
    parse: (element) => parseOperation(types, element),
    describe(operation, locale) {
      const type = typeOf(operation);
      return describe(type.file, operation, valuesOf(type, operation), locale);
    },
    statementsOf(operation, client) {
      const type = typeOf(operation);
      return {
        typed: typedStatement(type.file.typed, valuesOf(type, operation)),
        scanned: scannedStatement(operation, client),
      };
    },
    accepts(operation) {
      const { demands, typed } = typeOf(operation).file;
      return demands === "operation" ? ["operation"] : [typed.screen, "operation"];
    },
    typedScreen: (operation) => typeOf(operation).file.typed.screen,
    demandOf(operation) {
      const { demands, typed, acr } = typeOf(operation).file;
      return { demands, typed: typed.screen, acr };
    },
    typedOf(operation) {
      const type = typeOf(operation);
      return typedMoney(type.file.typed, valuesOf(type, operation));
    },
    lifetime: (operation) => typeOf(operation).file.lifetime,
    ownWmids(operation) {
      const type = typeOf(operation);
      const values = valuesOf(type, operation);
      return type.file.own_wmids.flatMap((name) => {
        const value = values.get(name);
        return value?.kind === "wmid" ? [value.wmid] : [];
      });
    },
  };
}
