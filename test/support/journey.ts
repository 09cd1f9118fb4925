import { createServer, type RequestListener, type Server } from "node:http";
import { BOOK_SHOP, CITY_LIBRARY, type Look } from "../../examples/shop/pages.ts";
import { createShop } from "../../examples/shop/shop.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { client, createWorld, type World, type WorldOptions } from "./world.ts";

/** The provider and two sites that really listen: all that a person's browser goes through. */
export interface Journey extends AsyncDisposable {
  world: World;
  /** The operator's own: it asks for no consent. */
  shop: LiveSite;
  /** Somebody else's. */
  library: LiveSite;
}

export interface LiveSite {
  /** Ends in a slash. */
  address: string;
  entry: ClientEntry;
}

export async function createJourney(options: Omit<WorldOptions, "clients"> = {}): Promise<Journey> {
  const shop = await reserve({ client_id: "shop", client_name: BOOK_SHOP.name, first_party: true });
  const library = await reserve({ client_id: "library", client_name: CITY_LIBRARY.name, subject_type: "pairwise" });
  const world = await createWorld({ ...options, clients: [shop.entry, library.entry] });
  await shop.open(world.issuer, BOOK_SHOP);
  await library.open(world.issuer, CITY_LIBRARY);
  return {
    world,
    shop,
    library,
    async [Symbol.asyncDispose]() {
      await Promise.all([shop.close(), library.close()]);
      await world[Symbol.asyncDispose]();
    },
  };
}

/** The provider must know where a site listens before the site can ask the provider for its discovery document. */
async function reserve(members: Pick<ClientEntry, "client_id" | "client_name"> & Partial<ClientEntry>) {
  let site: RequestListener = (_request, response) => response.destroy();
  const server = createServer((request, response) => site(request, response));
  const port = await listen(server);
  const address = `http://localhost:${port}/`;
  const entry = client({
    client_uri: address,
    redirect_uris: [`${address}callback`],
    post_logout_redirect_uris: [address],
    backchannel_logout_uri: `${address}backchannel-logout`,
    ...members,
  });
  return {
    address,
    entry,
    async open(issuer: string, look: Look) {
      const { client_id: clientId, client_secret: clientSecret = "" } = entry;
      site = await createShop({ port, issuer, clientId, clientSecret, look });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
