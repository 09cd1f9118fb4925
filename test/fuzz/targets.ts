import type { Dice } from "./dice.ts";
import type { Draft } from "./draft.ts";
import { HEADER, HOST, TAG } from "./marks.ts";
import type { Mutator } from "./mutators.ts";

const hostOf = (draft: Draft) => draft.headers.find(([name]) => name === "Host")?.[1] ?? "";

const METHODS = [
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PROPFIND",
  "QUERY",
  "SEARCH",
  "M-SEARCH",
  "LINK",
  "BREW",
  "get",
  "G\0T",
  "",
];

/** One segment of the path becomes another. */
function resegment(draft: Draft, dice: Dice, text: string): void {
  const segments = draft.path.split("/");
  segments[1 + dice.below(Math.max(1, segments.length - 1))] = text;
  draft.path = segments.join("/");
}

export const targetMutators = {
  wrongMethod(draft, dice) {
    draft.method = dice.pick(METHODS.filter((method) => method !== draft.method));
    if (dice.oneIn(2)) draft.carrier = "none";
  },
  methodOverride(draft, dice) {
    const method = dice.pick(["DELETE", "GET", "POST", "PUT"]);
    draft.headers.push(["X-HTTP-Method-Override", method], ["X-HTTP-Method", method], ["X-Method-Override", method]);
    draft.query.push({ name: "_method", value: method });
  },
  absoluteTarget(draft, dice) {
    const host = hostOf(draft);
    const authorities = [
      `http://${host}`,
      `https://${host}`,
      `http://${HOST}`,
      `http://${HOST}:80`,
      `http://${host}@${HOST}`,
      `http://u:p@${host}`,
      "http://[::1]",
      "http://[",
      "http://a:99999",
      "http://a:b",
      "http://",
      "HTTP://x",
      "//x",
      `//${HOST}`,
      "file://",
      "x:",
      "http:/",
      "http:",
      "http://a b",
      "http://%",
      "http://\xff",
      "javascript:",
      "http://a\\@b",
      `ws://${HOST}`,
    ];
    draft.target = `${dice.pick(authorities)}${draft.path}`;
  },
  oddTarget(draft, dice) {
    draft.target = dice.pick([
      "*",
      "/",
      "//",
      "///",
      "?",
      "/?",
      "#",
      "/#",
      "",
      " ",
      "\\",
      "/\\",
      "x",
      "../",
      "/..",
      "/.",
      "/%",
      "/%00",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/;",
      "/\t",
      "/\0",
      `/${TAG}`,
      "/%3Cfuzz-tag%3E",
      `/%0d%0a${HEADER}:1`,
      `/\r\n${HEADER}: 1`,
      "/\xe2\x98\x83",
      "/\u00ff",
      "/favicon.ico",
      "/robots.txt",
      "/.env",
      "/.git/config",
      "/assets/../x",
      "/development/outbox/",
      "/%2f",
      "http",
      hostOf(draft),
    ]);
  },
  pathVariation(draft, dice) {
    const { path } = draft;
    const variations = [
      `${path}/`,
      `${path}//`,
      `/${path}`,
      `//${HOST}${path}`,
      path.toUpperCase(),
      `/.${path}`,
      `/x/..${path}`,
      `${path}/.`,
      `${path}/..`,
      `${path};a=b`,
      `${path}%00`,
      `${path}%20`,
      `${path}%2f`,
      `${path}/%2e%2e`,
      path.replaceAll("/", "\\"),
      path.replaceAll("/", "%2f"),
      path.replaceAll("e", "%65"),
      `${path}.json`,
      `${path}#x`,
      `${path}?`,
      `${path}??a=1`,
      `${path}\xe9`,
      `${path}\u00a0`,
      path.slice(0, -1),
    ];
    draft.path = dice.pick(variations);
  },
  badPathPercent(draft, dice) {
    resegment(
      draft,
      dice,
      dice.pick(["%", "%z", "%zz", "%c0%80", "%ff", "%ed%a0%80", "%00", "%u0041", "a%", "%25%32%35", "%E0%A4%A"]),
    );
  },
  foreignParameter(draft, dice) {
    resegment(
      draft,
      dice,
      dice.pick([
        "__proto__",
        "constructor",
        "toString",
        "null",
        "undefined",
        "0",
        "-1",
        "NaN",
        "",
        " ",
        "%20",
        "..",
        "a".repeat(21),
        "A".repeat(43),
        "a".repeat(3000),
        "ж",
        "%F0%9F%98%80",
        "*",
        ":uid",
        "(x)",
        "[object%20Object]",
        "%3Cfuzz-tag%3E",
        "'",
      ]),
    );
  },
  longPath(draft, dice) {
    const text = dice.pick(["a", "a/", "/", "../", "%41", "a.", "%2f", "a%00", "-", "\xff"]);
    draft.path += `/${text.repeat(dice.pick([300, 2000, 4000, 20_000]))}`;
  },
  longQuery(draft, dice) {
    draft.query.push({
      name: dice.pick(["x", "lang", "ui_locales", "state"]),
      value: "y".repeat(dice.pick([1000, 7000, 12_000, 40_000])),
    });
  },
  oddQuery(draft, dice) {
    const names = ["lang", "lang", "lang[]", "lang[a]", "__proto__", "after", "wait", "ui_locales", "path"];
    const values = [
      "ru",
      "en",
      "xx",
      "",
      "__proto__",
      "constructor",
      `ru\r\n${HEADER}: 1`,
      TAG,
      "\0",
      "1e9",
      "-1",
      "25",
    ];
    const times = 1 + dice.below(4);
    for (let each = 0; each < times; each += 1) draft.query.push({ name: dice.pick(names), value: dice.pick(values) });
    if (dice.oneIn(4))
      draft.query.push({
        name: "lang",
        value: "ru",
        raw: dice.pick(["ru%00", "%ff", "%", "ru&lang=en", "ru#x", "+ru"]),
      });
  },
  oldVersion(draft, dice) {
    draft.version = dice.pick([
      "HTTP/1.0",
      "HTTP/1.0",
      "HTTP/0.9",
      "HTTP/1.2",
      "HTTP/2.0",
      "HTTP/3",
      "http/1.1",
      "HTTP/1",
      "HTTPS/1.1",
      "HTTP/1.1 x",
      "HTTP/11",
      "ICY/1.0",
      "",
    ]);
    if (dice.oneIn(2)) draft.headers = draft.headers.filter(([name]) => name !== "Host");
  },
} satisfies Record<string, Mutator>;
