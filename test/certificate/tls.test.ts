/** What sites make of our certificates: a TLS server of Node's that demands them, and OpenSSL where the machine has it. */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { ownSigner } from "../../src/certificate/signer.ts";
import { authorityCertificate, pem } from "../../src/certificate/x509.ts";
import { DAY } from "../../src/clock.ts";
import { createWorld, type World } from "../support/world.ts";
import { hasOpenssl, openssl } from "./openssl.ts";
import { ALICE_WMID, aliceAt, type Issued, issued, rsaRequest } from "./support.ts";

const textOf = async (world: World, path: string) => (await fetch(`${world.issuer}/certificates/${path}`)).text();

/** A site that lets in whom the authority vouches for, by the list that it was given. */
async function siteOf(world: World): Promise<{ port: number } & AsyncDisposable> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const signer = ownSigner({ kid: "site", privateJwk: privateKey.export({ format: "jwk" }) });
  const validity = { from: world.now() - DAY, to: world.now() + DAY };
  const cert = pem(
    "CERTIFICATE",
    await authorityCertificate(signer, { serial: Uint8Array.of(1), host: "site", validity }),
  );
  const [ca, crl] = [await textOf(world, "authority.pem"), await textOf(world, "revoked.pem")];
  // It looks itself, and says why: else Node hangs up, and the visitor learns nothing.
  const asking = { requestCert: true, rejectUnauthorized: false, ca, crl };
  const server = createServer({ key, cert, ...asking }, (socket: TLSSocket) => {
    const { subjectaltname = "" } = socket.getPeerCertificate();
    socket.end(socket.authorized ? `hello ${subjectaltname}` : `no: ${socket.authorizationError}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  };
}

/** What the site says to who comes with this certificate. */
function visit(port: number, shown: Pick<Issued, "key" | "chain"> | undefined): Promise<string> {
  return new Promise((done, fail) => {
    const own = shown === undefined ? {} : { key: shown.key, cert: shown.chain };
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...own });
    let heard = "";
    socket.on("data", (data) => {
      heard += String(data);
    });
    socket.on("error", fail);
    socket.on("end", () => done(heard));
  });
}

describe("a site that demands certificates in TLS", () => {
  test("lets in who has one, is told the WMID, and lets nobody in without", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const certificates = [await issued(world, alice), await issued(world, alice, rsaRequest(2048))];
    await using site = await siteOf(world);
    for (const one of certificates) expect(await visit(site.port, one)).toBe(`hello URI:urn:e-num:wmid:${ALICE_WMID}`);
    expect(await visit(site.port, undefined)).toBe("no: UNABLE_TO_GET_ISSUER_CERT");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const signer = ownSigner({ kid: "false", privateJwk: privateKey.export({ format: "jwk" }) });
    const validity = { from: world.now() - DAY, to: world.now() + DAY };
    const host = new URL(world.issuer).host;
    const made = await authorityCertificate(signer, { serial: Uint8Array.of(1), host, validity });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(await visit(site.port, { key, chain: pem("CERTIFICATE", made) })).toMatch(/^no: /);
  });

  test("and has the list refuses one that is on it, and no other", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const [lost, kept] = [await issued(world, alice), await issued(world, alice)];
    await alice.visitor.post(`${new URL(lost.page.url).pathname}/revoke`, "action=revoke&reason=key-compromise");
    await using site = await siteOf(world);
    expect(await visit(site.port, lost)).toBe("no: CERT_REVOKED");
    expect(await visit(site.port, kept)).toContain(ALICE_WMID);
  });
});

describe.skipIf(!hasOpenssl)("OpenSSL", () => {
  test("verifies certificate and list strictly, and tells a revoked one", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const [lost, kept] = [await issued(world, alice), await issued(world, alice)];
    await alice.visitor.post(`${new URL(lost.page.url).pathname}/revoke`, "action=revoke&reason=key-compromise");
    const files = {
      "ca.pem": await textOf(world, "authority.pem"),
      "crl.pem": await textOf(world, "revoked.pem"),
      "lost.pem": lost.certificate.toString(),
      "kept.pem": kept.certificate.toString(),
    };
    const strictly = ["verify", "-x509_strict", "-purpose", "sslclient", "-crl_check"];
    const verify = (name: string) => openssl(files, [...strictly, "-CRLfile", "crl.pem", "-CAfile", "ca.pem", name]);
    expect(verify("kept.pem")).toMatchObject({ status: 0, said: "kept.pem: OK\n" });
    expect(verify("lost.pem")).toMatchObject({ status: 2, said: expect.stringContaining("certificate revoked") });
    const { said } = openssl(files, ["crl", "-in", "crl.pem", "-noout", "-text", "-CAfile", "ca.pem"]);
    for (const words of ["verify OK", "Version 2", "X509v3 CRL Number", "Key Compromise", lost.serial.toUpperCase()])
      expect(said).toContain(words);
  });

  test("makes requests that are taken, by the command on the page", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const page = await alice.visitor.open("/account/certificates/new");
    const command = page.html.querySelector("pre")?.text.trim() ?? "";
    expect(command).toMatch(/^openssl req -new /);
    const words = [...command.split(" ").slice(1), "-passout", "pass:secret"];
    const { made } = openssl({}, words, "request.pem");
    const { certificate } = await issued(world, alice, { pem: made, key: "" });
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  });
});
