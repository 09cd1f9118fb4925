import { base64url } from "jose";
import type { PushAddress } from "../device-client.ts";

/** The browser's address for this key, the one that is there already if it is of the same; undefined where there is none for now. */
export async function pushAddress(manager: PushManager | undefined, key: string): Promise<PushAddress | undefined> {
  const former = await manager?.getSubscription();
  // One of another key is in the way of the one that is wanted.
  if (former != null && !isBoundTo(former, key)) await former.unsubscribe();
  const subscription = await manager?.subscribe({
    userVisibleOnly: true,
    applicationServerKey: new Uint8Array(base64url.decode(key)),
  });
  const { endpoint, keys: { p256dh, auth } = {} } = subscription?.toJSON() ?? {};
  if (endpoint === undefined || p256dh === undefined || auth === undefined) return undefined;
  return { endpoint, keys: { p256dh, auth } };
}

function isBoundTo({ options }: PushSubscription, key: string): boolean {
  const { applicationServerKey: bound } = options;
  return bound !== null && base64url.encode(new Uint8Array(bound)) === key;
}
