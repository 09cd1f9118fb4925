import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOperationTypes } from "../../src/operation/operation.ts";
import { disk, fileOf, parsed, registryOf, SHOP } from "./registry.ts";

const GIFT = {
  heading: { en: "Give {sum} to {to}?", ru: "Подарить {sum} — {to}?" },
  submit: { en: "Give", ru: "Подарить" },
  noun: { en: "Gift", ru: "Подарок" },
  typed: { screen: "payment", recipient: "to", amount: "sum" },
  demands: "payment",
  members: {
    to: { format: "wmid", label: { en: "For", ru: "Кому" } },
    sum: { format: "money", label: { en: "Sum", ru: "Сумма" } },
    paper: {
      format: "choice",
      label: { en: "Paper", ru: "Бумага" },
      choices: { red: { en: "red", ru: "красная" }, blue: { en: "blue", ru: "синяя" } },
    },
    pieces: { format: "integer", label: { en: "Pieces", ru: "Штук" } },
  },
  schema: {
    type: "object",
    properties: {
      to: { $ref: "#/$defs/wmid" },
      sum: { $ref: "#/$defs/money" },
      paper: { enum: ["red", "blue"] },
      pieces: { type: "integer", maximum: 9 },
    },
    required: ["to", "sum"],
  },
  example: { type: "gift", operation_id: "g-1", to: "301234567890", sum: { value: "5", currency: "WMZ" } },
};

/** Files by name; text as it stands, anything else as JSON. */
function read(files: Record<string, unknown>) {
  const texts = new Map(
    Object.entries(files).map(([name, file]) => [
      `/types/${name}`,
      typeof file === "string" ? file : JSON.stringify(file),
    ]),
  );
  return readOperationTypes({
    folder: "/types",
    files: {
      list: () => [...texts.keys()].map((path) => path.slice("/types/".length)),
      read(path) {
        const text = texts.get(path);
        if (text === undefined || text === "unreadable") throw Object.assign(new Error("no"), { code: "EACCES" });
        return text;
      },
    },
  });
}

function faultsOf(files: Record<string, unknown>): string[] {
  const types = read(files);
  return types.ok ? [] : types.faults;
}

/** GIFT with something changed deep within: `gift("members.to.format", "purse")`; undefined takes it away. */
function gift(path: string, value: unknown, type = "gift"): unknown {
  const copy = JSON.parse(JSON.stringify({ ...GIFT, example: { ...GIFT.example, type } }));
  const names = path.split(".");
  const last = names.pop() ?? "";
  names.reduce((inner, name) => inner[name], copy)[last] = value;
  return copy;
}

