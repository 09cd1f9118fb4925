import type { Subscription } from "../../src/push/subscription.ts";
import { type OnlinePhone, onlinePhone } from "../support/online-phone.ts";
import { type PushService, startPushService } from "../support/push-service.ts";
import { createWorld, type World, type WorldOptions } from "../support/world.ts";

export const PATH = "/device/v1/push-subscription";

/** A world whose provider wakes phones, and alice's phone, which is woken. */
export interface Stage extends AsyncDisposable {
  world: World;
  service: PushService;
  phone: OnlinePhone;
  /** Subscribes a phone, in the place of what it had; alice's, where no other is given. */
  subscribe(phone?: OnlinePhone, subscription?: Subscription): Promise<Subscription>;
  /** Pushes what is due, and how many came since the last time. */
  came(): Promise<number>;
}

export async function stage(options: WorldOptions = {}): Promise<Stage> {
  const service = await startPushService();
  const world = await createWorld({ push: service, ...options });
  const phone = await onlinePhone(world);
  const subscribe = async (of = phone, subscription: Subscription = service.subscribe()) => {
    const { status, text } = await of.call("PUT", PATH, subscription);
    if (status !== 204) throw new Error(text);
    return subscription;
  };
  await subscribe();
  let seen = 0;
  return {
    world,
    service,
    phone,
    subscribe,
    async came() {
      await world.drain();
      if (service.faults.length > 0) throw new Error(service.faults.join("\n"));
      const before = seen;
      seen = service.calls();
      return seen - before;
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** Where the outcomes of pushes are counted. */
export async function outcomes(world: World): Promise<Record<string, number>> {
  const lines = (await world.metrics()).matchAll(/^enum_id_pushes_total\{outcome="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, name = "", count]) => [name, Number(count)]));
}
