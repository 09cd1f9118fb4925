import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatedMember } from "../../src/e-num/repeated-member.ts";

describe("RFC 7493 section 2.3: an object names each member once", () => {
  it.each([
    ['{"a":1,"a":2}', "a"],
    ['[{"a":1,"b":{"c":1,"d":[],"c":{}}}]', "c"],
    ['{"a":{"a":1},"b":[{"a":1}],"a":1}', "a"],
    ['{"v\\u0061lue":1,"value":2}', "value"],
    ['{"":1,"":2}', ""],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
    ['{ "a" :\n1 , "a"\t: 2 }', "a"],
  ])("%s repeats %j", (text, name) => {
    expect(repeatedMember(text)).toBe(name);
  });

  it.each([
    "{}",
    "[]",
    "1",
    '"a"',
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}}}',
    '{"a":"{\\"a\\":1,\\"a\\":2}","b":"a"}',
    '{"a":"\\\\","b":1}',
  ])("%s repeats none", (text) => {
    expect(repeatedMember(text)).toBeUndefined();
  });

  it("what was written from an object repeats none, and with a member of it added once more it does", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        fc.nat(),
        fc.constantFrom(0, 2),
        (object, at, indent) => {
          const text = JSON.stringify(object, null, indent);
          expect(repeatedMember(text)).toBeUndefined();
          const names = Object.keys(JSON.parse(text));
          const name = names[at % names.length] ?? "";
          const more = `${text.slice(0, -1)},${JSON.stringify(name)}:[]}`;
          expect(repeatedMember(`[${more}]`)).toBe(name);
        },
      ),
    );
  });
});
