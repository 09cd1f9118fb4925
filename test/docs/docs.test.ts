/** Keeps the documents in step with the code: whoever adds a variable, an error, a route, a scope or a verb writes it down as well. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { variables } from "../../src/config/variables.ts";
import { catalogue } from "../../src/errors.ts";
import { CLAIMS } from "../../src/provider/claims.ts";
import { readClients } from "../../src/provider/clients.ts";
import { BY_CERTIFICATE } from "../support/certificate-proxy.ts";
import { findFiles, readText } from "../support/source.ts";
import { createWorld } from "../support/world.ts";
import { anchors, codeBlocks, relativeLinks, tableRows } from "./markdown.ts";

const ROOT = join(import.meta.dirname, "../..");
const documents = findFiles("*.md", "docs/**/*.md").map((path) => ({ path, text: readText(path) }));

function run(file: string, ...words: string[]): string {
  return execFileSync(process.execPath, [join(ROOT, file), ...words], { encoding: "utf8" });
}

describe("docs/configuration.md", () => {
  it("has every variable with its default, and none that there is not", () => {
    const rows = tableRows(readText("docs/configuration.md"), "Variable", "Default");
    expect(rows.map(([name, unset]) => [name, unset])).toEqual(
      variables.map((variable) => [variable.name, variable.default]),
    );
  });
});

describe("docs/errors.md", () => {
  it("has every error with its status and message, and none that there is not", () => {
    const rows = tableRows(readText("docs/errors.md"), "Code", "Status", "Message");
    const listed = Object.fromEntries(
      rows.map(([code, status, message]) => [code, { status: Number(status), message }]),
    );
    expect(listed).toEqual(catalogue);
  });
});

describe("docs/http.md", () => {
  const text = readText("docs/http.md");

  it.each([
    ["a development server", false],
    ["production", true],
  ])("has every address of ours that %s answers", async (_name, production) => {
    await using world = await createWorld({ production, config: BY_CERTIFICATE });
    const mounted = world.routes.map(({ method, path }) => `${method} ${path}`);
    const listed = tableRows(text, "Method", "Path").flatMap(([methods = "", path = "", , where = ""]) =>
      production && where === "development" ? [] : methods.split(", ").map((method) => `${method} ${path}`),
    );
    expect(listed.sort()).toEqual(mounted.sort());
  });

  it("has every endpoint of the discovery document", async () => {
    await using world = await createWorld();
    const answer = await fetch(`${world.issuer}/.well-known/openid-configuration`);
    const metadata: Record<string, unknown> = await answer.json();
    const endpoints = Object.entries(metadata).flatMap(([name, value]) =>
      name !== "issuer" && typeof value === "string" && value.startsWith(world.issuer)
        ? [[name, value.slice(world.issuer.length)]]
        : [],
    );
    expect(
      tableRows(text, "Metadata", "Path")
        .map(([name, path]) => [name, path])
        .sort(),
    ).toEqual(endpoints.sort());
  });
});

describe("docs/integrate.md", () => {
  const text = readText("docs/integrate.md");

  it("has every scope with its claims", () => {
    const rows = tableRows(text, "Scope", "Claims");
    const listed = Object.fromEntries(
      rows.map(([scope, claims = ""]) => [scope, claims.split(", ").filter((claim) => claim !== "")]),
    );
    expect(listed).toEqual({ ...CLAIMS, offline_access: [] });
  });

  it("shows clients that production takes as they stand", () => {
    const blocks = codeBlocks(text, "json").filter((block) => block.includes("client_id"));
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      const files = {
        read: (path: string) => (path === "clients.json" ? block : "0123456789abcdef".repeat(4)),
        bytes: () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
      };
      expect(readClients({ path: "clients.json", production: true, files })).toMatchObject({ ok: true });
    }
  });
});

