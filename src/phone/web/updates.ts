import type { Updates } from "./ports.ts";

/** Once an hour, for a client that is never closed. */
const LOOK = 3_600_000;

/** Without service workers (a private window of Firefox) the client works while there is a network. */
export function createUpdates(ports: { readonly workers: ServiceWorkerContainer | undefined }): Updates {
  const { workers } = ports;
  const listeners: (() => void)[] = [];
  let registered: ServiceWorkerRegistration | undefined;
  let taking = false;
  const tell = () => {
    for (const call of listeners) call();
  };
  const watch = (registration: ServiceWorkerRegistration) => {
    registered = registration;
    if (registration.waiting !== null) tell();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => {
        if (registration.waiting !== null) tell();
      });
    });
    setInterval(() => void registration.update().catch(() => undefined), LOOK);
  };
  workers?.addEventListener("controllerchange", () => {
    if (taking) location.reload();
  });
  workers?.register("/phone/worker.js", { scope: "/phone", updateViaCache: "none" }).then(watch, () => undefined);
  return {
    waiting: () => registered?.waiting != null,
    take() {
      taking = true;
      registered?.waiting?.postMessage("take-over");
    },
    onWaiting: (call) => void listeners.push(call),
  };
}
