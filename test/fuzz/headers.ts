import type { Dice } from "./dice.ts";
import { base64url, header, type Pair } from "./draft.ts";
import { HOST, TAG } from "./marks.ts";
import type { Mutator } from "./mutators.ts";

const DAY_SECONDS = 86_400;

/** JWTs with the right shape and the wrong content; `kid` names a row of the database. */
function forgedJwt(dice: Dice): string {
  const now = Math.floor(Date.now() / 1000);
  const oddities: object[] = [
    { alg: "none" },
    { alg: "HS256" },
    { typ: "JWT" },
    { crit: ["x"] },
    { b64: false },
    { jwk: {} },
    { alg: "__proto__" },
    { zip: "DEF" },
  ];
  const header = {
    alg: "ES256",
    typ: "enum-device+jwt",
    kid: dice.pick(KIDS),
    ...(dice.oneIn(4) ? dice.pick(oddities) : {}),
  };
  const claims = {
    aud: "x",
    iat: now,
    exp: now + dice.pick([60, 0, -DAY_SECONDS, 1e300]),
    jti: "A".repeat(22),
    htm: "GET",
    htu: "x",
    bsh: "x",
  };
  const payload = dice.pick<unknown>([claims, claims, null, [], "x", 1, ""]);
  const signature = dice.pick(["", "AAAA", "A".repeat(86), "%%%", "A".repeat(6000)]);
  const shapeless = [
    `${base64url("{")}.${base64url("{")}.x`,
    `${base64url("null")}.${base64url(claims)}.x`,
    "..",
    "a.b",
    ".".repeat(400),
  ];
  return dice.oneIn(6) ? dice.pick(shapeless) : `${base64url(header)}.${base64url(payload)}.${signature}`;
}

const KIDS: readonly unknown[] = [
  "\0",
  "x\0",
  "\0",
  "x",
  "",
  1,
  null,
  {},
  [],
  ["a"],
  true,
  "x".repeat(6000),
  "' OR 1=1 --",
  "\uD800",
  "__proto__",
  { toString: 1 },
];

