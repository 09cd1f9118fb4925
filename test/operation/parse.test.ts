import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { example, parsed, shipped, TYPES } from "./registry.ts";

const wmz = (value: unknown) => ({ value, currency: "WMZ" });

/** A payment to Z123456789012, whom the site calls so. */
const paidTo = (name: string) => shipped.parse(example("payment", { payee: { purse: "Z123456789012", name } }));

describe("a payee's name", () => {
  it.each([
    "Z999988887777",
    "z 9999 8888 7777",
    "Z-9999.8888\u00a07777 (Bob)",
    "To К９９９９８８８８７７７７",
    "309999999999",
    "(3099-9999-9999)",
    "Bob, WMID 3099 9999 9999",
    "٣٠٩٩٩٩٩٩٩٩٩٩",
    "Z123456789012",
    "Z999988887777, 1",
    "WMID 309999999999 / 1",
    "КошелекZ999988887777",
    "Z99998888777O",
    "Zl99988887777",
    "WМID 309999999999",
    "w m i d: 309999999999",
  ])("%j would name another purse than is paid, or say nothing", (name) => {
    expect(paidTo(name)).toEqual({
      ok: false,
      member: "payee.name",
      reason: "must not read as a purse or a WMID: leave it out, since both are shown by themselves",
    });
  });

  it.each(["pay https://evil.example", "Bank：／／evil.example", "x: // evil.example", "HTTP:\\\\evil.example"])(
    "%j would be a link in our own messages",
    (name) => {
      const reason = "must not be a web address: the site's own is shown by itself";
      expect(paidTo(name)).toEqual({ ok: false, member: "payee.name", reason });
    },
  );

  it.each([
    "books.example",
    "www.books.example / shop",
    "Books: a // b",
    "ИП Иванов, ИНН 500100732259",
    "Shop 24",
    "T. +371 20000001",
    "Книги № 123456789012",
    "Z 9999 8888 77771",
    "+380 44 123 45 67",
    "T: +380 44 123-45-67",
    "ИНН 770123456789",
    "4006381333931",
  ])("%j is one", (name) => {
    expect(paidTo(name).ok).toBe(true);
  });
});

describe("the types of PROTOCOL 9", () => {
  it("are all there", () => {
    expect(shipped.types).toEqual(TYPES);
  });

  it.each(TYPES)("%s takes its example, member for member as it was sent", (type) => {
    const sent = example(type);
    const operation = parsed(sent);
    expect(operation).toEqual(sent);
    expect(JSON.stringify(operation)).toBe(JSON.stringify(sent));
  });

  it.each(TYPES)("%s refuses a member that it does not know, by its name", (type) => {
    expect(shipped.parse({ ...example(type), amonut: "1" })).toEqual({
      ok: false,
      member: "amonut",
      reason: `is not a member of ${type}`,
    });
  });

  it.each([
    ["payment", ["payee", "amount"], ["payer_purse", "invoice_id"]],
    ["trust_transfer", ["payee", "amount", "owner_wmid", "owner_purse"], []],
    ["trust_limit", ["trusted_wmid", "purse", "limit"], ["per_day", "per_week", "per_month", "term_days"]],
    ["credit_request", ["purse", "amount", "term_days", "daily_rate", "repayment"], []],
    ["credit_issue", ["borrower_wmid", "source_purse", "amount", "term_days", "daily_rate"], []],
    ["profile_update", ["changes"], []],
    ["security_settings", ["setting", "to"], ["from"]],
    ["correspondent_add", ["wmid"], ["name"]],
    ["keys", ["wmid", "action"], []],
  ])("%s needs %s, and may do without %s", (type, required, optional) => {
    for (const member of ["operation_id", ...required]) {
      expect(shipped.parse(example(type, { [member]: undefined }))).toEqual({
        ok: false,
        member,
        reason: "is missing",
      });
    }
    for (const member of ["description", ...optional]) {
      expect(shipped.parse(example(type, { [member]: undefined })).ok, member).toBe(true);
      expect(shipped.parse(example(type, { [member]: null })), member).toMatchObject({ ok: false, member });
    }
  });

  it.each([
    ["payment", "payment", ["payment", "operation"], []],
    ["trust_transfer", "payment", ["payment", "operation"], ["301234567890"]],
    ["trust_limit", "payment", ["operation"], []],
    ["credit_request", "payment", ["operation"], []],
    ["credit_issue", "payment", ["operation"], []],
    ["profile_update", "confirm", ["operation"], []],
    ["security_settings", "confirm", ["operation"], []],
    ["correspondent_add", "confirm", ["confirm", "operation"], []],
    ["keys", "confirm", ["operation"], ["301234567890"]],
  ])("%s is typed on the screen %s, accepts %s, and has the account's own WMIDs %s", (type, screen, accepted, own) => {
    const operation = parsed(example(type));
    expect(shipped.typedScreen(operation)).toBe(screen);
    expect(shipped.accepts({ type })).toEqual(accepted);
    expect(shipped.ownWmids(operation)).toEqual(own);
    expect(shipped.demandOf(operation).acr).toBe("urn:e-num:acr:operation");
    expect(shipped.lifetime(operation)).toBe(300);
  });
});

