import { createServer, type RequestListener, type Server } from "node:http";
import { createCreditExchange } from "../../examples/credit-exchange/exchange.ts";
import { EXCHANGE } from "../../examples/credit-exchange/pages.ts";
import { createDebtService } from "../../examples/debt-service/debts.ts";
import { DEBTS } from "../../examples/debt-service/pages.ts";
import { BOOK_SHOP, CITY_LIBRARY } from "../../examples/shop/pages.ts";
import { createShop } from "../../examples/shop/shop.ts";
import type { Look } from "../../examples/site/page.ts";
import type { SiteOptions } from "../../examples/site/provider.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { client, createWorld, type World, type WorldOptions } from "./world.ts";

/** The provider and the demo's sites that really listen: all that a person's browser goes through. */
export interface Journey extends AsyncDisposable {
  world: World;
  /** The operator's own, as `exchange` and `debts` are: it asks for no consent. */
  shop: LiveSite;
  /** Somebody else's. */
  library: LiveSite;
  exchange: LiveSite;
  debts: LiveSite;
}

export interface LiveSite {
  /** Ends in a slash. */
  address: string;
  entry: ClientEntry;
  look: Look;
  /** Begins anew, without what it knew: sites of the demo keep everything in memory. */
  restart(): Promise<void>;
}

/** `atLibrary`: what the library's entry says beside the usual. */
export async function createJourney({
  atLibrary = {},
  ...options
}: Omit<WorldOptions, "clients"> & { atLibrary?: Partial<ClientEntry> } = {}): Promise<Journey> {
  const own = (client_id: string, ...types: string[]) => ({
    client_id,
    first_party: true,
    authorization_details_types: types,
  });
  const shop = await reserve(BOOK_SHOP, createShop, own("shop", "payment"));
  const library = await reserve(CITY_LIBRARY, (site) => createShop({ ...site, look: CITY_LIBRARY }), {
    client_id: "library",
    subject_type: "pairwise",
    ...atLibrary,
  });
  const exchange = await reserve(
    EXCHANGE,
    createCreditExchange,
    own("credit-exchange", "credit_request", "credit_issue"),
  );
  const debts = await reserve(DEBTS, createDebtService, own("debt-service", "trust_limit"));
  const sites = [shop, library, exchange, debts];
  const world = await createWorld({ ...options, clients: sites.map(({ entry }) => entry) });
  for (const site of sites) await site.open(world.issuer);
  return {
    world,
    shop,
    library,
    exchange,
    debts,
    async [Symbol.asyncDispose]() {
      await Promise.all(sites.map((site) => site.close()));
      await world[Symbol.asyncDispose]();
    },
  };
}

type Members = Pick<ClientEntry, "client_id"> & Partial<ClientEntry>;

/** The provider must know where a site listens before the site can ask the provider for its discovery document. */
async function reserve(look: Look, create: (options: SiteOptions) => Promise<RequestListener>, members: Members) {
  let site: RequestListener = (_request, response) => response.destroy();
  let again = async () => {};
  const server = createServer((request, response) => site(request, response));
  const port = await listen(server);
  const address = `http://localhost:${port}/`;
  const entry = client({
    client_name: look.name,
    client_uri: address,
    redirect_uris: ["callback", "paid", "confirmed"].map((path) => address + path),
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
      again = async () => {
        site = await create({ port, issuer, clientId, clientSecret });
      };
      await again();
    },
    restart: () => again(),
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
