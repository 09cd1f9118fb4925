import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OID } from "../../src/certificate/names.ts";
import { readSigningRequest } from "../../src/certificate/signing-request.ts";
import { ecRequest, requestOf, rsaRequest } from "./support.ts";

const fault = (text: string) => {
  const read = readSigningRequest(text);
  return read.ok ? read.key.kind : read.fault;
};
const base64Of = (pem: string) => pem.replace(/-----[^-]+-----/g, "");

describe("a certification request", () => {
  test("is read in PEM, as OpenSSL and as Windows write it, with text around it, and in base64 alone", () => {
    const { pem } = ecRequest();
    const texts = [pem, pem.replaceAll("\n", "\r\n"), pem.replaceAll("CERT", "NEW CERT"), `Hello\n${pem}\nBye`];
    for (const text of [...texts, base64Of(pem), base64Of(pem).replace(/\s/g, "")]) expect(fault(text)).toBe("P-256");
  });

  test("holds ECDSA on P-256, or RSA of 2048 to 4096 bits", () => {
    expect(fault(rsaRequest(2048).pem)).toBe("RSA 2048");
    expect(fault(rsaRequest(1024).pem)).toBe("weak-key");
    const other = generateKeyPairSync("ec", { namedCurve: "P-384" });
    expect(fault(requestOf(other.publicKey, { by: other.privateKey, algorithm: OID.ecdsaWithSha256 }))).toBe(
      "key-kind",
    );
    const small = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 });
    expect(fault(requestOf(small.publicKey, { by: small.privateKey, algorithm: OID.rsaWithSha256 }))).toBe("weak-key");
  });

  test("is signed by its own key, and not with SHA-1", () => {
    const mine = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const theirs = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const signedBy = (by: typeof mine, algorithm: string, hash?: string) =>
      fault(requestOf(mine.publicKey, { by: by.privateKey, algorithm, ...(hash === undefined ? {} : { hash }) }));
    expect(signedBy(mine, OID.ecdsaWithSha384, "sha384")).toBe("P-256");
    expect(signedBy(theirs, OID.ecdsaWithSha256)).toBe("unproven");
    expect(signedBy(mine, OID.ecdsaWithSha384, "sha256")).toBe("unproven");
    expect(signedBy(mine, OID.rsaWithSha256)).toBe("unproven");
    expect(signedBy(mine, "1.2.840.10045.4.1", "sha1")).toBe("unproven");
  });

  test("with a byte changed is refused, wherever it is", () => {
    const der = Buffer.from(base64Of(ecRequest().pem), "base64");
    for (let place = 0; place < der.length; place += 1) {
      const changed = Buffer.from(der);
      changed[place] = (changed[place] ?? 0) ^ 0x01;
      expect(readSigningRequest(changed.toString("base64")).ok, `byte ${place}`).toBe(false);
    }
  });

  test("cut short, with more behind it, or of anything else is none", () => {
    const der = Buffer.from(base64Of(ecRequest().pem), "base64");
    for (const bytes of [der.subarray(0, -1), Buffer.concat([der, Buffer.of(0)]), Buffer.of(0x30, 0x00), Buffer.of(5)])
      expect(fault(bytes.toString("base64"))).toBe("unreadable");
    for (const text of [
      "x",
      "-----BEGIN CERTIFICATE REQUEST-----",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ])
      expect(fault(text)).toBe("unreadable");
    const noTime = Buffer.from("1808fd6e583af9faa04e", "hex");
    const nested = Buffer.alloc(12_000, Buffer.from([0x30, 0x80]));
    for (const bytes of [noTime, nested]) expect(fault(bytes.toString("base64"))).toBe("unreadable");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(readSigningRequest(Buffer.from(bytes).toString("base64")).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
