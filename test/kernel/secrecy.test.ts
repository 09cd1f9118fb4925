import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDigester, createSealer, masterKeyId, type Place, rememberDigests, sameText } from "../../src/secrecy.ts";

const random = { bytes: randomBytes };
const master = new Uint8Array(32).fill(1);
/** Texts with characters of one to four bytes, and NUL. */
const text = fc.string({ unit: fc.constantFrom("a", "\0", "é", "日", "\u{1F511}") });
const place: Place = { table: "device", column: "pad", row: "42" };

describe("sealing", () => {
  const sealer = createSealer([master], random);

  test("whatever was sealed opens as it was, text or bytes, empty or long", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 3000 })), (plain) => {
        expect(sealer.open(sealer.seal(plain, place), place).equals(Buffer.from(plain))).toBe(true);
      }),
    );
  });

  test("a sealed value opens in its own place only", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", ".", ":", "_"), maxLength: 4 });
    const anyPlace = fc.record({ table: name, column: name, row: name });
    fc.assert(
      fc.property(anyPlace, anyPlace, (own, other) => {
        fc.pre(own.table !== other.table || own.column !== other.column || own.row !== other.row);
        expect(() => sealer.open(sealer.seal("secret", own), other)).toThrow();
      }),
    );
  });

  test("a value of which any byte was changed does not open", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, position, change) => {
        const [version, keyId, body] = sealer.seal(plain, place).split(".");
        const bytes = Buffer.from(body ?? "", "base64url");
        const index = position % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        expect(() => sealer.open(`${version}.${keyId}.${bytes.toString("base64url")}`, place)).toThrow();
      }),
    );
  });

  test("a value that was cut short or went on does not open", () => {
    const sealed = sealer.seal("secret", place);
    expect(() => sealer.open(`${sealed}AAAA`, place)).toThrow();
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => sealer.open(sealed.slice(0, length), place)).toThrow();
    }
  });

  // Fails today: base64url is read leniently, and what follows a third dot is not looked at. The plain text is unharmed by it.
  test.each([".", ".AAAA", "!", "="])("a value with %j behind it does not open", (more) => {
    expect(() => sealer.open(sealer.seal("secret", place) + more, place)).toThrow();
  });

  test("a text that was never sealed says which column holds it, and does not repeat the text", () => {
    for (const text of ["", "plain secret", "2.abc.def", "1", "1.abc"]) {
      expect(() => sealer.open(text, place)).toThrow("device.pad is not sealed");
    }
  });

  test("the same value is never sealed twice in the same way", () => {
    const sealed = new Set(Array.from({ length: 100 }, () => sealer.seal("secret", place)));
    expect(sealed.size).toBe(100);
  });

  test("a sealed value shows neither what is in it nor the key", () => {
    const sealed = sealer.seal("a secret that is long enough to be seen", place);
    expect(sealed).not.toContain("secret");
    expect(Buffer.from(sealed.split(".")[2] ?? "", "base64url").toString("latin1")).not.toContain("secret");
    expect(sealed).not.toContain(Buffer.from(master).toString("base64url"));
  });
});

describe("master keys", () => {
  const fresh = new Uint8Array(32).fill(2);

  test("what the old key sealed opens with a new key put in front of it, and new values bear the new key's id", () => {
    const old = createSealer([master], random).seal("secret", place);
    const ring = createSealer([fresh, master], random);
    expect(ring.open(old, place).toString()).toBe("secret");
    expect(ring.seal("secret", place).split(".")[1]).toBe(masterKeyId(fresh));
  });

  test("without the old key its values do not open, and the error names the key that is missing", () => {
    const old = createSealer([master], random).seal("secret", place);
    const sealer = createSealer([fresh], random);
    expect(() => sealer.open(old, place)).toThrow(`no master key ${masterKeyId(master)} to open device.pad`);
  });

  test("a value that claims to be sealed by another key of the ring does not open", () => {
    const ring = createSealer([fresh, master], random);
    const [version, , body] = ring.seal("secret", place).split(".");
    expect(() => ring.open(`${version}.${masterKeyId(master)}.${body}`, place)).toThrow();
  });

  test("the id of a key is eight characters, its own, and not made of the key", () => {
    expect(masterKeyId(master)).toMatch(/^[\w-]{8}$/);
    expect(masterKeyId(master)).not.toBe(masterKeyId(fresh));
    expect(Buffer.from(master).toString("base64url")).not.toContain(masterKeyId(master));
  });

  test("there is no sealer without a key", () => {
    expect(() => createSealer([], random)).toThrow("a master key is needed");
  });
});

describe("digests", () => {
  const digest = createDigester(master);

  test("a digest is 43 characters, always the same for the same secret", () => {
    expect(digest("session", "secret")).toMatch(/^[\w-]{43}$/);
    expect(digest("session", "secret")).toBe(createDigester(master)("session", "secret"));
  });

  test("the digest of another secret, another kind or another installation is another", () => {
    const digests = [
      digest("session", "secret"),
      digest("session", "secret2"),
      digest("code", "secret"),
      digest("sessions", "ecret"),
      digest("", "sessionsecret"),
      createDigester(new Uint8Array(32).fill(9))("session", "secret"),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  test("it is HMAC-SHA-256 of label, zero and secret, so that another program can check it", async () => {
    const key = await crypto.subtle.importKey("raw", master, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const expected = await crypto.subtle.sign("HMAC", key, Buffer.from("session\0secret"));
    expect(digest("session", "secret")).toBe(Buffer.from(expected).toString("base64url"));
  });
});

describe("digests that are remembered", () => {
  /** Says which secrets were digested. */
  const counting = (most: number) => {
    const digested: string[] = [];
    const digest = createDigester(master);
    const remembered = rememberDigests((label, secret) => {
      digested.push(`${label} ${secret}`);
      return digest(label, secret);
    }, most);
    return { digested, digest, remembered };
  };

  test("are the same as others, and are made once", () => {
    const { digested, digest, remembered } = counting(10);
    for (const label of ["session", "code", "session", "code"])
      expect(remembered(label, "secret")).toBe(digest(label, "secret"));
    expect(digested).toEqual(["session secret", "code secret"]);
  });

  test("are as many as were allowed: the oldest is made again", () => {
    const { digested, remembered } = counting(2);
    for (const secret of ["one", "two", "three", "two", "one"]) remembered("code", secret);
    expect(digested).toEqual(["code one", "code two", "code three", "code one"]);
  });

  test("are none of a secret of a hundred and one characters, which no secret of ours has", () => {
    const { digested, remembered } = counting(2);
    for (const length of [101, 101, 100, 100]) remembered("code", "x".repeat(length));
    expect(digested.map((said) => said.length - "code ".length)).toEqual([101, 101, 100]);
  });
});

test("two texts are the same when every character is, and only then", () => {
  fc.assert(fc.property(text, (one) => sameText(one, one)));
  fc.assert(fc.property(fc.string(), fc.string(), (one, other) => sameText(one, other) === (one === other)));
  expect(sameText("abc", "abcd")).toBe(false);
  expect(sameText("", "")).toBe(true);
});
