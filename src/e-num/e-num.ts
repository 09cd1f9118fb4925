/**
 * The E-num core: what a phone computes and what a server compares it with.
 *
 * Owns the response, statements and their canonical form, the written forms of check numbers, responses, amounts, purses,
 * activation codes and QR texts, and the signed statement of an operation.
 * Owns no secret, clock, lifetime, try or record: which challenge is open, and which statements it allows, `challenge/` decides.
 * Control enters by plain calls and leaves with a value: bad input is a value with a stable reason, never an exception.
 * Everything here is pure and runs in browser and server alike.
 *
 * @module
 */
import { type Challenge, parseResponse, type Response } from "./challenge.ts";
import { ocra, ocraDataInput, sameAnswer } from "./ocra.ts";
import { parseOcraSuite } from "./ocra-suite.ts";
import { type Statement, type StatementHash, statementHash } from "./statement.ts";

/** The one suite of E-num: seven digits from an eight-digit challenge and the statement's hash (PROTOCOL section 2). */
export const ENUM_SUITE = "OCRA-1:HOTP-SHA256-7:QN08-S032";
/** Bytes of a pad. */
export const PAD_LENGTH = 32;

const suite = expected(parseOcraSuite(ENUM_SUITE));

/**
 * The response of a device whose pad holds `pad` to `challenge`, for exactly `agreed`.
 * Give the statement's hash where several pads are compared against one statement.
 * Throws only when `pad` has not 32 bytes: that is no person's doing.
 */
export function computeResponse(pad: Uint8Array, challenge: Challenge, agreed: Statement | StatementHash): Response {
  return responseTo(pad, responseInput(challenge, agreed));
}

/** `computeResponse` in two steps: this one for each of several pads that are compared. */
export function responseTo(pad: Uint8Array, input: Uint8Array): Response {
  if (pad.length !== PAD_LENGTH) throw new RangeError(`a pad has ${PAD_LENGTH} bytes, not ${pad.length}`);
  return expected(parseResponse(ocra(suite, pad, input)));
}

/** The bytes of which a response is the HMAC: equal for two responses only when both say the same. */
export function responseInput(challenge: Challenge, agreed: Statement | StatementHash): Uint8Array {
  const session = agreed instanceof Uint8Array ? agreed : statementHash(agreed);
  return expected(ocraDataInput(suite, { question: challenge, session }));
}

/** Compared in constant time. */
export function sameResponse(a: Response, b: Response): boolean {
  return sameAnswer(a, b);
}

function expected<Value>(parsed: { ok: true; value: Value } | { ok: false; reason: string }): Value {
  if (!parsed.ok) throw new Error(`the E-num suite refuses its own input: ${parsed.reason}`);
  return parsed.value;
}
