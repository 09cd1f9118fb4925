/** The part of the composition that is about waking phones: what a request leads to, and where devices say how they are woken. */
import type Router from "@koa/router";
import type { Browsers } from "../authentication/browsers.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../database/database.ts";
import type { ProveDevice } from "../device/proof.ts";
import type { Metrics } from "../health/metrics.ts";
import type { Keys } from "../keys/keys.ts";
import { isSite } from "../limits/limits.ts";
import { createPushApi } from "../push/api.ts";
import { createNetwork, type PushNetwork } from "../push/network.ts";
import { createPush, type Push, type PushPorts } from "../push/push.ts";
import { createSendPush } from "../push/send.ts";
import { createSubscriptions } from "../push/store.ts";
import { createGuard } from "../request/guard.ts";
import type { DeviceSide } from "../request/online.ts";
import { createRequestList } from "../request/request.ts";
import type { Sealer } from "../secrecy.ts";

export interface PushPartsPorts extends Pick<PushPorts, "throttle" | "logger"> {
  config: Pick<Config, "issuer" | "pushHosts">;
  keys: Pick<Keys, "push">;
  pushNetwork?: PushNetwork;
  database: Database;
  clock: Clock;
  sealer: Sealer;
  side: Pick<DeviceSide, "onDevice">;
  browsers: Pick<Browsers, "counters">;
  metrics: Pick<Metrics, "push">;
}

/** `pushKey`: what phones bind their subscriptions to; undefined where none is woken. */
export interface PushParts {
  push: Push;
  announce: Push["announce"];
  pushKey: string | undefined;
  routesFor(prove: ProveDevice): Router;
}

export function createPushParts(ports: PushPartsPorts): PushParts {
  const { database, side, browsers, keys } = ports;
  const { issuer, pushHosts: hosts } = ports.config;
  const network = ports.pushNetwork ?? createNetwork();
  const subscriptions = createSubscriptions(ports);
  const guard = createGuard(ports);
  const list = createRequestList({ database, guard, challenges: side.onDevice, knownCounters: browsers.counters });
  // How often a site asks by itself is limited where it asks (PROTOCOL 12); no browser is behind it.
  const listed: PushPorts["listed"] = async (accountId) =>
    (await list.of(accountId)).map((request) => ({ ...request, known: request.known || isSite(request.counter) }));
  const send = createSendPush({ ...ports, network, key: keys.push, issuer });
  const push = createPush({ ...ports, subscriptions, send, listed, onOutcome: ports.metrics.push });
  const isReachable = (host: string) =>
    network.addressOf(host).then(
      () => true,
      () => false,
    );
  const isOn = hosts.length > 0;
  return {
    push,
    announce: isOn ? push.announce : () => undefined,
    pushKey: isOn ? keys.push.publicKey : undefined,
    routesFor: (prove) => createPushApi({ database, prove, subscriptions, hosts, isReachable }),
  };
}
