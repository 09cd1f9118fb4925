/**
 * The envelope of a key file, version 1 (docs/storage.md): made by who keeps the keys, under the WMID's own password, which never comes here.
 * The server reads the header, so that what could never be opened again is refused while its owner still has the file, and no more.
 */
import type { Wmid } from "../wmid.ts";

/** `ENKF`, the version, and the way from the password to the key: 1 is Argon2id (RFC 9106, version 0x13). */
const BEGINNING = Buffer.from("ENKF\x01\x01", "latin1");
const [MEMORY, PASSES, LANES, SALT, WMID] = [6, 10, 12, 13, 41];
/** Behind the WMID of 12 digits the encrypted file begins. */
const HEADER = WMID + 12;
const TAG = 16;

/** Bytes. A key file has 164; other programs' may be larger. */
export const LARGEST_ENVELOPE = 8192;

/** OWASP's least for Argon2id, and as much as a small computer has for it: KiB, passes, lanes. */
const BOUNDS = { memory: [19_456, 1_048_576], passes: [2, 32], lanes: [1, 16] } as const;

/** Undefined where it is an envelope of this WMID; else what is wrong, for whoever made it. */
export function envelopeFault(bytes: Uint8Array, wmid: Wmid): string | undefined {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.length <= HEADER + TAG) return "the body is shorter than an envelope with a key file in it";
  if (!header.subarray(0, BEGINNING.length).equals(BEGINNING)) return "the body is no envelope of version 1";
  const within = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  if (!within(header.readUInt32BE(MEMORY), BOUNDS.memory)) return told("memory, in KiB,", BOUNDS.memory);
  if (!within(header.readUInt16BE(PASSES), BOUNDS.passes)) return told("number of passes", BOUNDS.passes);
  if (!within(header.readUInt8(LANES), BOUNDS.lanes)) return told("number of lanes", BOUNDS.lanes);
  // Salt and nonce of zeros are what a program has forgotten to fill.
  if (header.subarray(SALT, WMID).every((byte) => byte === 0)) return "salt and nonce must be random";
  if (header.subarray(WMID, HEADER).toString("latin1") !== wmid) return "the envelope is another WMID's";
  return undefined;
}

function told(what: string, [least, most]: readonly [number, number]): string {
  return `Argon2id's ${what} must be from ${least} to ${most}`;
}
