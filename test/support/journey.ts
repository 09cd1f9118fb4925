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
  look: Look;
}

export async function createJourney(options: Omit<WorldOptions, "clients"> = {}): Promise<Journey> {
  const payments = { authorization_details_types: ["payment"] };
  const shop = await reserve(BOOK_SHOP, { client_id: "shop", first_party: true, ...payments });
  const library = await reserve(CITY_LIBRARY, { client_id: "library", subject_type: "pairwise" });
  const world = await createWorld({ ...options, clients: [shop.entry, library.entry] });
  await shop.open(world.issuer);
  await library.open(world.issuer);
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
async function reserve(look: Look, members: Pick<ClientEntry, "client_id"> & Partial<ClientEntry>) {
  let site: RequestListener = (_request, response) => response.destroy();
  const server = createServer((request, response) => site(request, response));
  const port = await listen(server);
  const address = `http://localhost:${port}/`;
  const entry = client({
    client_name: look.name,
    client_uri: address,
    redirect_uris: [`${address}callback`, `${address}paid`],
    post_logout_redirect_uris: [address],
    backchannel_logout_uri: `${address}backchannel-logout`,
    // With it a logout that is told late ends no session that was begun since.
    backchannel_logout_session_required: true,
    ...members,
  });
  return {
    address,
    entry,
    look,
    async open(issuer: string) {
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
