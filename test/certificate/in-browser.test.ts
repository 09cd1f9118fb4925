/** What the script of the pages makes, by the same WebCrypto that browsers have. */
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../src/certificate/certificate.ts";
import { ownSigner } from "../../src/certificate/signer.ts";
import { readSigningRequest } from "../../src/certificate/signing-request.ts";
import { pkcs12 } from "../../src/certificate/web/pkcs12.ts";
import { certificatesIn, makeKey, requestIn } from "../../src/certificate/web/request.ts";
import { authorityCertificate, clientCertificate, pem } from "../../src/certificate/x509.ts";
import { DAY } from "../../src/clock.ts";
import { parseWmid } from "../../src/wmid.ts";
import { hasOpenssl, openssl } from "./openssl.ts";

const NOON = 1_795_392_000_000;
const PASSWORD = "пароль & pass 1";

/** A key that was made as in a browser, and its certificate's file. */
async function issuedFor() {
  const made = await makeKey();
  const read = readSigningRequest(made.request);
  const wmid = parseWmid("301234567890");
  if (!read.ok || wmid === undefined) throw new Error("the request is refused");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = ownSigner({ kid: "k", privateJwk: privateKey.export({ format: "jwk" }) });
  const serial = Uint8Array.of(1, 2, 3);
  const validity = { from: NOON - DAY, to: NOON + DAY };
  const at = {
    authority: "https://id.example.com/a",
    list: "https://id.example.com/l",
    status: "https://id.example.com/s",
  };
  const host = "id.example.com";
  const own = await clientCertificate(signer, { serial, host, validity, wmid, spki: read.key.spki, at });
  const above = await authorityCertificate(signer, { serial, host, validity });
  const file = pem("CERTIFICATE", own) + pem("CERTIFICATE", above);
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", made.key));
  const contents = { key, certificates: certificatesIn(file), password: PASSWORD, name: "WMID 301234567890" };
  return { made, spki: read.key.spki, own, saved: await pkcs12(contents) };
}

describe("a key that is made in the browser", () => {
  test("has a request that is taken, and is found again by what the certificate's page knows of it", async () => {
    for (let times = 0; times < 40; times += 1) {
      const { request, id } = await makeKey();
      const read = readSigningRequest(request);
      if (!read.ok) throw new Error(`a request is ${read.fault}`);
      const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(read.key.spki));
      expect([read.key.kind, id]).toEqual(["P-256", Buffer.from(digest).toString("base64url")]);
      expect(fingerprintOf(read.key.spki).replaceAll(" ", "").toLowerCase()).toBe(
        Buffer.from(id, "base64url").toString("hex").slice(0, 16),
      );
    }
  });

  test("on one's own computer: its request is taken from a file in PEM or in DER", async () => {
    const { request } = await makeKey();
    const der = Buffer.from(request.replace(/-----[^-]+-----/g, ""), "base64");
    for (const file of [Buffer.from(request), der]) expect(requestIn(file)).toBe(request);
  });

  test("is saved with its certificate under the password, and opens with no other", async () => {
    const { saved } = await issuedFor();
    expect(() => createSecureContext({ pfx: Buffer.from(saved), passphrase: PASSWORD })).not.toThrow();
    for (const passphrase of ["", "пароль & pass 2"])
      expect(() => createSecureContext({ pfx: Buffer.from(saved), passphrase })).toThrow(/mac verify failure/);
  });

  test("is under three derivations of 250,000 rounds each: .NET takes 300,000 of one, and a million of all", async () => {
    const { saved } = await issuedFor();
    // 250,000 as an INTEGER in DER: in the MAC, and in the parameters of key and certificates.
    expect(Buffer.from(saved).toString("hex").split("020303d090")).toHaveLength(4);
  });

  test("is not readable in the file", async () => {
    const { saved, own, made } = await issuedFor();
    const { d = "" } = await crypto.subtle.exportKey("jwk", made.key);
    const bytes = Buffer.from(saved);
    expect(bytes.includes(Buffer.from(d, "base64url"))).toBe(false);
    expect(bytes.includes(Buffer.from(own).subarray(100, 200))).toBe(false);
  });

  test.skipIf(!hasOpenssl)("is what OpenSSL finds in the file, by the algorithms that are promised", async () => {
    const { saved, own, spki } = await issuedFor();
    const files = { "saved.p12": saved, password: PASSWORD };
    const words = ["pkcs12", "-in", "saved.p12", "-info", "-nodes", "-passin", "file:password"];
    const { status, said } = openssl(files, words);
    expect(status).toBe(0);
    for (const one of [
      "MAC: sha256, Iteration 250000",
      "PBES2, PBKDF2, AES-256-CBC, Iteration 250000, PRF hmacWithSHA256",
    ])
      expect(said).toContain(one);
    expect(said).toContain("friendlyName: WMID 301234567890");
    const [key = ""] = /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(said) ?? [];
    expect(createPublicKey(key).export({ type: "spki", format: "der" }).equals(Buffer.from(spki))).toBe(true);
    const [certificate = ""] = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(said) ?? [];
    expect(new X509Certificate(certificate).raw.equals(Buffer.from(own))).toBe(true);
    expect(said.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });
});
