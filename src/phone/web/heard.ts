import type { App } from "./app.ts";
import { isIdle } from "./idle.ts";
import type { Came } from "./inbox.ts";
import { waitingFor } from "./screens/home.ts";

/** A provider's list is another: shown where it belongs, and told once. */
export function heardOf(app: App, came: readonly Came[]): void {
  const { screen, words, ports } = app;
  const w = words.requests.inbox;
  if (screen.name === "request" && !app.working) {
    const open = ports.inbox.listed(screen.device);
    // Without a network nobody knows, and what is typed stays.
    if (open?.some(({ id }) => id === screen.opened.request.id) === false) app.go({ name: "told", ...w.over });
  }
  const [newest] = came;
  // Of an answer that is sent nothing is left to do here.
  if (newest !== undefined && screen.name === "sent") app.home();
  if (!isIdle(app.screen)) return;
  if (newest !== undefined) ports.device.vibrate();
  // What was said of one account is not taken back because another has nothing.
  const before = waitingFor(app).length === 0 ? "" : app.said;
  app.say(newest === undefined ? before : told(app, newest));
}

/** With several accounts on this phone it says whose it is. */
function told({ accounts, accountOf, words }: App, { device, request }: Came): string {
  const { came, cameFor } = words.requests.inbox;
  const account = accounts.length > 1 ? accountOf(device) : undefined;
  return account === undefined ? came(request.client.name) : cameFor(request.client.name, account.identifier);
}
