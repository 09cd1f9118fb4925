import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { NobleCryptoPlugin } from "otplib";
import { vi } from "vitest";

/** How many HMACs were computed since: of responses, and of all else that this process makes (digests, cookies, seals). */
export interface HmacCount extends Disposable {
  taken(): { responses: number; others: number };
}

/** It watches the two functions that compute them, and changes neither. */
export function countHmacs(): HmacCount {
  const responses = vi.spyOn(NobleCryptoPlugin.prototype, "hmac");
  const others = vi.spyOn(crypto, "createHmac");
  syncBuiltinESMExports();
  return {
    taken() {
      const count = { responses: responses.mock.calls.length, others: others.mock.calls.length };
      responses.mockClear();
      others.mockClear();
      return count;
    },
    [Symbol.dispose]() {
      responses.mockRestore();
      others.mockRestore();
      syncBuiltinESMExports();
    },
  };
}
