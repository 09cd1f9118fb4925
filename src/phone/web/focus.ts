import type { App } from "./app.ts";
import type { Screen } from "./screen.ts";

/** Where the keyboard is: at what is wrong, else at what is asked beyond, else at the screen's first field or its heading. */
export function createFocus(place: HTMLElement): { readonly follow: (app: App) => "wrong" | "right" } {
  let shown: { readonly turn: number; readonly screen: Screen } | undefined;
  return {
    follow({ turn, screen }) {
      const wrong = place.querySelector<HTMLElement>("[data-focus-first], [aria-invalid]");
      const before = shown;
      shown = { turn, screen };
      // The first screen leaves it to the browser; the same one again leaves it to the person.
      const come = before !== undefined && before.turn !== turn;
      const changed = before !== undefined && before.screen !== screen;
      if (changed && wrong !== null) wrong.focus();
      else if (changed && !come) place.querySelector<HTMLElement>("[data-focus-next]")?.focus();
      else if (come) place.querySelector<HTMLElement>("[data-focus], h1")?.focus({ preventScroll: true });
      if (come) scrollTo(0, 0);
      return wrong === null ? "right" : "wrong";
    },
  };
}
