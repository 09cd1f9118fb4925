import { randomBytes } from "node:crypto";
import type { Adapter } from "oidc-provider";
import { createAccounts } from "../../../src/account/account.ts";
import type { Millis } from "../../../src/clock.ts";
import { type Database, type Engine, openDatabase } from "../../../src/database/database.ts";
import { createAdapter } from "../../../src/provider/adapter.ts";
import { createDigester, createSealer } from "../../../src/secrecy.ts";
import { freshDatabase } from "../../support/databases.ts";

/** The models whose records die with their grant. */
export const GRANTABLE = [
  "AccessToken",
  "AuthorizationCode",
  "RefreshToken",
  "DeviceCode",
  "BackchannelAuthenticationRequest",
  "PreAuthorizedCode",
];
/** The other names that oidc-provider asks an adapter for. */
export const OTHERS = [
  "Grant",
  "Session",
  "ClientCredentials",
  "Client",
  "InitialAccessToken",
  "RegistrationAccessToken",
  "Interaction",
  "ReplayDetection",
  "PushedAuthorizationRequest",
];

interface Node extends AsyncDisposable {
  database: Database;
  adapter(model: string): Adapter;
}

interface World extends Node {
  now: Millis;
  adapterWith(other: { digestKey: Uint8Array }): (model: string) => Adapter;
  /** The table as it is. */
  rows(): Promise<Record<string, unknown>[]>;
  /** The same database and keys, over a pool of its own. */
  secondNode(): Node;
}

export async function openWorld(engine: Engine): Promise<World> {
  const fresh = await freshDatabase(engine);
  const keys = { master: randomBytes(32), digestKey: randomBytes(32) };
  const random = { bytes: randomBytes };
  const sealer = createSealer([keys.master], random);
  const clock = () => world.now;
  const account = createAccounts({ clock, random }).beside;
  const adapterOn = (database: Database, digestKey: Uint8Array) =>
    createAdapter({ database, sealer, digest: createDigester(digestKey), clock, account });
  const world: World = {
    now: 1_795_392_000_000,
    database: fresh.database,
    adapter: (model) => adapterOn(fresh.database, keys.digestKey)(model),
    adapterWith: ({ digestKey }) => adapterOn(fresh.database, digestKey),
    rows: () => fresh.database.rows("SELECT * FROM oidc ORDER BY model, id"),
    secondNode() {
      const database = openDatabase({ url: fresh.url, synchronous: "OFF" });
      return {
        database,
        adapter: (model) => adapterOn(database, keys.digestKey)(model),
        [Symbol.asyncDispose]: () => database.close(),
      };
    },
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  };
  return world;
}

/** A grant with one code or token of each kind, named `<model> of <grant>`. */
export async function saveGrant(world: World, grantId: string): Promise<void> {
  await world.adapter("Grant").upsert(grantId, { accountId: "alice", clientId: "shop" }, 3600);
  for (const model of GRANTABLE) {
    await world.adapter(model).upsert(`${model} of ${grantId}`, { grantId, accountId: "alice", clientId: "shop" }, 60);
  }
}
