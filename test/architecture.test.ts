/** Keeps the cut of the code: what may import what, where effects are allowed, and how a folder begins. */
import { describe, expect, it } from "vitest";
import { findCycle, parseSource, readSources, readText, type SourceFile } from "./support/source.ts";

const sources = readSources("src/**/*.ts");
const all = [...sources, ...readSources("db/**/*.ts", "examples/**/*.ts")];
const byPath = new Map(sources.map((file) => [file.path, file]));

/** They see all rooms, and put them together: the process, the composition, the operator's verbs. */
const isComposition = (path: string) => path === "src/main.ts" || /^src\/(app|cli)\//.test(path);
/** What everything stands on: the files beside the rooms, what the operator has set, and the database. */
const isKernel = (path: string) => /^src\/((config|database)\/)?[^/]+\.ts$/.test(path) && !isComposition(path);

/** They run in browsers as well as in Node. */
const BROWSER_PACKAGES = ["@noble/hashes", "@otplib/core", "jose", "otplib"];

/** What the web client's bundle has beside them. */
const WEB_PACKAGES = ["lit-html", "qr", "zod"];

/** Stages of an interaction: each returns to the dispatcher, which alone decides what is next. */
const STEPS = ["login", "consent", "confirmation"];

/** What reaches a disk, a network or a database. */
const EFFECTS =
  /^(node:(fs|http|https|net|tls|child_process|dgram|dns)|knex|pg|sqlite3|koa|@koa\/router|nodemailer|oidc-provider)$/;

/** What every resource server copies, and our own has no second of: it imports nothing of ours. */
const KIT = "examples/resource-server/kit/";

/** No door: each of its files is one small thing that every page shares, or the folder is a single file of routes. */
const WITHOUT_DOOR = ["http", "home"];

const LONGEST_FILE = 350;

/** Where a brand is made, and how often: a cast anywhere else believes instead of checking. */
const CASTS: Readonly<Record<string, readonly string[]>> = {
  "src/account/identifier.ts": ["Email", "Phone"],
  "src/e-num/activation-code.ts": ["ActivationCode"],
  "src/e-num/amount.ts": ["Amount"],
  "src/e-num/challenge.ts": ["Challenge", "Response"],
  "src/e-num/purse.ts": ["Purse", "Purse"],
  "src/e-num/statement.ts": ["StatementHash", "OperationDetails"],
  "src/limits/limits.ts": ["Counter", "Counter", "Counter", "Counter", "Counter"],
  "src/operation/parse.ts": ["Operation"],
  "src/phone/pad.ts": ["Pin"],
  "src/wmid.ts": ["Wmid"],
};

/** `x as Name`, but not `as const`. */
const CAST = /\s+as\s+(?!const\b)(\w+)/g;

/** What breaks a rule today, with the rule; each is to go, and one that has gone fails the test until it leaves this list. */
const KNOWN: readonly string[] = [];

/** Fails with the violations that are not known, and with known ones of this rule that are gone. */
function expectNone(found: readonly string[], ofThisRule: RegExp = /^$/): void {
  const known = KNOWN.filter((violation) => ofThisRule.test(violation));
  expect([...found].sort()).toEqual([...known].sort());
}

function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** `a -> b` for each import that is not allowed. */
function wrongImports(files: readonly SourceFile[], allowed: (target: string, from: SourceFile) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports.filter(({ target }) => !allowed(target, file)).map(({ target }) => `${file.path} -> ${target}`),
  );
}

/** The file and all that is loaded with it, packages included. */
function loadedWith(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) if (!typeOnly) loadedWith(target, seen);
  return seen;
}

