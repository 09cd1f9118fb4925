/**
 * The phone: pads under a PIN, and the responses that they give.
 *
 * Owns what every client shares: the pad and its PIN, the device's proofs and signatures, the device API as a phone uses it. What stands
 * directly in this folder uses nothing of Node; `command-line/` is the client for a terminal, `web/` the one for browsers.
 * Knows the provider by its public API alone, and trusts no page: what it shows was typed by the person or signed by the provider.
 * Control enters by `command-line/cli.ts` or `web/main.ts`, and comes here for a response.
 *
 * @module
 */
import type { Challenge, Response } from "../e-num/challenge.ts";
import { computeResponse } from "../e-num/e-num.ts";
import type { Statement } from "../e-num/statement.ts";
import { openPad, type Pin, type SealedPad } from "./pad.ts";

/** Opens the pad for this one response. A wrong PIN gives a wrong one, and nobody here can tell. */
export async function respondWith(
  pad: SealedPad,
  pin: Pin,
  { challenge, statement }: { readonly challenge: Challenge; readonly statement: Statement },
): Promise<Response> {
  return computeResponse(await openPad(pad, pin), challenge, statement);
}
