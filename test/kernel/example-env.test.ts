import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { variables } from "../../src/config/variables.ts";

describe("config/example.env", () => {
  const path = new URL("../../config/example.env", import.meta.url);

  test("has every variable with its meaning and its default, and no other", () => {
    const blocks = readFileSync(path, "utf8").trim().split("\n\n").slice(1);
    expect(blocks).toEqual(variables.map((one) => `# ${one.what}\n# Default: ${one.default}\n#${one.example}`));
  });

  test("is a fine configuration once its lines are uncommented", () => {
    const lines = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("#") && !line.startsWith("# "));
    const env = Object.fromEntries(
      lines.map((line) => [line.slice(1, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(Object.keys(env)).toHaveLength(variables.length);
    const contents = new Map([
      ["/run/secrets/enum-id-master-key", randomBytes(32).toString("hex")],
      ["/run/secrets/enum-id-smtp-url", "smtp://id:secret@mail.example.com:587"],
    ]);
    const read = readConfig(env, { read: (path) => contents.get(path) ?? "" });
    expect(read).toMatchObject({ ok: true, config: { production: true, registration: "open", port: 3000 } });
  });
});
