import type { Clock, Push } from "./ports.ts";
import { pushAddress } from "./push-address.ts";

/** Milliseconds that a worker may take to become one: at the first visit it is fetched with all its files. */
const PATIENCE = 10_000;
/** As the worker names what it shows. */
const TAG = "requests";

/** The browser's part of Web Push (W3C Push API, Notifications API); what was shown goes when the client is looked at. */
export function createPush(ports: {
  readonly workers: ServiceWorkerContainer | undefined;
  readonly document: Pick<Document, "hidden" | "addEventListener">;
  readonly clock: Clock;
}): Push {
  const { workers, document } = ports;

  const registered = async (): Promise<ServiceWorkerRegistration | undefined> => {
    const late = new Promise<undefined>((resolve) => ports.clock.after(PATIENCE, () => resolve(undefined)));
    return Promise.race([workers?.ready, late]);
  };
  const clear = async () => {
    if (document.hidden) return;
    const registration = await workers?.getRegistration();
    for (const shown of (await registration?.getNotifications({ tag: TAG })) ?? []) shown.close();
  };
  const tidy = () => void clear().catch(() => undefined);
  document.addEventListener("visibilitychange", tidy);
  tidy();

  return {
    state() {
      if (workers === undefined || !("PushManager" in globalThis) || !("Notification" in globalThis)) return "none";
      const { permission } = Notification;
      return permission === "granted" ? "allowed" : permission === "denied" ? "blocked" : "possible";
    },
    ask: async () => (await Notification.requestPermission()) === "granted",
    async subscribe(key) {
      try {
        return await pushAddress((await registered())?.pushManager, key);
      } catch {
        return undefined;
      }
    },
    async end() {
      const registration = await workers?.getRegistration();
      const subscription = await registration?.pushManager?.getSubscription();
      await subscription?.unsubscribe();
    },
  };
}
