/** What an operator's proxy does at the origin that asks people for certificates: it ends TLS, really asks, and passes on what it was shown. */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { request as ask } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { ownSigner } from "../../src/certificate/signer.ts";
import { authorityCertificate, pem } from "../../src/certificate/x509.ts";
import { DAY } from "../../src/clock.ts";
import type { Config } from "../../src/config/config.ts";
import { createWorld, type World, type WorldOptions } from "./world.ts";

export const HEADER = "X-Client-Certificate";
/** Nobody need listen there where nobody goes. */
export const ASKING = "https://cert.id.example";
export const BY_CERTIFICATE = {
  certificates: { header: HEADER, verifiedHeader: undefined, origin: undefined },
  certificateSignIn: ASKING,
} as const satisfies Partial<Config>;

/** A key with its chain, in PEM, as a browser has them. */
export interface Held {
  key: string;
  chain: string;
}

/** An authority of somebody's, and what a server or a stranger shows that stands for itself. */
export async function selfMade(host: string): Promise<Held & { privateJwk: JsonWebKey }> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privateJwk = privateKey.export({ format: "jwk" });
  const signer = ownSigner({ kid: "own", privateJwk });
  const validity = { from: Date.now() - DAY, to: Date.now() + DAY };
  const der = await authorityCertificate(signer, { serial: Uint8Array.of(1), host, validity });
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    chain: pem("CERTIFICATE", der),
    privateJwk,
  };
}

export interface CertificateWorld extends World {
  /** Where certificates are asked for. */
  asking: string;
}

/** A world behind such a proxy. */
export async function certificateWorld(options: WorldOptions = {}): Promise<CertificateWorld> {
  const { key, chain } = await selfMade("cert.id.example");
  let target = 0;
  const server = createServer(
    { key, cert: chain, requestCert: true, rejectUnauthorized: false },
    (incoming, answer) => {
      const { socket, method, url: path, headers } = incoming;
      const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      const told = { [HEADER]: shown === undefined ? "" : encodeURIComponent(shown.toString()) };
      const passed = { ...headers, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" };
      const onward = ask(
        { host: "127.0.0.1", port: target, method, path, headers: { ...passed, ...told } },
        (reply) => {
          answer.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(answer);
        },
      );
      incoming.pipe(onward);
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const asking = `https://localhost:${address.port}`;
  const world = await createWorld({
    ...options,
    config: { ...BY_CERTIFICATE, trustProxy: true, certificateSignIn: asking, ...options.config },
  });
  target = world.port;
  // Browsers offer what these authorities have given, and nothing else.
  const ca = await (await fetch(`${world.issuer}/certificates/authority.pem`)).text();
  server.setSecureContext({ key, cert: chain, ca });
  return {
    ...world,
    asking,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await world[Symbol.asyncDispose]();
    },
  };
}

/** One request of a browser that shows this certificate, or none; a redirect is not followed. */
export function show(address: string, held?: Held): Promise<{ status: number; location: string; body: string }> {
  return new Promise((done, fail) => {
    const own = held === undefined ? {} : { key: held.key, cert: held.chain };
    const sent = request(address, { rejectUnauthorized: false, agent: false, ...own }, async (answer) => {
      const body = Buffer.concat(await answer.toArray()).toString();
      done({ status: answer.statusCode ?? 0, location: answer.headers.location ?? "", body });
    });
    sent.on("error", fail).end();
  });
}
