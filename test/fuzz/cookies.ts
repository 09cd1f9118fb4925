import type { Dice } from "./dice.ts";
import { base64url, type Pair } from "./draft.ts";
import { HOST, TAG } from "./marks.ts";
import type { Mutator } from "./mutators.ts";

function tampered(value: string, dice: Dice): string {
  return dice.pick([
    value.slice(0, -1),
    `${value}A`,
    value.split("").reverse().join(""),
    value.toUpperCase(),
    "",
    "A".repeat(43),
    `"${value}"`,
    `${value}%00`,
    encodeURIComponent(`${value}\0`),
    "__proto__",
    base64url({ path: `//${HOST}`, site: null }),
    base64url("null"),
    value.replace(/.$/, "_"),
  ]);
}

export const cookieMutators = {
  noCookies(draft, dice) {
    draft.cookies = dice.oneIn(2) ? [] : draft.cookies.filter(() => dice.oneIn(2));
  },
  foreignCookies(draft, _dice, state) {
    draft.cookies = [...state.foreign];
  },
  expiredCookies(draft, dice, state) {
    draft.cookies = dice.oneIn(2) ? [...state.former] : [...draft.cookies, ...state.former];
  },
  mixedCookies(draft, dice, state) {
    const others = [...state.foreign, ...state.former];
    draft.cookies = draft.cookies.map(
      (cookie) => others.find(([name]) => name === cookie[0] && dice.oneIn(2)) ?? cookie,
    );
  },
  forgedCookies(draft, dice, state) {
    const known = draft.cookies.length > 0 ? draft.cookies : state.foreign;
    if (known.length === 0) draft.cookies = [["enum-session", "A".repeat(43)]];
    else {
      const [chosen] = dice.pick(known);
      draft.cookies = known.map(
        ([name, value]): Pair => (name === chosen ? [name, tampered(value, dice)] : [name, value]),
      );
    }
  },
  inventedCookies(draft, dice) {
    const names = [
      "enum-browser",
      "enum-language",
      "enum-registration",
      "enum-return",
      "enum-enrolment",
      "enum-session",
      "enum-interaction",
      "enum-resume",
    ];
    const value = dice.pick([
      "x",
      "",
      "null",
      "AAAA",
      base64url({ path: `//${HOST}` }),
      "%",
      "%00",
      "\xff",
      "__proto__",
      '"',
      "x".repeat(3000),
    ]);
    for (const name of names)
      draft.cookies.push([name, value], [`${name}.sig`, dice.pick(["x", "", "A".repeat(27), "\xff"])]);
  },
  doubledCookies(draft, dice, state) {
    draft.cookies = [...draft.cookies, ...draft.cookies, ...(dice.oneIn(2) ? state.foreign : [])];
    if (dice.oneIn(2)) draft.cookies.reverse();
  },
  hugeCookies(draft, dice) {
    const many = dice.oneIn(2);
    if (many) for (let each = 0; each < 500; each += 1) draft.cookies.push([`c${each}`, "x"]);
    else
      draft.cookies.push([
        dice.pick(["x", "enum-session", "enum-interaction"]),
        "x".repeat(dice.pick([4000, 12_000, 20_000, 200_000])),
      ]);
  },
  oddCookies(draft, dice) {
    draft.cookies.push([
      dice.pick(["__proto__", "constructor", "", "a b", "=", ";", ",", "$Version", "\xff", "enum-session.sig", TAG]),
      dice.pick(["", "x", '"', ";", "=", "\xff", "\t", "a,b", TAG]),
    ]);
    if (dice.oneIn(3)) draft.headers.push(["Cookie", "enum-language=ru; enum-session=x"]);
  },
} satisfies Record<string, Mutator>;
