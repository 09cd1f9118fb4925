import { inflateSync } from "node:zlib";
import { decodeQR } from "qr/decode.js";
import { describe, expect, it } from "vitest";
import { drawQr, type Qr } from "../../src/http/qr.ts";
import { samples } from "./list.ts";
import { html } from "./server.ts";

/** The picture's pixels, four bytes each, at four pixels a module. */
function photographed({ size, image }: Qr): { width: number; height: number; data: Uint8Array } {
  const png = Buffer.from(image.slice(image.indexOf(",") + 1), "base64");
  const start = png.indexOf("IDAT");
  const lines = inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4)));
  const [scale, stride] = [4, 1 + Math.ceil(size / 8)];
  const side = size * scale;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (let pixel = 0; pixel < side * side; pixel += 1) {
    const [x, y] = [Math.floor((pixel % side) / scale), Math.floor(pixel / side / scale)];
    const light = ((lines[y * stride + 1 + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1;
    if (light === 0) data.fill(0, pixel * 4, pixel * 4 + 3);
  }
  return { width: side, height: side, data };
}

const longest = `enum:o?c=48219370&r=x&t=${"eyJ0eXAiOiJKV1Qi".repeat(43)}`.slice(0, 700);

describe("a QR code", () => {
  it.each([
    ["a login", "enum:l?c=48219370&r=Zt0bV9kq3mXyR2aLw4pQ7s"],
    [
      "an enrolment",
      "https://id.example.org/phone#enum:a?i=https%3A%2F%2Fid.example.org&u=alice%40example.com&c=K7QF29XWTA",
    ],
    ["a signed operation", longest],
  ])("of %s is read as the text that it was drawn from", (_, text) => {
    expect(decodeQR(photographed(drawQr(text)))).toBe(text);
  });

  it("has four light modules on every side", () => {
    const { width, data } = photographed(drawQr("enum:l?c=48219370"));
    const dark = [...data.keys()].filter((at) => at % 4 === 0 && data[at] === 0).map((at) => at / 4);
    const across = dark.map((pixel) => pixel % width);
    expect([Math.min(...across), Math.max(...across)]).toEqual([16, width - 17]);
    expect([Math.min(...dark), Math.max(...dark)].map((pixel) => Math.floor(pixel / width))).toEqual([16, width - 17]);
  });

  it("of the longest text of the protocol, 700 characters, leaves a page under 30 kB", () => {
    const qr = drawQr(longest);
    expect(qr.text).toHaveLength(700);
    expect(qr.image.length).toBeLessThan(3000);
    // 97 modules of three CSS pixels fit a phone of 320.
    expect(qr.size * 3).toBeLessThan(320);
    const page = samples.find(({ name }) => name === "login-challenge-other-screen");
    const around = page === undefined ? 0 : Buffer.byteLength(html(page, "ru"));
    expect(around + qr.image.length + qr.text.length).toBeLessThan(30_000);
  });
});