describe("docs/security/asvs.md", () => {
  const rows = tableRows(readText("docs/security/asvs.md"), "Requirement", "Level", "Met", "How", "Tests");

  it("names a test for whatever it calls met, and claims nothing else", () => {
    expect(rows.length).toBeGreaterThan(60);
    const unshown = rows.filter(
      ([, , met, , tests = ""]) => met !== "does not apply" && !tests.includes("](../../test/"),
    );
    expect(unshown).toEqual([]);
  });

  it("has each requirement once, and counts them as they are", () => {
    const met = (word: string) => rows.filter(([, , said]) => said === word).length;
    expect(new Set(rows.map(([requirement]) => requirement)).size).toBe(rows.length);
    expect(readText("docs/security/asvs.md")).toContain(
      `Of ${rows.length} rows ${met("yes")} are met, ${met("in part")} in part, ${met("by other means")} by other means`,
    );
  });
});

describe("docs/integrate.md and the clients file", () => {
  it("has every member that a client may have", () => {
    const [, members = ""] =
      /const entry = z\.strictObject\(\{\n(.*?)\n\}\);/s.exec(readText("src/provider/clients.ts")) ?? [];
    const names = [...members.matchAll(/^ {2}([a-z_]+):/gm)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !readText("docs/integrate.md").includes(`\`${name}\``))).toEqual([]);
  });
});

describe("docs/operate.md", () => {
  const text = readText("docs/operate.md");

  it("has nginx tell its own name, listen on all addresses, and say nothing of certificates that a client has written", () => {
    const ours = codeBlocks(text, "")
      .flatMap((block) => block.split(/^server \{/m))
      .filter((block) => block.includes("proxy_pass"));
    expect(ours.length).toBeGreaterThan(2);
    for (const block of ours) {
      const [, name = ""] = /server_name ([a-z.]+);/.exec(block) ?? [];
      expect(block).toContain(`proxy_set_header X-Forwarded-Host ${name};`);
      expect(block.match(/listen .*443 ssl;/g), name).toEqual(["listen 443 ssl;", "listen [::]:443 ssl;"]);
      const [certificate, verify] = /ssl_verify_client/.test(block)
        ? ["$ssl_client_escaped_cert", "$ssl_client_verify"]
        : ['""', '""'];
      expect(block).toContain(`proxy_set_header X-Client-Certificate ${certificate};`);
      expect(block).toContain(`proxy_set_header X-Client-Verify ${verify};`);
    }
  });

  it("begins with an environment that has no fault, and has its files where the steps before put them", () => {
    const blocks = codeBlocks(text, "");
    const lines =
      blocks
        .find((block) => block.startsWith("ENUM_ID_ISSUER="))
        ?.trim()
        .split("\n") ?? [];
    const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    const unit = { NODE_ENV: "production", ENUM_ID_MASTER_KEY_FILE: "/run/credentials/enum-id.service/master-key" };
    const key = "5bd0c3f1a97e64208d1b7ac95e3f60824cf7e91d0a6b83527e4d19f8c06a3b75";
    const read = readConfig({ ...unit, ...env }, { read: () => key });
    expect(read.ok ? read.config : read.faults).toMatchObject({
      production: true,
      trustProxy: true,
      clients: "/etc/enum-id/clients.json",
      operations: "/etc/enum-id/operations",
      policy: "/etc/enum-id/policy.json",
      database: { url: "sqlite:/var/lib/enum-id/enum-id.sqlite" },
    });
    expect(text).toContain("cp -r config/operations config/policy.json /etc/enum-id/\n");
  });

  it("has every figure of ours, and none that there is not", () => {
    const named = new Set(
      [...readText("src/health/metrics.ts").matchAll(/"(enum_id_[a-z_]+)"/g)].map(([, name]) => name),
    );
    const listed = new Set([...text.matchAll(/`(enum_id_[a-z_]+)`/g)].map(([, name]) => name));
    expect([...listed].sort()).toEqual([...named].sort());
  });

  it("has every line that the log can have beside requests, and none that there is not", () => {
    const sources = findFiles("src/**/*.ts").map(readText).join("\n");
    const calls = sources.matchAll(/logger\.(?:info|warn|error|fatal)\((?:[^;]*?,\s+)?"([^"]+)",?\s*\)/g);
    const said = [...calls].map(([, message = ""]) => message);
    // These two are chosen by a condition, and of requests that failed the catalogue's own words are said.
    const others = ["not ready", "ready again", catalogue["server-error"].message, catalogue.unavailable.message];
    const listed = tableRows(text, "msg", "Level").map(([message]) => message);
    expect(listed.sort()).toEqual([...new Set([...said, ...others])].sort());
  });
});

describe("a site's lines", () => {
  // `site.ts` and `passport.ts` are run by `integrate.test.ts`, the demo's sites by their own tests.
  const files = [
    "examples/site/provider.ts",
    "examples/site/sign-in.ts",
    "test/docs/passport.ts",
    "test/docs/site.ts",
    "examples/resource-server/api.ts",
    "examples/resource-server/site.ts",
    "examples/native/keeper.ts",
  ];
  const tested = files.map(readText).join("\n");
  it.each(["README.md", "docs/integrate.md"])("stand in %s as they are tested", (path) => {
    const blocks = codeBlocks(readText(path), "ts");
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(withoutIndentation(tested)).toContain(withoutIndentation(block));
  });
});

function withoutIndentation(text: string): string {
  return text.replace(/^ +/gm, "");
}

describe("the command lines", () => {
  it("docs/operate.md shows the operator's verbs as `enum-id help` does", () => {
    expect(readText("docs/operate.md")).toContain(run("bin/enum-id.mjs", "help").trim());
  });

  it("docs/phone.md shows the phone's verbs as the phone does", () => {
    expect(readText("docs/phone.md")).toContain(run("src/phone/command-line/cli.ts", "help").trim());
  });

  it("every npm command that a document names is there", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readText("package.json"));
    const named = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm (?:run ([a-z:]+)|(test|start)\b)/g)].map(([, script, short = ""]) => ({
        path,
        script: script ?? short,
      })),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });
});

