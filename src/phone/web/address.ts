import type { App } from "./app.ts";
import { isIdle } from "./idle.ts";
import { open } from "./opened.ts";

/**
 * The page's address: what a link's fragment says is opened and taken out of the address at once, since a code in it is a secret;
 * and the system's own way back leads to the first screen, not out of the client.
 */
export function followAddress(app: App): { readonly drawn: () => void } {
  let ahead = false;
  const read = () => {
    if (location.hash === "") return false;
    const text = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    open(app, text);
    return true;
  };
  addEventListener("hashchange", read);
  addEventListener("popstate", () => {
    if (location.hash !== "") return;
    ahead = false;
    if (!isIdle(app.screen)) app.home();
  });
  const drawn = () => {
    const busy = !isIdle(app.screen);
    if (busy === ahead) return;
    ahead = busy;
    if (busy) history.pushState(null, "", location.pathname);
    else history.back();
  };
  if (!read()) drawn();
  return { drawn };
}
