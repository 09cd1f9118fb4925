/** The worked type of docs/operations.md is a type like any other, and its tables and faults are those of the registry. */
import { generateKeyPair } from "jose";
import { describe, expect, it } from "vitest";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { printQrText } from "../../src/e-num/qr-text.ts";
import { signStatement } from "../../src/e-num/statement-token.ts";
import { type OperationTypes, readOperationTypes } from "../../src/operation/operation.ts";
import { disk } from "../operation/registry.ts";
import { readText } from "../support/source.ts";
import { codeBlocks, tableRows } from "./markdown.ts";

const text = readText("docs/operations.md");
const [block = ""] = codeBlocks(text, "json");
const NAME = "standing_order.json";
const FOLDER = "/etc/enum-id/operations";

/** Our nine types and this one. */
function read(file: unknown) {
  return readOperationTypes({
    folder: FOLDER,
    files: {
      list: () => [...disk.list("config/operations"), NAME],
      read: (path) =>
        path === `${FOLDER}/${NAME}` ? JSON.stringify(file) : disk.read(path.replace(FOLDER, "config/operations")),
    },
  });
}

function registry(): OperationTypes {
  const types = read(JSON.parse(block));
  if (!types.ok) throw new Error(types.faults.join("\n"));
  return types.registry;
}

/** The file with something changed in it. */
function changed(change: (file: { members: Record<string, object>; heading: object }) => void): unknown {
  const copy = JSON.parse(block);
  change(copy);
  return copy;
}

describe("the worked type of docs/operations.md", () => {
  it("is the tenth, and is shown as the page says", () => {
    const types = registry();
    expect(types.types).toHaveLength(10);
    const parsed = types.parse(JSON.parse(block).example);
    if (!parsed.ok) throw new Error(parsed.reason);
    const { heading } = types.describe(parsed.operation, "en");
    expect(text).toContain(`“${heading.replace(/[\uE000-\uF8FF]/g, "")}”`);
    expect(types.accepts(parsed.operation)).toEqual(["operation"]);
    expect(types.ownWmids(parsed.operation)).toEqual(["301234567890"]);
  });

  it("fits into a code that cameras read", async () => {
    const types = registry();
    const parsed = types.parse(JSON.parse(block).example);
    const challenge = parseChallenge("48219370");
    if (!parsed.ok || !challenge.ok) throw new Error("the example is refused");
    const { scanned: statement } = types.statementsOf(parsed.operation, { id: "paper", name: "Evening paper" });
    const { privateKey } = await generateKeyPair("ES256");
    const token = {
      issuer: "https://id.example.com",
      statement,
      challenge: challenge.value,
      issuedAt: 1,
      expiresAt: 301,
    };
    const signed = await signStatement(token, privateKey, "Jm2TqX0a");
    const code = printQrText({ kind: "operation", challenge: challenge.value, request: "A".repeat(22), token: signed });
    expect(code.length).toBeLessThan(640);
  });

  it("has every member that a file may have in the page's table", () => {
    expect(tableRows(text, "Member", "What it says").map(([name]) => name)).toEqual(Object.keys(JSON.parse(block)));
  });

  it("has every format in the page's table", () => {
    const types = read(changed(({ members }) => Object.assign(members["first_on"] ?? {}, { format: "none" })));
    const [fault = ""] = types.ok ? [] : types.faults;
    const known = /must be (.*)\.$/.exec(fault)?.[1]?.split(" or ") ?? [];
    expect(
      tableRows(text, "format", "A site sends")
        .map(([name]) => name)
        .sort(),
    ).toEqual(known.sort());
  });

  it("with a slip of the pen is refused in the page's words", () => {
    const slips = [
      changed(({ members }) => Reflect.deleteProperty(members, "every")),
      changed((file) => Object.assign(file, { limit: 300 })),
      changed(({ heading }) => Object.assign(heading, { en: "Pay from {first_on}?" })),
    ];
    const [shown = ""] = codeBlocks(text, "text");
    const faults = slips.flatMap((slip) => {
      const types = read(slip);
      return types.ok ? [] : types.faults.slice(0, 1);
    });
    expect(shown.trim().split("\n")).toEqual(faults);
  });
});
