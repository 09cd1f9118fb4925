import { constantTimeEqual, dynamicTruncate, truncateDigits } from "@otplib/core";
import { NobleCryptoPlugin } from "otplib";
import type { OcraHash, OcraSuite } from "./ocra-suite.ts";
import { ok, type Parsed, refused } from "./parsed.ts";

/** What a suite asks for besides the key; members that it does not ask for are refused, so that none is thought to be bound. */
export type OcraInput = {
  /** Letters and digits, decimal digits or hexadecimal digits, as the suite says. */
  readonly question: string;
  /** 0 to 2^64 - 1. */
  readonly counter?: bigint;
  /** The hash of the PIN, in bytes. */
  readonly pinHash?: Uint8Array;
  /** Exactly as many bytes as the suite says. */
  readonly session?: Uint8Array;
  /** Number of time steps since 1970, 0 to 2^64 - 1. */
  readonly timeStep?: bigint;
};

export type OcraInputReason = "bad-question" | "bad-counter" | "bad-pin-hash" | "bad-session" | "bad-time-step";

const QUESTION_BYTES = 128;
const HASH_BYTES: Readonly<Record<OcraHash, number>> = { sha1: 20, sha256: 32, sha512: 64 };
const QUESTION_FORMS = { A: /^[0-9A-Za-z]+$/, N: /^[0-9]+$/, H: /^[0-9A-Fa-f]+$/ } as const;

const hmac = new NobleCryptoPlugin();

/** The bytes that are hashed (RFC 6287 section 5.1): suite, a zero byte, then C, Q, P, S and T where the suite has them. */
export function ocraDataInput(suite: OcraSuite, input: OcraInput): Parsed<Uint8Array, OcraInputReason> {
  const counter = number64(suite.counter, input.counter);
  if (counter === undefined) return refused("bad-counter");
  const question = questionBytes(suite.question, input.question);
  if (question === undefined) return refused("bad-question");
  const pinHash = exactly(suite.pinHash === undefined ? 0 : HASH_BYTES[suite.pinHash], input.pinHash);
  if (pinHash === undefined) return refused("bad-pin-hash");
  const session = exactly(suite.sessionLength ?? 0, input.session);
  if (session === undefined) return refused("bad-session");
  const timeStep = number64(suite.timeStep !== undefined, input.timeStep);
  if (timeStep === undefined) return refused("bad-time-step");
  return ok(
    join([new TextEncoder().encode(suite.text), Uint8Array.of(0), counter, question, pinHash, session, timeStep]),
  );
}

/** The decimal digits that the suite asks for, or the whole HMAC in hexadecimal for a suite with 0 digits. */
export function ocra(suite: OcraSuite, key: Uint8Array, dataInput: Uint8Array): string {
  const mac = hmac.hmac(suite.hash, key, dataInput);
  if (suite.digits === 0) return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return truncateDigits(dynamicTruncate(mac), suite.digits);
}

/** Takes as long for any two answers of one length. */
export function sameAnswer(a: string, b: string): boolean {
  return constantTimeEqual(a, b);
}

/** Undefined: not what this suite takes as a question. */
function questionBytes(form: OcraSuite["question"], question: string): Uint8Array | undefined {
  // Section 7: mutual challenge-response joins both sides' questions into one.
  if (question.length > 2 * form.length || !QUESTION_FORMS[form.format].test(question)) return undefined;
  const bytes = new Uint8Array(QUESTION_BYTES);
  if (form.format === "A") {
    bytes.set(new TextEncoder().encode(question));
    return bytes;
  }
  // Padded with the digit 0 on the right, so an odd number of digits is not made even first.
  const hex = (form.format === "N" ? BigInt(question).toString(16) : question).padEnd(2 * QUESTION_BYTES, "0");
  for (let at = 0; at < QUESTION_BYTES; at += 1) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** Eight bytes, big-endian; nothing for a suite without it; undefined where the two do not agree. */
function number64(wanted: boolean, value: bigint | undefined): Uint8Array | undefined {
  if (!wanted) return value === undefined ? new Uint8Array() : undefined;
  if (value === undefined || value < 0n || value >= 2n ** 64n) return undefined;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function exactly(length: number, bytes: Uint8Array = new Uint8Array()): Uint8Array | undefined {
  return bytes.length === length ? bytes : undefined;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