describe("CONTRIBUTING.md", () => {
  it("has every project of the tests, in the order in which they run", () => {
    const rows = tableRows(readText("CONTRIBUTING.md"), "Project", "Holds");
    const projects = [...readText("vitest.config.ts").matchAll(/\bname: "([a-z]+)"/g)].map(([, name]) => `${name}`);
    expect(rows.map(([name]) => name)).toEqual(projects);
  });
});

describe("README.md", () => {
  it("names every room, and none that there is not", () => {
    const named = tableRows(readText("README.md"), "Room")
      .filter(([cell = ""]) => cell.startsWith("src/"))
      .flatMap(([cell = ""]) => [...cell.matchAll(/(?:src\/)?([a-z-]+)\/(?=,|$)/g)].map(([, room]) => room));
    const rooms = new Set(findFiles("src/*/**/*.ts").map((path) => path.split("/")[1]));
    expect(named.sort()).toEqual([...rooms].sort());
  });
});

describe("all documents", () => {
  it("link only to what is there", () => {
    const broken = documents.flatMap(({ path, text }) =>
      relativeLinks(text)
        .filter((link) => !leadsSomewhere(path, link))
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("decisions are numbered without a gap, and each has its four parts", () => {
    const decisions = documents.filter(({ path }) => path.startsWith("docs/decisions/"));
    expect(decisions.map(({ path }) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]))).toEqual(
      decisions.map((_, index) => index + 1),
    );
    for (const { text } of decisions) {
      const parts = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
      expect(parts).toEqual(["Decision", "Context", "Options", "Consequences"]);
    }
  });
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? from : join(dirname(from), decodeURIComponent(file));
  if (!existsSync(join(ROOT, path))) return false;
  return anchor === undefined || anchors(readText(path)).includes(anchor);
}
