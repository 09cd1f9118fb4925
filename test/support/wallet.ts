import { createServer, type RequestListener } from "node:http";
import { createWalletApi } from "../../examples/resource-server/api.ts";
import { createWalletSite } from "../../examples/resource-server/site.ts";
import { parseQrText } from "../../src/e-num/qr-text.ts";
import type { Statement } from "../../src/e-num/statement.ts";
import { verifyStatement } from "../../src/e-num/statement-token.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { resourceServer } from "./resource-servers.ts";
import { readText } from "./source.ts";
import { client, createWorld, type World } from "./world.ts";

/** The provider, the example's API and its site, all of them really listening. */
export interface WalletWorld extends AsyncDisposable {
  world: World;
  /** The site's; ends in a slash. */
  address: string;
  /** The API's, without a slash. */
  resource: string;
  /** Requests that reached the API, `PUT /limit 204`. */
  asked: string[];
  /** From now on something else listens where the API did. */
  replaceApi(listener: RequestListener): void;
}

export async function createWalletWorld({ firstParty = false } = {}): Promise<WalletWorld> {
  const [site, api] = [await reserve(), await reserve()];
  const [address, resource] = [`http://localhost:${site.port}/`, `http://localhost:${api.port}`];
  const { server, wallet } = shipped();
  const serverEntry = resourceServer({ ...server, resource });
  const entry = client({
    ...wallet,
    redirect_uris: [`${address}callback`],
    post_logout_redirect_uris: [address],
    resources: [resource],
    first_party: firstParty,
  });
  const world = await createWorld({ clients: [serverEntry, entry] });
  const { issuer } = world;
  const { client_id: apiId, client_secret: apiSecret = "" } = serverEntry;
  const { client_id: clientId, client_secret: clientSecret = "" } = entry;
  const asked: string[] = [];
  const walletApi = createWalletApi({ issuer, resource, clientId: apiId, clientSecret: apiSecret });
  api.listener = (request, response) => {
    response.on("finish", () => asked.push(`${request.method} ${request.url} ${response.statusCode}`));
    walletApi(request, response);
  };
  site.listener = await createWalletSite({ port: site.port, issuer, clientId, clientSecret, resource });
  return {
    world,
    address,
    resource,
    asked,
    replaceApi(listener) {
      api.listener = listener;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([site.close(), api.close()]);
      await world[Symbol.asyncDispose]();
    },
  };
}

/** What a scanning phone computes for: the statement in the page's own QR text, verified. */
export async function statementIn(world: World, qr: string): Promise<Statement> {
  const parsed = parseQrText(qr);
  if (!parsed.ok || parsed.value.kind !== "operation" || parsed.value.token === undefined)
    throw new Error(`the page shows no operation: ${qr}`);
  const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
  const { confirmationSet: keys } = await loadKeys({ ...world, clock: world.now, random });
  const { token, challenge } = parsed.value;
  const read = await verifyStatement(token, { keys, issuer: world.issuer, challenge, now: world.now() / 1000 });
  if (!read.ok) throw new Error(`the page's own text is refused: ${read.reason}`);
  return read.value.statement;
}

/** As the demo has them. */
function shipped() {
  const clients: { client_id: string; client_name: string; scope?: string }[] = JSON.parse(
    readText("config/clients.json"),
  );
  const entry = (id: string) => {
    const found = clients.find(({ client_id: one }) => one === id);
    if (found === undefined) throw new Error(`config/clients.json has no ${id}`);
    return found;
  };
  return { server: entry("wallet-api"), wallet: entry("wallet") };
}

interface Reserved {
  port: number;
  listener: RequestListener;
  close(): Promise<unknown>;
}

/** The provider must know the addresses before the sites can ask it for its discovery document. */
async function reserve(): Promise<Reserved> {
  const reserved: Reserved = {
    port: 0,
    listener: (_request, response) => response.destroy(),
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
  const server = createServer((request, response) => reserved.listener(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  reserved.port = address.port;
  return reserved;
}
