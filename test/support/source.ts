import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One file of ours as text, for the tests that look at the code itself. */
export interface SourceFile {
  /** From the root of the repository, with `/`. */
  path: string;
  text: string;
  /** The same without imports, comments and what is inside quotes, so that words in them are not taken for code. */
  code: string;
  imports: readonly Import[];
}

export interface Import {
  /** A path like `SourceFile.path` for a file of ours, else the package's or the module's name. */
  target: string;
  ours: boolean;
  /** Erased before the program runs: `import type`. */
  typeOnly: boolean;
}

const ROOT = join(import.meta.dirname, "../..");

/** `import … from "x"`, `export … from "x"` and `import "x"`; nothing else at the beginning of a line has this shape. */
const STATEMENT = /^(?:(?:import|export)\s+(type\s)?[\w\s{},*$]*?\bfrom|import)\s*"([^"]+)"/gm;
const DYNAMIC = /\bimport\("([^"]+)"\)/g;
const PACKAGE = /^(?:node:[^/]+|@[^/]+\/[^/]+|[^/]+)/;

/** What is no code: comments, texts, and templates as far as a pattern can tell where they end. */
const SILENT =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?;]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/g;

/** Every file that fits one of the patterns, which are relative to the root of the repository. */
export function readSources(...patterns: string[]): SourceFile[] {
  return findFiles(...patterns).map((path) => parseSource(path, readText(path)));
}

export function findFiles(...patterns: string[]): string[] {
  return globSync(patterns, { cwd: ROOT, exclude: ["node_modules", ".git"] })
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

export function parseSource(path: string, text: string): SourceFile {
  const statements = [...text.matchAll(STATEMENT)].map(([, type, name = ""]) => ({
    name,
    typeOnly: type !== undefined,
  }));
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, name = ""]) => ({ name, typeOnly: false }));
  const imports = [...statements, ...dynamic].map(({ name, typeOnly }) =>
    name.startsWith(".")
      ? { target: join(dirname(path), name).replaceAll("\\", "/"), ours: true, typeOnly }
      : { target: PACKAGE.exec(name)?.[0] ?? name, ours: false, typeOnly },
  );
  return { path, text, code: text.replace(STATEMENT, "").replace(SILENT, '""'), imports };
}

/** The first circle that is found among the nodes, from a node back to itself; undefined where there is none. */
export function findCycle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle !== undefined) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
