/**
 * The envelope of a key file, version 1 (docs/storage.md): sealed here by the WMID's own password, before it goes to E-num Storage, and opened
 * here. Neither the password nor a key made of it leaves this process.
 */
import { argon2idAsync } from "@noble/hashes/argon2.js";

/** Of Argon2id (RFC 9106): KiB of memory, passes, lanes. */
export interface Cost {
  memory: number;
  passes: number;
  lanes: number;
}

/** The second recommended choice of RFC 9106 section 4. */
const USUAL_COST: Cost = { memory: 65_536, passes: 3, lanes: 4 };

/** What an envelope of anybody's may ask of this computer. */
const MOST: Cost = { memory: 1_048_576, passes: 32, lanes: 16 };

const BEGINNING = [..."ENKF"].map((letter) => letter.charCodeAt(0));
const [VERSION, ARGON2ID] = [1, 1];
const [SALT, NONCE, WMID, HEADER] = [13, 29, 41, 53];
const TAG = 16;

export interface Sealing {
  cost?: Cost;
  /** 16 and 12 bytes, for the vectors: new ones for each envelope else. */
  salt?: Uint8Array;
  nonce?: Uint8Array;
}

export async function sealKeys(
  file: Uint8Array,
  password: string,
  wmid: string,
  how: Sealing = {},
): Promise<Uint8Array> {
  if (!/^[0-9]{12}$/.test(wmid)) throw new Error("A WMID has 12 digits.");
  const { cost = USUAL_COST } = how;
  const header = new Uint8Array(HEADER);
  header.set([...BEGINNING, VERSION, ARGON2ID]);
  const view = new DataView(header.buffer);
  view.setUint32(6, cost.memory);
  view.setUint16(10, cost.passes);
  view.setUint8(12, cost.lanes);
  header.set(how.salt ?? crypto.getRandomValues(new Uint8Array(NONCE - SALT)), SALT);
  header.set(how.nonce ?? crypto.getRandomValues(new Uint8Array(WMID - NONCE)), NONCE);
  header.set(new TextEncoder().encode(wmid), WMID);
  const key = await keyOf(password, header, cost, "encrypt");
  const sealed = await crypto.subtle.encrypt(parameters(header), key, new Uint8Array(file));
  const envelope = new Uint8Array(HEADER + sealed.byteLength);
  envelope.set(header);
  envelope.set(new Uint8Array(sealed), HEADER);
  return envelope;
}

/** Throws where it is no envelope of this WMID; and, with one sentence for both, for another password and for a changed envelope. */
export async function openKeys(envelope: Uint8Array, password: string, wmid: string): Promise<Uint8Array> {
  // Copied: Node's own buffers are often parts of a larger one.
  const header = new Uint8Array(envelope.subarray(0, HEADER));
  const begins = [...BEGINNING, VERSION, ARGON2ID].every((byte, place) => header[place] === byte);
  if (!begins || envelope.length < HEADER + TAG) throw new Error("That is no envelope of version 1.");
  if (new TextDecoder().decode(header.subarray(WMID)) !== wmid) throw new Error("The envelope is another WMID's.");
  const view = new DataView(header.buffer);
  const cost = { memory: view.getUint32(6), passes: view.getUint16(10), lanes: view.getUint8(12) };
  if (cost.memory > MOST.memory || cost.passes > MOST.passes || cost.lanes > MOST.lanes)
    throw new Error("The envelope asks for more than this computer gives.");
  const key = await keyOf(password, header, cost, "decrypt");
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt(parameters(header), key, new Uint8Array(envelope.subarray(HEADER))),
    );
  } catch {
    throw new Error("The password does not fit, or the envelope was changed.");
  }
}

/** The password as it is typed, in NFC, so that every keyboard gives the same bytes. */
function keyOf(password: string, header: Uint8Array, cost: Cost, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const { memory: m, passes: t, lanes: p } = cost;
  const typed = new TextEncoder().encode(password.normalize("NFC"));
  return argon2idAsync(typed, header.slice(SALT, NONCE), { m, t, p, dkLen: 32 }).then((bytes) =>
    crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, [use]),
  );
}

/** The whole header is authenticated: a changed cost or WMID opens nothing. */
function parameters(header: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv: header.slice(NONCE, WMID), additionalData: header, tagLength: TAG * 8 };
}
