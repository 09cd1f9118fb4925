import type { Screen } from "./screen.ts";

/** Nothing secret is on it, and nothing is lost when it goes. */
export function isIdle(screen: Screen): boolean {
  return screen.name === "home" || screen.name === "welcome";
}
