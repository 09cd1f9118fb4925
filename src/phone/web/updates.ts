import type { Updates } from "./ports.ts";

/** Once an hour, for a client that is never closed. */
const LOOK = 3_600_000;

/** Without service workers (a private window of Firefox) the client works while there is a network. */
export function createUpdates(ports: {
  readonly workers: ServiceWorkerContainer | undefined;
  /** A newer version waited already when this one began. */
  readonly onStart: () => void;
  /** One has come since. */
  readonly onLater: () => void;
}): Updates & { look(): void } {
  const { workers, onStart, onLater } = ports;
  let registered: ServiceWorkerRegistration | undefined;
  let taking = false;
  // The first of all waits for a moment as well, and for nobody.
  const isWaiting = () => registered?.waiting != null && registered.active !== null;
  const watch = (registration: ServiceWorkerRegistration) => {
    registered = registration;
    if (isWaiting()) onStart();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => {
        if (isWaiting()) onLater();
      });
    });
    setInterval(() => void registration.update().catch(() => undefined), LOOK);
  };
  workers?.addEventListener("controllerchange", () => {
    if (taking) location.reload();
  });
  return {
    waiting: isWaiting,
    take() {
      taking = true;
      registered?.waiting?.postMessage("take-over");
    },
    look() {
      workers?.register("/phone/worker.js", { scope: "/phone", updateViaCache: "none" }).then(watch, () => undefined);
    },
  };
}