export const headerMutators = {
  foreignOrigin(draft, dice) {
    const origin = dice.pick([
      `https://${HOST}`,
      "null",
      "",
      "http://localhost",
      "http://localhost:9",
      "http://localhost.fuzz-host.example",
      "file://",
      "\xff",
      `http://localhost:3000 https://${HOST}`,
    ]);
    const site = dice.pick([
      "cross-site",
      "same-site",
      "none",
      "same-origin",
      "",
      "x",
      "cross-site, same-origin",
      "x".repeat(3000),
    ]);
    if (!dice.oneIn(3)) header(draft, "Origin", origin);
    if (!dice.oneIn(3)) header(draft, "Sec-Fetch-Site", site);
    if (dice.oneIn(2))
      draft.headers.push(
        ["Sec-Fetch-Mode", "no-cors"],
        ["Sec-Fetch-Dest", "image"],
        ["Access-Control-Request-Method", "DELETE"],
        ["Access-Control-Request-Headers", "authorization"],
      );
    if (dice.oneIn(2)) header(draft, "Referer", dice.pick([`https://${HOST}/`, "", "x", "\xff"]));
  },
  wrongHost(draft, dice) {
    header(
      draft,
      "Host",
      dice.pick(
        [
          HOST,
          `${HOST}:80`,
          "localhost",
          "127.0.0.1",
          "",
          " ",
          "[::1]",
          "[",
          "a:b",
          "localhost:9@x",
          "localhost:0",
          "x".repeat(4000),
          "\xff",
          `x${TAG}`,
          undefined,
          "LOCALHOST",
          "localhost.",
        ].map(String),
      ),
    );
    if (dice.oneIn(4)) draft.headers.push(["Host", HOST]);
    if (dice.oneIn(6)) header(draft, "Host", undefined);
  },
  forwarded(draft, dice) {
    draft.headers.push(
      ["X-Forwarded-Host", dice.pick([HOST, "", `a, ${HOST}`])],
      ["X-Forwarded-Proto", dice.pick(["https", "javascript", "http, https", ""])],
      ["X-Forwarded-For", dice.pick(["1.2.3.4", "\xff", "a".repeat(2000), "::ffff:1.2.3.4, 5.6.7.8", "' OR 1=1", ""])],
      ["X-Forwarded-Port", "0"],
      ["Forwarded", `host=${HOST};proto=https`],
      ["X-Original-URL", "/development/outbox"],
      ["X-Rewrite-URL", "/development/outbox"],
      ["X-HTTPS", "on"],
    );
  },
  oddAccept(draft, dice) {
    const junk = [
      "",
      "*",
      "*/*",
      "text/html",
      "application/json",
      "image/png",
      "application/json;q=0",
      "text/html;q=9",
      ",,,,",
      ";",
      "a/b/c",
      "x".repeat(3000),
      "*;q=0, ".repeat(400),
      "\xff",
      "ru-".repeat(300),
      "__proto__",
      "en;q=1e9",
      "RU_ru",
      "zh-Hant-TW",
    ];
    header(draft, "Accept", dice.pick(junk));
    header(draft, "Accept-Language", dice.pick(junk));
    header(draft, "Accept-Encoding", dice.pick(["", "gzip", "*", "identity;q=0", "x"]));
  },
  oddAuthorization(draft, dice) {
    draft.authorize = undefined;
    const basic = dice.pick([
      ":",
      "shop",
      "shop:",
      ":x",
      "%:x",
      "%zz:x",
      "shop:\0",
      "shop:\xff\xfe",
      "shop:secret-of-shop-for-tests-only",
      `${"x".repeat(3000)}:x`,
      "__proto__:x",
      "shop%00:x",
      "library:x",
    ]);
    header(
      draft,
      "Authorization",
      dice.pick([
        `Basic ${Buffer.from(basic, "latin1").toString("base64")}`,
        "Basic",
        "Basic ",
        "Basic %%%",
        "Basic a b",
        "Bearer",
        "Bearer ",
        "Bearer x y",
        "Bearer \xff",
        `Bearer ${"x".repeat(9000)}`,
        "Device",
        "Device x",
        "Device  x",
        "DPoP x",
        "Negotiate x",
        "",
        "\xff",
        ",",
        'Digest username="x"',
        TAG,
      ]),
    );
    if (dice.oneIn(5)) draft.headers.push(["Authorization", "Bearer x"]);
    if (dice.oneIn(3)) draft.headers.push(["DPoP", dice.pick(["x", "a.b.c", ""])]);
  },
  forgedProof(draft, dice) {
    draft.authorize = undefined;
    header(draft, "Authorization", `${dice.pick(["Device", "Device", "device", "Bearer"])} ${forgedJwt(dice)}`);
  },
  brokenHeaders(draft, dice) {
    const lines: readonly Pair[] = [
      ["X-Fuzz", "a\r\n b"],
      ["X-Fuzz", "a\0b"],
      ["X-Fuzz", "a\rb"],
      ["X-Fuzz", "a\nb"],
      ["X Fuzz", "a"],
      ["X-Fuzz ", "a"],
      ["", "a"],
      ["\xff", "a"],
      ["X-Fuzz", "\x7f"],
      ["X-Fuzz", "\xff\xfe"],
      [" X-Fuzz", "a"],
      ["X-Fuzz\r\n\r\nGET / HTTP/1.1\r\nx", "a"],
      ["__proto__", "x"],
      ["constructor", "x"],
      ["X:Fuzz", "a"],
      ["(x)", "a"],
    ];
    const [name, value] = dice.pick(lines);
    draft.headers.splice(dice.below(draft.headers.length + 1), 0, [name, value]);
  },
  manyHeaders(draft, dice) {
    const many = dice.pick([100, 900, 2100]);
    for (let each = 0; each < many; each += 1) draft.headers.push([`x${dice.oneIn(2) ? each : ""}`, ""]);
  },
  hugeHeader(draft, dice) {
    draft.headers.push([
      dice.pick([
        "X-Fuzz",
        "User-Agent",
        "Referer",
        "Accept-Language",
        "Origin",
        "If-None-Match",
        "Content-Type",
        "Sec-Fetch-Site",
      ]),
      "x".repeat(dice.pick([2000, 9000, 17_000, 100_000])),
    ]);
  },
  conditional(draft, dice) {
    draft.headers.push(
      ...dice.pick<Pair[]>([
        [["Range", "bytes=0-1"]],
        [["Range", "bytes=9-1,-5"]],
        [["If-None-Match", "*"]],
        [["If-Match", '"x"']],
        [["If-Modified-Since", "x"]],
        [["If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"]],
        [
          ["Cache-Control", "no-cache"],
          ["Pragma", "x"],
        ],
      ]),
    );
  },
  expectations(draft, dice) {
    draft.headers.push(
      ...dice.pick<Pair[]>([
        [["Expect", "100-continue"]],
        [["Expect", "200-ok"]],
        [
          ["Upgrade", "websocket"],
          ["Connection", "Upgrade"],
        ],
        [
          ["Upgrade", "h2c"],
          ["HTTP2-Settings", "x"],
          ["Connection", "Upgrade, HTTP2-Settings"],
        ],
        [["TE", "trailers"]],
        [["Trailer", "x"]],
        [["Connection", "close, cookie"]],
        [["Connection", "x"]],
        [["Max-Forwards", "0"]],
        [["Keep-Alive", "timeout=999999"]],
        [["Proxy-Authorization", "x"]],
        [["Date", "x"]],
        [["Via", "x"]],
      ]),
    );
  },
  pipelined(draft, dice) {
    const host = draft.headers.find(([name]) => name === "Host")?.[1] ?? "";
    const next = dice.pick([
      `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      "GARBAGE\r\n\r\n",
      "\0\0\0\0",
      `POST /register HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\n\r\nab`,
      "\r\n\r\n\r\n",
    ]);
    draft.tail = Buffer.from(next, "latin1");
  },
  /** What nobody should see, in places that are easily logged. */
  secretsAstray(draft, dice, state) {
    const secret = dice.pick([...state.secrets, "48219370"]).replace(/[^!-~]/g, "");
    const place = dice.below(6);
    if (place === 0) draft.path += `/${encodeURIComponent(secret)}`;
    if (place === 1) draft.query.push({ name: secret, value: secret });
    if (place === 2)
      for (const name of ["User-Agent", "Referer", "Sec-Fetch-Site", "Origin"]) header(draft, name, secret);
    if (place === 3) header(draft, "Content-Type", `text/${secret.replace(/[^A-Za-z0-9-]/g, "")}`);
    if (place === 4) header(draft, "Host", secret);
    if (place === 5) draft.target = `/${secret}?${secret}`;
  },
} satisfies Record<string, Mutator>;
