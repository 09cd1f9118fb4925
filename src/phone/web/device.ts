import type { Device } from "./ports.ts";

/** Chromium's offer to install a page, which the DOM's own types do not have. */
type InstallEvent = Event & { prompt(): Promise<unknown> };

const TOUCH_MAC = 1;

/** The machine that the client runs on, as far as a browser tells of it. */
export function createDevice({ onChange }: { readonly onChange: () => void }): Device {
  let offered: InstallEvent | undefined;
  addEventListener("beforeinstallprompt", (event) => {
    if (!isInstallEvent(event)) return;
    // Shown where there is a button for it, and not in the middle of an answer.
    event.preventDefault();
    offered = event;
    onChange();
  });
  addEventListener("appinstalled", () => {
    offered = undefined;
    onChange();
  });
  return {
    kind,
    installsByHand: () => isApple() && !isInstalled(),
    canInstall: () => offered !== undefined,
    install() {
      void offered?.prompt();
      offered = undefined;
      onChange();
    },
    kept: async () => (await navigator.storage?.persisted?.()) ?? false,
    keep: async () => (await navigator.storage?.persist?.()) ?? false,
    vibrate() {
      // Two short ones: felt in a pocket, and no call.
      navigator.vibrate?.([40, 60, 40]);
    },
    copy: async (text) =>
      (await navigator.clipboard?.writeText(text).then(
        () => true,
        () => false,
      )) ?? false,
    stayAwake() {
      const lock = navigator.wakeLock?.request("screen").catch(() => undefined);
      return () => void lock?.then((held) => held?.release());
    },
  };
}

function isInstallEvent(event: Event): event is InstallEvent {
  return "prompt" in event && typeof event.prompt === "function";
}

function isInstalled(): boolean {
  return (
    matchMedia("(display-mode: standalone)").matches || ("standalone" in navigator && navigator.standalone === true)
  );
}

/** iPhone and iPad; an iPad calls itself a Mac, but has a screen that is touched. */
function isApple(): boolean {
  return ["iphone", "ipad"].includes(kind());
}

function kind(): ReturnType<Device["kind"]> {
  const { userAgent, maxTouchPoints } = navigator;
  if (/iPhone|iPod/.test(userAgent)) return "iphone";
  if (/iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > TOUCH_MAC)) return "ipad";
  if (/Android/.test(userAgent)) return "android";
  if (/Windows/.test(userAgent)) return "windows";
  if (/Macintosh/.test(userAgent)) return "mac";
  return /Linux/.test(userAgent) ? "linux" : "other";
}
