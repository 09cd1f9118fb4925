import { pbkdf2Sync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openPad, type Pin, parsePin, sealPad } from "../../src/phone/pad.ts";

const pad = new Uint8Array(randomBytes(32));

function pinOf(typed: string): Pin {
  const pin = parsePin(typed);
  if (!pin.ok) throw new Error(pin.reason);
  return pin.value;
}

describe("a pad under its PIN (PROTOCOL section 5)", () => {
  it("is opened by the PIN", async () => {
    expect(await openPad(await sealPad(pad, pinOf("123456")), pinOf("123456"))).toEqual(pad);
  });

  it("is opened by a wrong PIN as well, to another pad: nothing on the phone tells them apart", async () => {
    const opened = await openPad(await sealPad(pad, pinOf("123456")), pinOf("123457"));
    expect(opened.length).toBe(32);
    expect(opened).not.toEqual(pad);
  });

  it("is kept as 32 bytes, 16 of salt and the number of rounds, and nothing else", async () => {
    const sealed = await sealPad(pad, pinOf("123456"));
    expect(Object.keys(sealed).sort()).toEqual(["masked", "rounds", "salt"]);
    expect(Buffer.from(sealed.masked, "base64url").length).toBe(32);
    expect(Buffer.from(sealed.salt, "base64url").length).toBe(16);
    expect(sealed.rounds).toBe(600_000);
  });

  it("is XORed with PBKDF2-HMAC-SHA-256 of the PIN", async () => {
    const sealed = await sealPad(pad, pinOf("123456"));
    const mask = pbkdf2Sync("123456", Buffer.from(sealed.salt, "base64url"), 600_000, 32, "sha256");
    expect(Buffer.from(sealed.masked, "base64url").map((byte, at) => byte ^ (mask[at] ?? 0))).toEqual(Buffer.from(pad));
  });

  it("gets a new salt each time", async () => {
    const [one, other] = await Promise.all([sealPad(pad, pinOf("123456")), sealPad(pad, pinOf("123456"))]);
    expect(one.salt).not.toBe(other.salt);
    expect(one.masked).not.toBe(other.masked);
  });

  it("of another length is a fault of the program", async () => {
    await expect(sealPad(pad.slice(1), pinOf("123456"))).rejects.toThrow(RangeError);
  });
});

describe("PINs", () => {
  it.each([
    ["", "empty"],
    ["12345", "wrong-length"],
    ["1234567890123", "wrong-length"],
    ["12 456", "not-digits"],
    ["١٢٣٤٥٦", "not-digits"],
  ])("%j is refused: %s", (typed, reason) => {
    expect(parsePin(typed)).toEqual({ ok: false, reason });
  });
});
