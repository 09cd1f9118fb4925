/** The part of the composition that is about E-num Storage: a resource server of our own, on the kit that every other can copy. */
import type Router from "@koa/router";
import type Provider from "oidc-provider";
import { createKit } from "../../examples/resource-server/kit/kit.ts";
import type { Change } from "../account/routes.ts";
import type { Clock } from "../clock.ts";
import { confirmationById, spendConfirmation } from "../confirmation/store.ts";
import type { Sql } from "../database/database.ts";
import type { Devices } from "../device/device.ts";
import type { Possession } from "../possession/possession.ts";
import { PROOF_ALGORITHMS } from "../possession/proof.ts";
import { OPERATION } from "../provider/assurance.ts";
import type { ClientEntry } from "../provider/clients.ts";
import { OWN_CLIENT } from "../provider/own-client.ts";
import { createOwnIntrospection } from "../provider/own-resource.ts";
import type { FirstTime } from "../provider/replay.ts";
import { siteOf } from "../provider/site.ts";
import { createStorageApi, METADATA_PATH, STORAGE_PATH } from "../storage/api.ts";
import { createGuard } from "../storage/guard.ts";
import { createOwnKeys, deletesKeys, type OwnKeysPorts } from "../storage/own-keys.ts";
import { createStorageRoutes, KEPT_KEYS, type StorageRoutesPorts } from "../storage/routes.ts";
import { createStorage, type Storage, type StoragePorts } from "../storage/storage.ts";

/** The account's page of kept keys, and what a confirmation of our own operation leads to there. */
export function createKeptKeysParts(
  ports: Omit<OwnKeysPorts, "clientId"> &
    Pick<StorageRoutesPorts, "pages"> & { storage: Storage; clients: readonly ClientEntry[] },
) {
  const { clients } = ports;
  const own = createOwnKeys({ ...ports, clientId: OWN_CLIENT });
  const change: Change = {
    knows: deletesKeys,
    page: KEPT_KEYS,
    finish: (_context, accountId, id) => own.remove(accountId, id),
  };
  const siteName = (clientId: string) => siteOf(clients, clientId)?.name ?? clientId;
  const routesAt = (visits: StorageRoutesPorts["visits"]): Router =>
    createStorageRoutes({ ...ports, own, siteName, visits });
  return { change, routesAt };
}

/** The type of operation that is confirmed for each access. */
const KEYS = "keys";

export interface StorageAppPorts
  extends Pick<StoragePorts, "database" | "clock" | "random" | "sealer" | "audit" | "notices"> {
  issuer: string;
  clients: readonly ClientEntry[];
  devices: Pick<Devices, "hold" | "byId">;
  limit: number;
}

/** Who may ask for the confirmation may have it spent here: nothing else is to be written into the clients file. */
export function withStorage(clients: readonly ClientEntry[], issuer: string): ClientEntry[] {
  const resource = `${issuer}${STORAGE_PATH}`;
  return clients.map((client) =>
    client.authorization_details_types.includes(KEYS)
      ? { ...client, resources: [...(client.resources ?? []), resource] }
      : client,
  );
}

/** What was confirmed with less than an operation's response, or by a device that has been removed since, allows nothing. */
export function createStorageOf(ports: StorageAppPorts) {
  const { clients, devices } = ports;
  return createStorage({
    ...ports,
    hold: devices.hold,
    async spend(sql: Sql, id: string) {
      const row = await confirmationById(sql, id);
      if (row === undefined || row.acr !== OPERATION || row.device_id === null) return false;
      if ((await devices.byId(sql, row.device_id))?.status !== "active") return false;
      return spendConfirmation(sql, id, ports.clock());
    },
    siteName: (clientId) => siteOf(clients, clientId)?.name ?? clientId,
  });
}

export function createStorageServer(
  ports: Pick<StorageAppPorts, "issuer"> & {
    storage: Storage;
    provider: Provider;
    possession: Possession;
    firstTime: FirstTime;
    clock: Clock;
  },
): Router {
  const { issuer, possession, firstTime } = ports;
  const resource = `${issuer}${STORAGE_PATH}`;
  const kit = createKit({
    issuer,
    resource,
    introspect: createOwnIntrospection(ports),
    // Confirmations are spent with what they allow; this is for proofs, which are remembered where the engine's are.
    spending: { spend: (name, until) => firstTime(KEYS, name, until) },
    nonces: possession.nonces,
    now: ports.clock,
    // It becomes an answer where every other fault does.
    onFault(error) {
      throw error;
    },
  });
  return createStorageApi({
    storage: ports.storage,
    guard: createGuard({
      resource,
      metadata: `${issuer}${METADATA_PATH}`,
      acr: OPERATION,
      type: KEYS,
      algorithms: PROOF_ALGORITHMS,
      check: (context, authorization, wanted) =>
        kit.check(authorization === "" ? undefined : authorization, wanted, {
          proof: context.req.headersDistinct["dpop"]?.join(),
          method: context.method,
          address: `${issuer}${context.path}`,
        }),
    }),
    metadata: {
      resource,
      authorization_servers: [issuer],
      bearer_methods_supported: ["header"],
      dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
      dpop_bound_access_tokens_required: true,
      authorization_details_types_supported: [KEYS],
    },
  });
}
