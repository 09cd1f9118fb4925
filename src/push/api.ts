import Router from "@koa/router";
import type { Context } from "koa";
import type { PushHost } from "../config/push.ts";
import type { Database } from "../database/database.ts";
import type { ProveDevice } from "../device/proof.ts";
import { Fault } from "../errors.ts";
import { parseJsonBody } from "../http/body.ts";
import type { Subscriptions } from "./store.ts";
import { parseSubscription } from "./subscription.ts";

export interface PushApiPorts {
  database: Database;
  prove: ProveDevice;
  subscriptions: Subscriptions;
  /** None where nothing is pushed. */
  hosts: readonly PushHost[];
  /** Whether a host leads to a public address. */
  isReachable(host: string): Promise<boolean>;
}

/** Where a device is woken (PROTOCOL 6); the latter of two is the one that counts. */
export function createPushApi(ports: PushApiPorts): Router {
  const { database, subscriptions, hosts } = ports;
  const router = new Router({ prefix: "/device/v1/push-subscription" });

  router.put("/", async (context) => {
    const device = await ports.prove(context, { pendingToo: false });
    const subscription = await read(context, device.body);
    if (!(await subscriptions.keep(database, device, subscription))) throw new Fault("device-revoked");
    context.status = 204;
  });

  router.delete("/", async (context) => {
    const device = await ports.prove(context, { pendingToo: false });
    await subscriptions.end(database, device.id);
    context.status = 204;
  });

  const read = async (context: Context, body: Uint8Array) => {
    if (hosts.length === 0) throw new Fault("not-found", { detail: "this provider wakes no phones" });
    const parsed = parseSubscription(parseJsonBody(context, body), hosts);
    if (!parsed.ok) throw new Fault("invalid-request", { detail: parsed.reason });
    if (!(await ports.isReachable(new URL(parsed.value.endpoint).hostname)))
      throw new Fault("invalid-request", { detail: "endpoint's host has no public address" });
    return parsed.value;
  };
  return router;
}