describe("a member that is wrong is named, with the reason", () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    // Common members.
    ["payment", { type: "gift" }, "type", "must be correspondent_add or credit_issue or credit_request or keys or"],
    ["payment", { type: 5 }, "type", "must be correspondent_add"],
    ["payment", { type: "toString" }, "type", "must be correspondent_add"],
    ["payment", { operation_id: "a/b" }, "operation_id", "must be 1 to 64 letters"],
    ["payment", { operation_id: "a".repeat(65) }, "operation_id", "must be 1 to 64 letters"],
    ["payment", { operation_id: "" }, "operation_id", "must be 1 to 64 letters"],
    ["payment", { operation_id: 7 }, "operation_id", "must be 1 to 64 letters"],
    ["payment", { operation_id: "a\n" }, "operation_id", "must be 1 to 64 letters"],
    ["keys", { description: "a".repeat(141) }, "description", "must have at most 140 characters"],
    ["keys", { description: "a".repeat(2000) }, "description", "must have at most 140 characters"],
    ["keys", { description: "two\nlines" }, "description", "must be one line"],
    ["keys", { description: "a\u202eb" }, "description", "holds a control, bidirectional or invisible character"],
    ["keys", { description: "e\u0301" }, "description", "must be in Unicode's form NFC"],
    ["keys", { description: " " }, "description", "must not be empty"],
    ["keys", { description: 5 }, "description", "must be text"],
    // Money.
    ["payment", { amount: "10.5" }, "amount", "must be an object"],
    ["payment", { amount: [wmz("1")] }, "amount", "must be an object"],
    ["payment", { amount: { value: "10.5" } }, "amount.currency", "is missing"],
    ["payment", { amount: { ...wmz("1"), fee: "1" } }, "amount.fee", "is not a member that is known here"],
    ["payment", { amount: wmz(10.5) }, "amount.value", "must be decimal text such as 10.5, not a number"],
    ["payment", { amount: wmz("10.50") }, "amount.value", "must be canonical decimal text such as 10.5"],
    ["payment", { amount: wmz("1e3") }, "amount.value", "must be canonical"],
    ["payment", { amount: wmz("-1") }, "amount.value", "must be canonical"],
    ["payment", { amount: wmz("0") }, "amount.value", "must be more than zero"],
    ["payment", { amount: wmz("1234567890123456") }, "amount.value", "must have at most 15 digits before the point"],
    ["payment", { amount: wmz("0.000000001") }, "amount.value", "must have at most 8 decimals"],
    ["payment", { amount: wmz("") }, "amount.value", "is empty"],
    ["payment", { amount: { value: "1", currency: "USD" } }, "amount.currency", "must be WM and the letter of a purse"],
    ["trust_limit", { per_week: wmz("1.0") }, "per_week.value", "must be canonical"],
    // Purses and WMIDs.
    ["payment", { payee: "Z123456789012" }, "payee", "must be an object"],
    ["payment", { payee: { name: "Shop" } }, "payee.purse", "is missing"],
    ["payment", { payee: { purse: "z123456789012" } }, "payee.purse", "must be a purse such as Z123456789012"],
    ["payment", { payee: { purse: "Z1234 5678 9012" } }, "payee.purse", "must be a purse"],
    ["payment", { payee: { purse: "123456789012" } }, "payee.purse", "must be a purse"],
    ["payment", { payee: { purse: "Q123456789012" } }, "payee.purse", "begins with a letter that no purse has"],
    ["payment", { payee: { purse: "Z123456789012", wmid: "3012-3456-7890" } }, "payee.wmid", "must be a WMID"],
    ["payment", { payee: { purse: "Z123456789012", name: "a".repeat(65) } }, "payee.name", "must have at most 64"],
    ["correspondent_add", { name: "309999999999" }, "name", "must not read as a purse or a WMID"],
    ["payment", { payee: { purse: "Z123456789012", logo: "x" } }, "payee.logo", "is not a member"],
    ["payment", { payer_purse: 5 }, "payer_purse", "must be a purse"],
    ["keys", { wmid: "Z123456789012" }, "wmid", "must be a WMID: 12 digits, as text"],
    ["keys", { wmid: 301234567890 }, "wmid", "must be a WMID: 12 digits, as text"],
    ["trust_limit", { trusted_wmid: "30123456789" }, "trusted_wmid", "must be a WMID"],
    ["correspondent_add", { name: "a".repeat(65) }, "name", "must have at most 64 characters"],
    ["credit_request", { purse: "Z123456789012", amount: wmz("1") }, "purse", "must match ^C"],
    // Terms, rates and choices.
    ["trust_limit", { term_days: 0 }, "term_days", "must be from 1 to 3650"],
    ["trust_limit", { term_days: 3651 }, "term_days", "must be from 1 to 3650"],
    ["trust_limit", { term_days: 1.5 }, "term_days", "must be a whole number below 2^53"],
    ["trust_limit", { term_days: 2 ** 53 }, "term_days", "must be a whole number below 2^53"],
    ["trust_limit", { term_days: "30" }, "term_days", "must be a whole number"],
    ["credit_issue", { daily_rate: "0.50" }, "daily_rate", "must be canonical"],
    ["credit_issue", { daily_rate: 0.5 }, "daily_rate", "must be decimal text"],
    ["credit_issue", { daily_rate: "0.5%" }, "daily_rate", "must be canonical"],
    ["credit_request", { repayment: "never" }, "repayment", "must be end or daily"],
    ["keys", { action: "steal" }, "action", "must be change or move or back_up or retrieve or delete"],
    ["keys", { action: "constructor" }, "action", "must be change"],
    // Changes.
    ["profile_update", { changes: {} }, "changes", "must be a list"],
    ["profile_update", { changes: [] }, "changes", "must hold a change"],
    ["profile_update", { changes: ["a"] }, "changes[0]", "must be an object"],
    ["profile_update", { changes: [{ field: "a", to: "b" }, { field: "a" }] }, "changes[1].to", "is missing"],
    ["profile_update", { changes: [{ field: "a", to: "" }] }, "changes[0].to", "must not be empty"],
    ["profile_update", { changes: [{ field: "a", to: "b\u200bc" }] }, "changes[0].to", "holds a control"],
    ["profile_update", { changes: [{ field: "a", to: "b", why: "c" }] }, "changes[0].why", "is not a member"],
    ["security_settings", { from: "" }, "from", "must not be empty"],
  ])("%s with %j: %s %s", (type, changed, member, reason) => {
    expect(shipped.parse(example(type, changed))).toEqual({
      ok: false,
      member,
      reason: expect.stringContaining(reason),
    });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["payment", { amount: { value: "1", currency: "WME" } }, "amount.currency", "must be WMZ, as payee.purse says"],
    ["payment", { payer_purse: "E123456789012" }, "payer_purse", "must hold WMZ, as payee.purse does"],
    ["trust_transfer", { owner_purse: "E123456789012" }, "owner_purse", "must hold WMZ, as payee.purse does"],
    ["trust_limit", { purse: "E123456789012" }, "limit.currency", "must be WME, as purse says"],
    ["trust_limit", { per_day: { value: "5", currency: "WME" } }, "per_day.currency", "must be WMZ, as purse says"],
    ["credit_request", { amount: wmz("1") }, "amount.currency", "must be WMC, as purse says"],
    ["credit_issue", { source_purse: "E123456789012" }, "amount.currency", "must be WME, as source_purse says"],
  ])("%s in two currencies, %j: %s %s", (type, changed, member, reason) => {
    expect(shipped.parse(example(type, changed))).toEqual({ ok: false, member, reason });
  });

  it("a credit may cost nothing", () => {
    expect(shipped.parse(example("credit_issue", { daily_rate: "0" })).ok).toBe(true);
  });

  it("an element is an object of at most 5 kB", () => {
    const [member, reason] = ["authorization_details", "must be an object"];
    for (const element of [null, undefined, "payment", 5, [example("payment")]]) {
      expect(shipped.parse(element)).toEqual({ ok: false, member, reason });
    }
    const changes = (count: number) => Array.from({ length: count }, () => ({ field: "f", to: "ё".repeat(50) }));
    expect(shipped.parse(example("profile_update", { changes: changes(40) })).ok).toBe(true);
    expect(shipped.parse(example("profile_update", { changes: changes(42) }))).toEqual({
      ok: false,
      member,
      reason: "must have at most 5 kB as JSON",
    });
  });

  it("is named in characters that OAuth's error texts may hold, and not at any length", () => {
    const read = shipped.parse({ ...example("payment"), 'ключ"\\': 1 });
    expect(read).toMatchObject({ ok: false, member: "??????" });
    const long = shipped.parse({ ...example("payment"), ["a".repeat(3000)]: 1 });
    expect(long).toMatchObject({ ok: false, member: "a".repeat(80) });
    const hidden = shipped.parse(JSON.parse(`{"__proto__":{"a":1},${JSON.stringify(example("payment")).slice(1)}`));
    expect(hidden).toMatchObject({ ok: false, member: "__proto__" });
  });

  it("whatever comes, the answer is an operation or one member with its reason", () => {
    const anything = fc.oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true }), fc.jsonValue());
    const elements = fc
      .tuple(fc.constantFrom(...TYPES), fc.dictionary(fc.constantFrom(...MEMBERS), anything, { maxKeys: 4 }))
      .map(([type, changed]) => ({ ...example(type), ...changed }));
    fc.assert(
      fc.property(fc.oneof(elements, anything), (element) => {
        const read = shipped.parse(element);
        if (read.ok) expect(read.operation).toEqual(element);
        else
          expect(`${read.member} ${read.reason}`).toMatch(
            /^[\x20-\x21\x23-\x5b\x5d-\x7e]+ [\x20-\x21\x23-\x5b\x5d-\x7e]+$/,
          );
      }),
      { numRuns: 300 },
    );
  });
});

const MEMBERS = ["type", "operation_id", "description", "payee", "amount", "changes", "wmid", "limit", "term_days"];
