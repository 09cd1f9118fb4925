import type { Dice } from "./dice.ts";
import { type Draft, type Field, inputs, raw } from "./draft.ts";
import { HEADER, TAG } from "./marks.ts";
import type { Mutator } from "./mutators.ts";
import { PROTOCOL } from "./protocol-values.ts";

/** One field gets another value. */
function spoil(spoiled: (field: Field, draft: Draft, dice: Dice) => Partial<Field>): Mutator {
  return (draft, dice) => {
    const field = dice.pick(inputs(draft, dice));
    Object.assign(field, spoiled(field, draft, dice));
  };
}

const someOf = (...values: unknown[]): Mutator => spoil((_field, _draft, dice) => ({ value: dice.pick(values) }));

const filled = (length: number, dice: Dice) =>
  dice.pick(["a", "7", " ", "@", "\u0416", "%", "\u{1F600}", "a@a.", "\n", "["]).repeat(length);

const PROTOCOL_NAMES = Object.keys(PROTOCOL);

export const fieldMutators = {
  fieldMissing(draft, dice) {
    const list = inputs(draft, dice);
    list.splice(dice.below(list.length), 1);
  },
  fieldEmpty: someOf("", " ", "\t", "\u3000"),
  fieldDoubled(draft, dice) {
    const list = inputs(draft, dice);
    const field = dice.pick(list);
    const again = { ...field, ...(dice.oneIn(2) ? {} : { value: "other" }) };
    (dice.oneIn(4) ? draft.query : list).push(again);
    if (dice.oneIn(3)) for (let times = 0; times < 50; times += 1) list.push({ ...again });
  },
  fieldHuge: spoil((_field, _draft, dice) => ({ value: filled(dice.pick([15_000, 17_000, 60_000, 200_000]), dice) })),
  fieldLong: spoil((_field, _draft, dice) => ({ value: filled(dice.pick([41, 129, 255, 400, 2000, 3000]), dice) })),
  nul: spoil(({ value }, draft, dice) =>
    dice.oneIn(2)
      ? { value: dice.pick(["\0", `${value}\0`, `\0${value}`, `${value}\0x`]) }
      : { raw: raw(draft, dice.pick(["%00", "a%00b", "\0", "\\u0000", "a\0b", "%2500"])) },
  ),
  badUtf8: spoil((_field, draft, dice) => ({
    raw: raw(
      draft,
      dice.pick([
        "%ff",
        "%c0%80",
        "%ed%a0%80",
        "%f4%90%80%80",
        "%e2%82",
        "\xff\xfe",
        "\xc3(",
        "\xed\xa0\x80",
        "a\x80@b.example",
        "\\ud800",
      ]),
    ),
  })),
  badPercent: spoil((_field, draft, dice) => ({
    raw: raw(draft, dice.pick(["%", "%z", "%zz", "%u0041", "100%", "%%", "%1", "%c3%", "\\x"])),
  })),
  wrongType(draft, dice) {
    const field = dice.pick(inputs(draft, dice));
    if (draft.carrier !== "json")
      field.name += dice.pick(["[]", "[0]", "[a]", "[__proto__]", "[a][b][c]", ".a", "[", "]"]);
    else
      field.value = dice.pick<unknown>([
        null,
        true,
        0,
        -1,
        1.5,
        1e300,
        [],
        {},
        [[]],
        [field.value],
        { a: 1 },
        { toString: 1 },
        { length: 5 },
        "",
      ]);
  },
  wrongMember(draft, dice) {
    const field = dice.pick(inputs(draft, dice));
    const { value } = field;
    const known = typeof value === "object" && value !== null ? Object.keys(value) : ["kty", "x"];
    const spoiled = dice.pick<unknown>([
      null,
      1,
      "",
      "x",
      "\0",
      [],
      {},
      "A".repeat(43),
      "_".repeat(43),
      "A".repeat(50_000),
    ]);
    if (dice.oneIn(3))
      field.value = { ...(typeof value === "object" ? value : {}), d: "A".repeat(43), alg: "none", kid: "\0" };
    else field.value = { ...(typeof value === "object" ? value : {}), [dice.pick(known)]: spoiled };
  },
  unicodeDigits: someOf(
    "٤٨٢١٩٣٧",
    "４８２１９３７",
    "١٢٣٤٥٦٧",
    "৪৮২১৯৩৭",
    "𝟒𝟖𝟐𝟏𝟗𝟑𝟕",
    "①②③④⑤⑥⑦",
    "+１５５５５５５０１０１",
    "３０１２３４５６７８９０",
    "482\u200b1937",
    "Ⅶ",
  ),
  unicodeText: someOf(
    "ａlice@example.com",
    "alice@exämple.com",
    "alice@İSTANBUL.example",
    "\u202Emoc.elpmaxe@ecila",
    "a\u0301".repeat(50),
    "👨‍👩‍👧‍👦",
    "\uFEFFalice@example.com",
    "alice＠example.com",
    "Ω≈ç√∫˜µ≤≥÷",
    "\u0000\uFFFF",
    "\uD800",
    "ﷺ".repeat(40),
    "K\u212A",
    "ſ@example.com",
    "alice@xn--\u0661.example",
    "alice@[127.0.0.1]",
    `${"a".repeat(64)}@${"b".repeat(63)}.${"c".repeat(63)}.example`,
  ),
  prototypeKeys(draft, dice) {
    const name = dice.pick([
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "valueOf",
      "__proto__[admin]",
      "constructor.prototype.admin",
      "then",
      "length",
    ]);
    const list = inputs(draft, dice);
    if (dice.oneIn(3)) dice.pick(list).value = name;
    else list.push({ name, value: draft.carrier === "json" ? dice.pick([{ admin: true }, "1", null, []]) : "1" });
  },
  lineBreaks: someOf(
    `x\r\n${HEADER}: 1`,
    `x\n${HEADER}: 1`,
    `\r\n\r\n<h1>x`,
    `x\u2028${HEADER}: 1`,
    `x\u560D\u560A${HEADER}: 1`,
    `x%0d%0a${HEADER}: 1`,
    `\x1b[31mred`,
    "\x7f",
    "\v\f",
    `a@example.com\nbcc: b@example.com`,
  ),
  markup: someOf(
    `"${TAG}`,
    `'>${TAG}`,
    `${TAG}@example.com`,
    `</title>${TAG}`,
    `</script>${TAG}`,
    "<%= it %>",
    `{{7*7}}${TAG}`,
    `javascript:${TAG}`,
    `\${TAG}`,
    `<!--${TAG}`,
    `&lt;${TAG}`,
    `"${TAG}"@example.com`,
  ),
  numbers: someOf(
    "-1",
    "0",
    "-0",
    "1e309",
    "NaN",
    "Infinity",
    "0x10",
    "1.0000000",
    "9007199254740993",
    "00000000000",
    "1,5",
    "1_000",
    "99999999999999999999999",
    "2147483648",
    "5e-324",
  ),
  statements: someOf(
    "' OR '1'='1",
    "'; DROP TABLE account; --",
    "\\'",
    "$1",
    "?",
    "??",
    ":a",
    '"',
    "`",
    "%' --",
    "{{",
    "$(id)",
    "`id`",
    "../../etc/passwd",
    `\${jndi:ldap://x}`,
    "*)(uid=*",
  ),
  manyFields(draft, dice) {
    const list = inputs(draft, dice);
    const many = dice.pick([40, 300, 1500]);
    for (let each = 0; each < many; each += 1) list.push({ name: `f${each}`, value: dice.below(9) });
  },
  oddSeparators(draft, dice) {
    const text = dice.pick([
      "&&&&",
      "=",
      "=&=",
      "a",
      "a=b=c",
      ";a=1;b=2",
      "?",
      "&action",
      "action=next&=",
      "+=+",
      "#",
      "a=1#b=2",
      "%26=%3D",
      "\n",
    ]);
    if (draft.carrier === "none") draft.target = `${draft.path}?${text.replace("\n", "")}`;
    else draft.body = Buffer.from(text);
  },
  swapped(draft, dice) {
    const list = inputs(draft, dice);
    const [one, other] = [dice.pick(list), dice.pick(list)];
    [one.value, other.value] = [other.value, one.value];
  },
  unknownField(draft, dice) {
    inputs(draft, dice).push({
      name: dice.pick(["x", "_method", "lang", "uid", "account_id", "admin", "is\u0000x", "ж", ""]),
      value: dice.pick(["1", "GET", "ru", "true"]),
    });
  },
  otherButton(draft, dice) {
    const list = inputs(draft, dice);
    const value = dice.pick([
      "new-challenge",
      "answered",
      "decline",
      "sms",
      "allow",
      "register",
      "resend",
      "show-response",
      "next ",
      "NEXT",
      "delete",
      "",
      "open",
      "close",
    ]);
    const field = list.find(({ name }) => name === "action");
    if (field === undefined) list.push({ name: "action", value });
    else field.value = value;
  },
  protocolValues(draft, dice) {
    const list = inputs(draft, dice);
    const name = dice.oneIn(2) ? dice.pick(PROTOCOL_NAMES) : dice.pick(list).name;
    const value = dice.pick(PROTOCOL_NAMES.includes(name) ? (PROTOCOL[name] ?? []) : ["null", "[]", "{}", "\0"]);
    const field = list.find((each) => each.name === name);
    if (field === undefined) list.push({ name, value });
    else field.value = value;
  },
} satisfies Record<string, Mutator>;
