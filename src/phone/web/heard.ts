import type { OpenRequest } from "../answers.ts";
import type { App } from "./app.ts";
import { isIdle } from "./idle.ts";

/** The provider's list is another: shown where it belongs, and told once. */
export function heardOf(app: App, came: readonly OpenRequest[]): void {
  const { screen, words, ports } = app;
  const w = words.requests.inbox;
  if (screen.name === "request" && !app.working) {
    const open = ports.inbox.listed(screen.device);
    // Without a network nobody knows, and what is typed stays.
    if (open?.some(({ id }) => id === screen.opened.request.id) === false) app.go({ name: "told", ...w.over });
  }
  if (!isIdle(screen)) return;
  const [newest] = came;
  if (newest !== undefined) ports.device.vibrate();
  app.say(newest === undefined ? "" : w.came(newest.client.name));
}