describe("a tenth type", () => {
  it("is added by a file in the folder, without code", () => {
    const folder = mkdtempSync(join(tmpdir(), "operations-"));
    try {
      writeFileSync(join(folder, "gift.json"), JSON.stringify(GIFT));
      writeFileSync(join(folder, "README.md"), "# not a type");
      for (const type of ["payment", "keys"]) writeFileSync(join(folder, `${type}.json`), JSON.stringify(fileOf(type)));
      const types = registryOf(readOperationTypes({ folder, files: disk }));
      expect(types.types).toEqual(["gift", "keys", "payment"]);
      const operation = parsed({ ...GIFT.example, paper: "blue", pieces: 3 }, types);
      expect(types.describe(operation, "ru")).toEqual({
        heading: "Подарить \uE0005 WMZ\uE003 — \uE0003012\u00a03456\u00a07890\uE003?",
        submit: "Подарить",
        noun: "Подарок",
        payee: { label: "Кому", wmid: "3012 3456 7890" },
        amount: { label: "Сумма", value: "5", currency: "WMZ", currencyName: "доллары США" },
        rows: [
          { label: "Бумага", value: "синяя", figures: false },
          { label: "Штук", value: "3", figures: true },
          { label: "Номер запроса", value: "g-1", figures: true },
        ],
      });
      expect(types.statementsOf(operation, SHOP).typed).toEqual({
        mode: "payment",
        amount: "5",
        currency: "WMZ",
        recipient: "301234567890",
      });
      expect(types.accepts(operation)).toEqual(["payment", "operation"]);
      expect([types.demandOf(operation).acr, types.lifetime(operation)]).toEqual(["urn:e-num:acr:operation", 300]);
      expect(types.parse({ ...GIFT.example, pieces: 10 })).toMatchObject({ member: "pieces", reason: "must be <= 9" });
      expect(types.parse({ ...GIFT.example, paper: "green" })).toMatchObject({ member: "paper" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("may be confirmed by SMS, and in ten minutes, where its file says so", () => {
    const types = registryOf(read({ "gift.json": { ...GIFT, acr: "urn:e-num:acr:sms", lifetime: 600 } }));
    expect([types.demandOf({ type: "gift" }).acr, types.lifetime({ type: "gift" })]).toEqual([
      "urn:e-num:acr:sms",
      600,
    ]);
    expect(() => types.lifetime({ type: "payment" })).toThrow("payment is no type of operation here");
  });
});

const BAD: [string, unknown, string][] = [
  ["heading", undefined, "heading must be there as object."],
  ["heading.ru", undefined, "heading.ru must be there as string."],
  ["heading.de", "Schenken?", "heading.de is not a member that is known here"],
  ["heading.en", "Give {sum} to {whom}?", "heading.en has {whom}: name a member that is required"],
  ["heading.en", "Give {pieces}?", "heading.en has {pieces}: name a member that is required"],
  ["heading.en", "Give {sum?", "heading.en has a brace without its other half."],
  ["submit.ru", "Да\nнет", "submit.ru must be one line of 1 to 140 visible characters."],
  ["noun.en", " ", "noun.en must be one line of 1 to 140 visible characters."],
  ["noun.en", "Gift of {sum}", "noun.en has a brace: it says no member."],
  ["typed.screen", "scan", "typed.screen must be payment or confirm."],
  ["typed.amount", "pieces", "typed.amount is pieces: name a member of the format money, without per."],
  ["typed.recipient", "paper", "typed.recipient is paper: name a purse, a WMID or the purse of a payee"],
  ["typed.recipient", "to.purse", "typed.recipient is to.purse: name a purse"],
  ["typed", { screen: "confirm" }, "demands is payment, but typed.screen is confirm"],
  ["demands", "nothing", "demands must be payment or confirm or operation."],
  ["acr", "urn:e-num:acr:login", "acr must be urn:e-num:acr:operation or urn:e-num:acr:sms."],
  ["lifetime", 601, "lifetime must be at most 600."],
  ["lifetime", 5, "lifetime must be at least 60."],
  ["own_wmids", ["sum"], "own_wmids names sum, which is no member of the format wmid."],
  ["limit", 3, "limit is not a member that is known here: correct or remove it."],
  ["members.To", { format: "wmid", label: GIFT.noun }, "members.To must be a name of a-z, 0-9 and _."],
  ["members.to.format", "iban", "members.to.format must be money or rate or choice or purse"],
  ["members.to.label", { en: "For" }, "members.to.label.ru must be there as string."],
  ["members.to.label.en", "Sum", "members.sum.label.en is that of to: give each its own."],
  ["members.to.label.ru", "Описание", "members.to.label.ru is that of description: give each its own."],
  ["members.sum.per", "year", "members.sum.per must be day or week or month."],
  ["members.pieces", undefined, "members.pieces is missing: what schema.properties allows is bound"],
  ["members.paper.choices.red.en", "blue", "members.paper.choices has two values with the same words (en)"],
  ["members.paper.choices.green", GIFT.noun, "members.paper.choices and schema.properties.paper.enum differ"],
  ["members.type", { format: "text", label: { en: "T", ru: "Т" } }, "members.type is one that every type has"],
  ["schema.type", "array", "schema.type must be object."],
  ["schema.additionalProperties", true, "schema.additionalProperties is the registry's own: remove it."],
  ["schema.required", ["to", "sum", "from"], "schema.required names from, which schema.properties has not."],
  ["schema.required", ["to"], "typed.amount is sum, which schema.required does not name: it is always typed."],
  ["schema.properties.card", { type: "string" }, "members.card is missing: what schema.properties allows is bound"],
  ["schema.properties.pieces", { type: "integr" }, "schema is no JSON Schema (draft 2020-12)"],
  ["schema.properties.pieces", { maximun: 9 }, 'strict mode: unknown keyword: "maximun"'],
  ["schema.properties.to", { $ref: "#/$defs/wmdi" }, "can't resolve reference #/$defs/wmdi"],
  ["schema.properties.sum", { type: "string" }, "example: sum must be string."],
  ["example", undefined, "example must be there as object."],
  ["example.to", "bob", "example: to must be a WMID: 12 digits, as text."],
  ["example.type", "present", "example: type must be bad_"],
];

describe("a bad file stops the start with its name, the place and the reason", () => {
  // All in one folder: each is told of, whatever is wrong with the others.
  const files = BAD.map(([path, value], index) => [`bad_${index}.json`, gift(path, value, `bad_${index}`)]);
  const bad = faultsOf(Object.fromEntries(files));

  it.each(BAD.map((bad, index) => [...bad, index] as const))("%s: %j", (path, value, fault, index) => {
    const own = bad.filter((one) => one.startsWith(`/types/bad_${index}.json: `));
    expect(own.join("\n"), `${path}: ${JSON.stringify(value)}`).toContain(fault);
  });

  it("a payee is shown once: two cannot be", () => {
    const members = { ...GIFT.members, payee: { format: "payee", label: { en: "Payee", ru: "Получатель" } } };
    const properties = { ...GIFT.schema.properties, payee: { $ref: "#/$defs/payee" } };
    expect(faultsOf({ "gift.json": { ...GIFT, members, schema: { ...GIFT.schema, properties } } })).toEqual([
      "/types/gift.json: members.payee is a second payee: a page shows one, in full.",
    ]);
  });

  it("a label cannot pass for a numbered change", () => {
    const members = {
      ...fileOf("profile_update").members,
      note: { format: "text", label: { en: "Change 2", ru: "Ещё" } },
    };
    const schema = { type: "object", properties: { changes: {}, note: {} }, required: ["changes"] };
    expect(faultsOf({ "profile_update.json": { ...fileOf("profile_update"), members, schema } })).toEqual([
      "/types/profile_update.json: members.note.label.en begins as the numbered ones of changes do: write another.",
    ]);
  });

  it("two types cannot be called alike", () => {
    const twin = { ...GIFT, example: { ...GIFT.example, type: "present" }, noun: { en: "Present", ru: "Подарок" } };
    expect(faultsOf({ "gift.json": GIFT, "present.json": twin })).toEqual([
      "/types/present.json: heading.en is that of gift: give each type words of its own.",
      "/types/present.json: heading.ru is that of gift: give each type words of its own.",
      "/types/present.json: noun.ru is that of gift: give each type words of its own.",
    ]);
  });

  it("all faults of all files come at once", () => {
    const faults = faultsOf({
      "a.json": "{",
      "b.json": [],
      "c.json": gift("lifetime", 1000),
      "d.json": "unreadable",
      "E-mail.json": GIFT,
      "gift.json": { ...GIFT, own_wmids: ["sum"], demands: "payment", typed: { screen: "confirm" } },
    });
    expect(faults).toEqual([
      "/types/E-mail.json: its name is the type's: use a-z, 0-9 and _, and a letter first.",
      expect.stringMatching(/^\/types\/a\.json: is not JSON: .*line 1 column 2/),
      "/types/b.json: the whole must be there as object.",
      "/types/c.json: lifetime must be at most 600.",
      "/types/d.json: it cannot be read (EACCES): correct its mode.",
      "/types/gift.json: demands is payment, but typed.screen is confirm: a payment has recipient and amount.",
      "/types/gift.json: own_wmids names sum, which is no member of the format wmid.",
    ]);
  });

  it("a folder that is not there or empty", () => {
    expect(faultsOf({})).toEqual([expect.stringContaining("/types holds no type of operation: name the folder")]);
    const missing = readOperationTypes({ folder: "/nowhere", files: disk });
    expect(missing).toMatchObject({ ok: false, faults: [expect.stringContaining("/nowhere cannot be read (ENOENT)")] });
  });
});
