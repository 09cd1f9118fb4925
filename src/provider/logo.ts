import { type Asset, asset } from "../http/assets.ts";

/** More is a photograph; the page that shows it is to be under 30 kB itself. */
const MOST_BYTES = 50_000;

const FORMATS = {
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
  svg: "image/svg+xml",
} as const;

/** The logo of a site as we serve it, or what is wrong with the file: the end of a sentence that names it. */
export function readLogo(bytes: Uint8Array): { ok: true; logo: Asset } | { ok: false; fault: string } {
  if (bytes.length === 0) return { ok: false, fault: "which is empty" };
  if (bytes.length > MOST_BYTES)
    return { ok: false, fault: `which has ${bytes.length} bytes: make it ${MOST_BYTES} at most` };
  const format = formatOf(Buffer.from(bytes));
  if (format === undefined) {
    return {
      ok: false,
      fault: "which is no picture by its content: save it as PNG, JPEG, WebP or SVG (<svg xmlns=…>, in UTF-8)",
    };
  }
  return { ok: true, logo: asset("logo", format, FORMATS[format], Buffer.from(bytes)) };
}

/** By the content alone: a name's ending says nothing, and browsers are told not to guess. */
function formatOf(bytes: Buffer): keyof typeof FORMATS | undefined {
  const begins = (signature: string, at = 0) =>
    bytes.subarray(at, at + signature.length).equals(Buffer.from(signature, "latin1"));
  if (begins("\x89PNG\r\n\x1a\n")) return "png";
  if (begins("\xff\xd8\xff")) return "jpg";
  if (begins("RIFF") && begins("WEBP", 8)) return "webp";
  return isSvg(bytes) ? "svg" : undefined;
}

/** Declaration, comments and document type may stand before the root; without its namespace no browser draws it as a picture. */
const SVG =
  /^\uFEFF?\s*(?:<\?xml\b[^>]*\?>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*|<!DOCTYPE\s+svg\b[^>[]*>\s*)*<svg\b[^>]*\sxmlns=(["'])http:\/\/www\.w3\.org\/2000\/svg\1[\s\S]*<\/svg>\s*$/;

function isSvg(bytes: Buffer): boolean {
  try {
    return SVG.test(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return false;
  }
}
