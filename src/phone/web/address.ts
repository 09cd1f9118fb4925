import type { App } from "./app.ts";
import { depthOf } from "./before.ts";
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
 *
 * Each screen has an entry of its own in the browser's history, whose state is how deep it is. Entries are made on the way on alone, which a person
 * has touched: browsers skip on the way back what a page has put there by itself.
 */
export function createAddress(): Address {
  /** The browser goes where it was told to, or the app does: what it meets on the way is no wish of the person. */
  let going = false;
  /** By a link of a page before this one, whose request is still on the screen. */
  let opened = false;
  return {
    page: {
      cameFromPage: () => opened,
      // The screens that are ahead of the first one, and the first one itself.
      backToPage: () => history.go(-here() - 1),
      leaveFor: (to) => location.assign(to),
    },
    follow(app) {
      const read = () => {
        if (location.hash === "") return false;
        const text = location.hash.slice(1);
        history.replaceState(here(), "", location.pathname);
        // A way that was begun ends by it.
        going = false;
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
        if (isIdle(app.screen)) opened = false;
        if (going) return;
        const depth = depthOf(app, app.screen);
        if (depth < here()) {
          going = true;
          history.go(depth - here());
        }
        while (here() < depth) history.pushState(here() + 1, "", location.pathname);
      };
      addEventListener("hashchange", read);
      addEventListener("popstate", () => {
        if (location.hash !== "") return;
        const wished = !going;
        going = true;
        while (wished && here() < depthOf(app, app.screen)) app.back();
        going = false;
        drawn();
      });
      if (read()) opened = history.length > 1;
      else drawn();
      return { drawn };
    },
  };
}

/** Of the entry at which the browser is. */
function here(): number {
  const state: unknown = history.state;
  return typeof state === "number" ? state : 0;
}

/** Not over what is being typed; without an account that answers there is nothing to scan for. */
function scan(app: App): void {
  if (isIdle(app.screen) && app.account?.pending === false) app.go(newScan(app));
}
