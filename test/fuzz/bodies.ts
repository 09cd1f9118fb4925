import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { type Draft, header, payloadOf } from "./draft.ts";
import type { Mutator } from "./mutators.ts";

const FORM = "application/x-www-form-urlencoded";
const MEGABYTE = 1024 * 1024;

/** A body of these bytes; a route that takes none gets one all the same. */
function send(draft: Draft, body: string | Buffer, type?: string): void {
  draft.body = Buffer.isBuffer(body) ? body : Buffer.from(body);
  if (type !== undefined) header(draft, "Content-Type", type);
}

/** Announces the body's length by itself, or lies about it. */
function announce(draft: Draft, ...lines: [string, string][]): void {
  draft.framing = "own";
  draft.headers.push(...lines);
}

function withBody(draft: Draft): Buffer {
  const payload = payloadOf(draft);
  if (payload.length > 0) return payload;
  send(draft, "action=next&code=1", FORM);
  return payloadOf(draft);
}

export const bodyMutators = {
  badJson(draft, dice) {
    const texts = [
      "{",
      "}",
      "{]",
      '{"a":}',
      "{'a':1}",
      '{"a":1,}',
      "undefined",
      "NaN",
      '{"a":1}{"b":2}',
      '"',
      "// x",
      '{"a":01}',
      "\u{1F600}",
      '{"a":"\n"}',
      "",
      " ",
    ];
    send(draft, dice.pick(texts), "application/json");
  },
  deepJson(draft, dice) {
    const depth = dice.pick([500, 4000, 8000]);
    const [open, close] = dice.pick([
      ["[", "]"],
      ['{"a":', "}"],
      ['{"key":', "}"],
    ]);
    send(draft, `${(open ?? "").repeat(depth)}1${(close ?? "").repeat(depth)}`, "application/json");
  },
  jsonScalars(draft, dice) {
    send(
      draft,
      dice.pick([
        "null",
        "true",
        "0",
        "-0",
        "1e999",
        '""',
        '"x"',
        "[]",
        "[{}]",
        "{}",
        '{"__proto__":{"x":1}}',
        '{"":""}',
        '{"a":1,"a":2}',
      ]),
      "application/json",
    );
  },
  hugeBody(draft, dice) {
    const size = dice.pick([17_000, 60_000, MEGABYTE, 2 * MEGABYTE]);
    if (dice.oneIn(2)) send(draft, Buffer.alloc(size, "action=next&"));
    else send(draft, Buffer.alloc(size, 0));
    if (draft.carrier === "none") header(draft, "Content-Type", FORM);
    if (dice.oneIn(3)) draft.framing = "chunks";
  },
  wrongContentType(draft, dice) {
    withBody(draft);
    const types = [
      undefined,
      "",
      "text/plain",
      "text/html",
      "application/xml",
      "application/json",
      "application/json; charset=utf-8",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "multipart/form-data; boundary=x",
      "application/octet-stream",
      "*/*",
      "application",
      "/",
      "application/jsonx",
      "application/json, application/x-www-form-urlencoded",
      "application/x-www-form-urlencoded\t;",
      `application/${"x".repeat(4000)}`,
    ];
    header(draft, "Content-Type", types[dice.below(types.length)]);
  },
  oddCharset(draft, dice) {
    withBody(draft);
    const [, type = FORM] = draft.headers.find(([name]) => name === "Content-Type") ?? [];
    header(
      draft,
      "Content-Type",
      `${type}; charset=${dice.pick(["utf-16", "utf-7", "latin1", "x-fuzz", "", '"', "utf-8; charset=utf-16", "UTF-8", "utf-8\u0000".replace("\0", ""), "binary", "__proto__"])}`,
    );
  },
  contentEncoding(draft, dice) {
    const payload = withBody(draft);
    const encoding = dice.pick(["gzip", "deflate", "br", "identity", "x-fuzz", "gzip, gzip", "zstd", ""]);
    header(draft, "Content-Encoding", encoding);
    const bomb = dice.oneIn(3) ? Buffer.alloc(MEGABYTE) : payload;
    if (encoding.startsWith("gzip")) draft.body = gzipSync(bomb, { level: 1 });
    if (encoding === "deflate") draft.body = deflateSync(bomb, { level: 1 });
    if (encoding === "br") draft.body = brotliCompressSync(payload);
  },
  chunked(draft) {
    withBody(draft);
    draft.framing = "chunks";
  },
  brokenChunks(draft, dice) {
    announce(draft, [
      "Transfer-Encoding",
      dice.pick(["chunked", "chunked", "Chunked", "gzip, chunked", "chunked, identity", "x-fuzz", " chunked"]),
    ]);
    if (draft.carrier === "none") header(draft, "Content-Type", FORM);
    draft.body = Buffer.from(
      dice.pick([
        "zz\r\nabc\r\n0\r\n\r\n",
        "-1\r\nabc\r\n",
        "ffffffffffffffff\r\nabc",
        "5\r\nabc\r\n0\r\n\r\n",
        "3\r\nabc0\r\n\r\n",
        "3;ext=1\r\nabc\r\n0\r\nTrailer: x\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "3\nabc\n0\n\n",
        "\r\n",
      ]),
    );
    draft.cut = 1;
  },
  shortBody(draft, dice) {
    const payload = withBody(draft);
    draft.cut = 1 + dice.below(payload.length);
  },
  longBody(draft, dice) {
    const payload = withBody(draft);
    announce(draft, ["Content-Length", String(dice.below(payload.length))]);
    draft.cut = 0;
  },
  twoLengths(draft, dice) {
    const { length } = withBody(draft);
    const lines: readonly [string, string][][] = [
      [
        ["Content-Length", String(length)],
        ["Transfer-Encoding", "chunked"],
      ],
      [
        ["Content-Length", String(length)],
        ["Content-Length", "0"],
      ],
      [["Content-Length", `${length}, ${length}`]],
      [["Content-Length", `+${length}`]],
      [["Content-Length", "-1"]],
      [["Content-Length", "0x10"]],
      [["Content-Length", ""]],
      [["Content-Length", "99999999999999999999"]],
      [["Content-Length", " 5 5"]],
      [
        ["Transfer-Encoding", "identity"],
        ["Content-Length", String(length)],
      ],
      [
        ["Transfer-Encoding", "chunked"],
        ["Transfer-Encoding", "x"],
      ],
    ];
    announce(draft, ...dice.pick(lines));
    draft.cut = 1;
  },
  emptyBody(draft) {
    send(draft, "");
  },
  byteOrderMark(draft) {
    send(draft, Buffer.concat([Buffer.from("\uFEFF"), withBody(draft)]));
  },
  otherCarrier(draft) {
    if (draft.carrier === "json") draft.carrier = "form";
    else if (draft.carrier === "form") draft.carrier = "json";
    else send(draft, '{"action":"next"}');
    header(draft, "Content-Type", draft.carrier === "form" ? FORM : "application/json");
  },
  untypedBody(draft) {
    withBody(draft);
    header(draft, "Content-Type", undefined);
  },
  binaryBody(draft, dice) {
    send(draft, Buffer.from(Array.from({ length: 1 + dice.below(600) }, () => dice.below(256))));
  },
} satisfies Record<string, Mutator>;