describe("the reader of source files", () => {
  const read = (text: string) => parseSource("src/a/b.ts", text);

  it("tells imports of values from imports of types, ours from packages", () => {
    const lines = [
      'import { one } from "../c/d.ts";',
      'import type { Two } from "./two.ts";',
      'import {\n  three,\n  type Three,\n} from "@koa/router";',
      'import * as four from "openid-client";',
      'export { five } from "./five.ts";',
      'import { sha256 } from "@noble/hashes/sha2.js";',
      'import { readFile } from "node:fs/promises";',
      'const late = await import("./late.ts");',
      'export const no = "nothing";',
    ];
    expect(read(lines.join("\n")).imports).toEqual([
      { target: "src/c/d.ts", ours: true, typeOnly: false },
      { target: "src/a/two.ts", ours: true, typeOnly: true },
      { target: "@koa/router", ours: false, typeOnly: false },
      { target: "openid-client", ours: false, typeOnly: false },
      { target: "src/a/five.ts", ours: true, typeOnly: false },
      { target: "@noble/hashes", ours: false, typeOnly: false },
      { target: "node:fs", ours: false, typeOnly: false },
      { target: "src/a/late.ts", ours: true, typeOnly: false },
    ]);
  });

  it("takes no word in a comment or a text for code", () => {
    const { code } = read(
      '// process.env\n/* as Wmid */ const a = "process.env"; const b = /["\'`]/; const c = `x as Wmid`; d as Pin;',
    );
    expect(code).not.toContain("process");
    expect(code.match(/ as \w+/g)).toEqual([" as Pin"]);
  });

  it("finds a circle, and says so when there is none", () => {
    const graph = (edges: Record<string, string[]>) =>
      new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));
    expect(findCycle(graph({ a: ["b", "c"], b: ["c"], c: [] }))).toBeUndefined();
    expect(findCycle(graph({ a: ["b"], b: ["c"], c: ["b"] }))).toEqual(["b", "c", "b"]);
  });

  it("has read the files that the rules are about", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect([...byPath.keys()]).toEqual(
      expect.arrayContaining([
        "src/main.ts",
        "src/app/app.ts",
        "src/cli/cli.ts",
        "src/database/database.ts",
        "src/challenge/rules.ts",
      ]),
    );
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, ours }) => ours && !byPath.has(target) && !target.startsWith(KIT))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("what may import what", () => {
  it("the kernel imports nothing of ours but the kernel", () => {
    const kernel = sources.filter(({ path }) => isKernel(path));
    expectNone(wrongImports(kernel, (target) => !target.startsWith("src/") || isKernel(target)));
  });

  it("the E-num core imports itself, WMIDs, what drops the signs between digits, and packages that run in browsers", () => {
    const core = sources.filter(({ path }) => path.startsWith("src/e-num/"));
    const allowed = (target: string) =>
      /^src\/(e-num\/|(wmid|typed)\.ts$)/.test(target) || BROWSER_PACKAGES.includes(target);
    expectNone(wrongImports(core, allowed));
    expectNone(core.filter(({ code }) => /\b(Buffer|process|require)\b/.test(code)).map(({ path }) => path));
  });

  it("what the phone shares with every client loads nothing of Node", () => {
    const shared = [...byPath.keys()].filter((path) => /^src\/phone\/(?:web\/.*|[^/]+)\.ts$/.test(path));
    expect(shared).toEqual(expect.arrayContaining(["src/phone/pad.ts", "src/phone/device-client.ts"]));
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(readText("package.json"));
    const foreign = (name: string) =>
      name.startsWith("node:") || (name in dependencies && ![...BROWSER_PACKAGES, ...WEB_PACKAGES].includes(name));
    expectNone(shared.flatMap((path) => [...loadedWith(path)].filter(foreign).map((name) => `${path} loads ${name}`)));
  });

  it("the web client and the one on the command line share what stands beside them, and nothing of one another", () => {
    const part = (path: string) => /^src\/phone\/(web|command-line)\//.exec(path)?.[1];
    const parts = sources.filter(({ path }) => part(path) !== undefined);
    expectNone(wrongImports(parts, (target, { path }) => (part(target) ?? part(path)) === part(path)));
  });

  it("the phone knows the provider by its public API alone", () => {
    const phone = sources.filter(({ path }) => roomOf(path) === "phone");
    const allowed = (target: string, { path }: SourceFile) =>
      !target.startsWith("src/") ||
      /^src\/(phone|e-num)\//.test(target) ||
      target === "src/wmid.ts" ||
      // Words, which its bundle has in every language.
      (path.startsWith("src/phone/web/") &&
        /^src\/locale\/(markup|format|(en|ru)\/(web-phone.*|screens))\.ts$/.test(target));
    expectNone(wrongImports(phone, allowed));
  });

  it("the kit of resource servers imports itself and packages alone, and is the one example that the server has", () => {
    const kit = all.filter(({ path }) => path.startsWith(KIT));
    expect(kit.length).toBeGreaterThan(5);
    expectNone(wrongImports(kit, (target) => !/^(src|db|examples|test)\//.test(target) || target.startsWith(KIT)));
    expectNone(wrongImports(sources, (target) => !target.startsWith("examples/") || target.startsWith(KIT)));
  });

  it("steps import neither one another nor the dispatcher, only its step.ts", () => {
    const steps = sources.filter(({ path }) => STEPS.includes(roomOf(path) ?? ""));
    expect(steps.length).toBeGreaterThan(0);
    const allowed = (target: string, { path }: SourceFile) => {
      const room = roomOf(target);
      if (room === "interaction") return target === "src/interaction/step.ts";
      return room === undefined || room === roomOf(path) || !STEPS.includes(room);
    };
    expectNone(wrongImports(steps, allowed));
  });

  it("a folder's store, rules, routes and api are its own: only the composition root reaches for them", () => {
    const inside = /\/(store|rules|routes|api)\.ts$/;
    const found = sources
      .filter(({ path }) => !isComposition(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => inside.test(target) && folderOf(target) !== folderOf(path))
          .map(({ target }) => `${path} reaches into ${target}`),
      );
    expectNone(found, / reaches into /);
  });

  it("no file imports values in a circle", () => {
    const values = (file: SourceFile) =>
      file.imports.filter(({ ours, typeOnly }) => ours && !typeOnly).map(({ target }) => target);
    expect(findCycle(new Map(sources.map((file) => [file.path, new Set(values(file))])))).toBeUndefined();
  });

  it("no folder imports another in a circle, not even for types", () => {
    const graph = new Map<string, Set<string>>();
    for (const { path, imports } of sources) {
      const from = roomOf(path);
      if (from === undefined) continue;
      const reached = graph.get(from) ?? new Set();
      graph.set(from, reached);
      for (const { target } of imports) {
        const room = roomOf(target);
        if (room !== undefined && room !== from) reached.add(room);
      }
    }
    expect(findCycle(graph)).toBeUndefined();
  });
});

describe("where effects are allowed", () => {
  const filesWith = (pattern: RegExp) => sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);

  it("only the two command lines read the environment", () => {
    expect(filesWith(/\bprocess\s*\.\s*env\b/)).toEqual(["src/cli/cli.ts", "src/phone/command-line/cli.ts"]);
    const byImport = sources.filter(({ imports }) => imports.some(({ target }) => target === "node:process"));
    expectNone(byImport.map(({ path }) => path));
  });

  it("what befalls an account is told in one place: all others send what somebody has asked for", () => {
    expect(filesWith(/\bmessaging\s*\.\s*(enqueue|pretend)\b/).sort()).toEqual([
      "src/authentication/email-proof.ts",
      "src/code/code.ts",
      "src/contact/proving.ts",
      "src/notice/notice.ts",
      "src/recovery/phone-proof.ts",
      "src/registration/registration.ts",
    ]);
  });

  it("only the dispatcher ends an interaction", () => {
    expect(filesWith(/\binteraction(Result|Finished)\b/)).toEqual(["src/interaction/conclude.ts"]);
  });

  it("rules decide and do nothing: they load no disk, network, database or web server", () => {
    const rules = [...byPath.keys()].filter((path) => /(^|[/-])rules\.ts$/.test(path));
    expect(rules.length).toBeGreaterThan(2);
    expectNone(
      [...rules, "src/provider/assurance.ts"].flatMap((path) =>
        [...loadedWith(path)].filter((name) => EFFECTS.test(name)).map((name) => `${path} loads ${name}`),
      ),
    );
  });
});

describe("how the code reads", () => {
  it("every folder has a door that begins by saying what the folder owns", () => {
    const rooms = [...new Set(sources.map(({ path }) => roomOf(path)))].filter((room) => room !== undefined);
    const isOpen = (room: string) => {
      const [, comment = ""] = /^\/\*\*([\s\S]*?)\*\//.exec(byPath.get(`src/${room}/${room}.ts`)?.text ?? "") ?? [];
      return (comment.match(/[.:](?=\s)/g)?.length ?? 0) >= 2;
    };
    expect(rooms.filter((room) => !isOpen(room))).toEqual([...WITHOUT_DOOR].sort());
  });

  it(`no file is longer than ${LONGEST_FILE} lines`, () => {
    expectNone(all.filter(({ text }) => text.split("\n").length - 1 > LONGEST_FILE).map(({ path }) => path));
  });

  it("a cast makes a brand, in the file that owns it, and nothing else", () => {
    const casts = new Map(all.map(({ path, code }) => [path, [...code.matchAll(CAST)].map(([, name = ""]) => name)]));
    const found = [...casts].filter(([path, names]) => names.join() !== (CASTS[path] ?? []).join());
    expectNone(
      found.map(([path, names]) => `${path} casts to ${names.join(", ")}`),
      / casts to /,
    );
  });

  it("nothing is left to be done", () => {
    expectNone(all.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)).map(({ path }) => path));
  });
});
