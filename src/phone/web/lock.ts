import type { Clock } from "./ports.ts";

/** Milliseconds: long enough to read a number twice, and short enough for a phone that was put on a table. */
const PATIENCE = 60_000;
const TOUCHES = ["pointerdown", "keydown", "input"] as const;

/** Calls `close` when nothing was touched for a minute, and when the client comes back after so long a time out of sight. */
export function closeWhenLeft(ports: { readonly clock: Clock; readonly close: () => void }): void {
  const { clock, close } = ports;
  let touched = clock.now();
  let cancel = clock.after(PATIENCE, close);
  const begin = () => {
    cancel();
    touched = clock.now();
    cancel = clock.after(PATIENCE, close);
  };
  for (const touch of TOUCHES) addEventListener(touch, begin, { capture: true, passive: true });
  // Clocks stand still in a page that is not shown: it must not be seen before it is closed.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && clock.now() - touched >= PATIENCE) close();
  });
}
