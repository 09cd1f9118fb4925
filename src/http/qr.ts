/**
 * Draws a QR code as a picture within the page. Pure.
 *
 * A PNG of one pixel a module: 1.9 kB for the longest text of PROTOCOL 4, where an SVG path takes 12 kB of a page's 30.
 * And browsers that darken pages by themselves invert drawings, but leave pictures alone: inverted codes are hard to read.
 */
import { crc32 } from "node:zlib";
import { encodeQR } from "qr";

export interface Qr {
  readonly text: string;
  /** Modules a side, quiet zone included: the picture's own pixels. Show each at three CSS pixels or more. */
  readonly size: number;
  /** A `data:` URL; the policy needs `img-src data:`. */
  readonly image: string;
}

/** ISO/IEC 18004 asks for four light modules on every side. */
const QUIET = 4;

/** A longer text gets the lowest error correction: on a screen nothing is torn, and larger modules read better. */
const LONG = 150;

/** Throws for a text that fits no QR code; those of PROTOCOL 4 hold at most 700 characters. */
export function drawQr(text: string): Qr {
  const modules = encodeQR(text, "raw", { border: QUIET, ecc: text.length > LONG ? "low" : "medium" });
  return { text, size: modules.length, image: `data:image/png;base64,${png(modules).toString("base64")}` };
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** One bit a pixel, 0 is black (PNG, sections 11.2 and 7.2). */
function png(dark: readonly (readonly boolean[])[]): Buffer {
  const size = dark.length;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 1;
  const stride = 1 + Math.ceil(size / 8);
  const lines = Buffer.alloc(stride * size);
  dark.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) return;
      const at = y * stride + 1 + (x >> 3);
      lines[at] = (lines[at] ?? 0) | (0x80 >> (x & 7));
    });
  });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", stored(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Zlib's format with one block that is stored as it is (RFC 1950, RFC 1951 section 3.2.4): a code's modules hardly shrink, and trying costs more than drawing. */
function stored(data: Buffer): Buffer {
  const frame = Buffer.alloc(7 + data.length + 4);
  frame.set([0x78, 0x01, 0x01]);
  frame.writeUInt16LE(data.length, 3);
  frame.writeUInt16LE(data.length ^ 0xffff, 5);
  frame.set(data, 7);
  frame.writeUInt32BE(adler32(data), 7 + data.length);
  return frame;
}

/** RFC 1950 section 8. The sums stay below 2^53 for far more than a block holds, so they are reduced once. */
function adler32(data: Buffer): number {
  let low = 1;
  let high = 0;
  for (const byte of data) {
    low += byte;
    high += low;
  }
  return (high % 65_521) * 65_536 + (low % 65_521);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
