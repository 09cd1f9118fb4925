import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";
import type { Random } from "./random.ts";

/** Where a sealed value lives; it opens nowhere else (the associated data of AES-GCM). */
export interface Place {
  table: string;
  column: string;
  row: string;
}

/**
 * A column of sealed values. Its room seals and opens by it, and so does whoever seals everything again under another master key: a column that
 * is missing in `src/app/sealed-columns.ts` would be lost with the old one, so that a test looks for it.
 */
export interface SealedColumn {
  table: string;
  column: string;
  /** Its name in a place; two columns share one where a value goes from one into the other as it is. */
  name: string;
  /** The table's primary key. */
  key: readonly string[];
  /** Whose values name the row in a place, in this order. */
  row: readonly string[];
  /** When a value was written, in milliseconds, where the table knows. */
  at?: string;
}

/** Encrypts and decrypts at rest, under the operator's master key. */
export interface Sealer {
  seal(plain: string | Uint8Array, place: Place): string;
  /** Throws when the key is not at hand, or the text was changed or moved from another place. */
  open(sealed: string, place: Place): Buffer;
}

/** Turns a bearer secret into what the database may hold: HMAC-SHA-256 under a key of this installation, 43 characters. */
export type Digester = (label: string, secret: string) => string;

const SALT_BYTES = 24;
const TAG_BYTES = 16;

/** Keys are handed to Node as `KeyObject`: looking at bytes to see that they are none costs Node 24 five times the HMAC itself. */
interface MasterKey {
  id: string;
  key: KeyObject;
}

/**
 * The first key seals, every key opens, so that a new master key is put in front and the old one stays behind it until all is sealed again.
 * Each value has a key and nonce of its own, drawn from 192 random bits, so that no number of writes wears the master key out
 * (NIST SP 800-38D section 8.3 allows 2^32 random nonces a key). Format: `1.<key id>.<base64url(salt, ciphertext, tag)>`.
 */
export function createSealer(keys: readonly Uint8Array[], random: Random): Sealer {
  const ring: MasterKey[] = keys.map((bytes) => ({ id: masterKeyId(bytes), key: createSecretKey(bytes) }));
  const first = ring[0];
  if (first === undefined) throw new Error("a master key is needed");
  return {
    seal(plain, place) {
      const salt = random.bytes(SALT_BYTES);
      const { key, nonce } = derive(first, salt);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(associated(place));
      const body = Buffer.concat([salt, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `1.${first.id}.${body.toString("base64url")}`;
    },
    open(sealed, place) {
      const [version, id, body = "", ...more] = sealed.split(".");
      const bytes = Buffer.from(body, "base64url");
      // Node drops what is not base64url: a value is opened only in the one form in which it was sealed.
      const whole = bytes.length >= SALT_BYTES + TAG_BYTES && bytes.toString("base64url") === body && more.length === 0;
      if (version !== "1" || !whole) throw new Error(`${place.table}.${place.column} is not sealed`);
      const master = ring.find((one) => one.id === id);
      if (master === undefined) throw new Error(`no master key ${id} to open ${place.table}.${place.column}`);
      const { key, nonce } = derive(master, bytes.subarray(0, SALT_BYTES));
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associated(place));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(SALT_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}

/** `row`: the values of the column's own `row`. */
export function placeIn({ table, name }: SealedColumn, ...row: readonly string[]): Place {
  return { table, column: name, row: row.join(":") };
}

/** Eight characters that name a master key without telling it; the operator sees them in sealed values. */
export function masterKeyId(key: Uint8Array): string {
  return createHash("sha256").update("enum-id master key").update(key).digest("base64url").slice(0, 8);
}

/** `label` says what kind of secret it is, so that equal secrets of two kinds have different digests. */
export function createDigester(key: Uint8Array): Digester {
  const secretKey = createSecretKey(key);
  return (label, secret) => createHmac("sha256", secretKey).update(`${label}\0`).update(secret).digest("base64url");
}

/** Longer secrets are not remembered: they are strangers' inventions, and would make the memory theirs. */
const LONGEST_REMEMBERED = 100;

/**
 * A digester that still knows the last `most` digests, the oldest going first: each request of a visit names the same few secrets again
 * and again, and to look one up costs a tenth of an HMAC. For secrets that nobody can guess alone, since the time of an answer could tell
 * that somebody has named the same one a moment ago.
 */
export function rememberDigests(digest: Digester, most: number): Digester {
  const known = new Map<string, string>();
  return (label, secret) => {
    if (secret.length > LONGEST_REMEMBERED) return digest(label, secret);
    const name = `${label}\0${secret}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = digest(label, secret);
    known.set(name, made);
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    return made;
  };
}

/** Whether two texts are equal, in a time that tells nothing but their lengths. */
export function sameText(one: string, other: string): boolean {
  const left = Buffer.from(one);
  const right = Buffer.from(other);
  return left.length === right.length && timingSafeEqual(left, right);
}

function derive(master: MasterKey, salt: Uint8Array): { key: KeyObject; nonce: Uint8Array } {
  const bytes = createHmac("sha512", master.key).update("seal").update(salt).digest();
  return { key: createSecretKey(bytes.subarray(0, 32)), nonce: bytes.subarray(32, 44) };
}

function associated(place: Place): Buffer {
  return Buffer.from(`${place.table}\0${place.column}\0${place.row}`);
}
