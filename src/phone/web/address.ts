import type { App } from "./app.ts";
import { isIdle } from "./idle.ts";
import { open } from "./opened.ts";
import type { Page } from "./ports.ts";
import { newScan } from "./screens/scan.ts";
import { showWaiting } from "./waking.ts";

/** What the service worker says when a notification was pressed: by a fragment, or to a page that is there. */
export const WAITING = "waiting";

/** By the menu of the installed client's icon (`shortcuts` of the manifest). */
const SCAN = "scan";

export type Address = {
  readonly page: Page;
  /** Opens what the address says, now and later; call `drawn` whenever the app has drawn itself. */
  follow(app: App): { readonly drawn: () => void };
};

/**
 * The page's address: what a link's fragment says is opened and taken out of the address at once, since a code in it is a secret;
 * and the system's own way back leads to the screen before, not out of the client.
 */
export function createAddress(): Address {
  let ahead = false;
  /** By a link of a page before this one, whose request is still on the screen. */
  let opened = false;
  return {
    page: {
      cameFromPage: () => opened,
      // The screen that is ahead of the first one, and the first one itself.
      backToPage: () => history.go(ahead ? -2 : -1),
      leaveFor: (to) => location.assign(to),
    },
    follow(app) {
      const read = () => {
        if (location.hash === "") return false;
        const text = location.hash.slice(1);
        history.replaceState(null, "", location.pathname);
        if (text === WAITING) {
          showWaiting(app);
          return false;
        }
        if (text === SCAN) {
          scan(app);
          return false;
        }
        open(app, text);
        return true;
      };
      const drawn = () => {
        const busy = !isIdle(app.screen);
        if (!busy) opened = false;
        if (busy === ahead) return;
        ahead = busy;
        if (busy) history.pushState(null, "", location.pathname);
        else history.back();
      };
      addEventListener("hashchange", read);
      addEventListener("popstate", () => {
        if (location.hash !== "") return;
        ahead = false;
        if (!isIdle(app.screen)) app.back();
      });
      if (read()) opened = history.length > 1;
      else drawn();
      return { drawn };
    },
  };
}

/** Not over what is being typed; without an account that answers there is nothing to scan for. */
function scan(app: App): void {
  if (isIdle(app.screen) && app.account?.pending === false) app.go(newScan(app));
}
