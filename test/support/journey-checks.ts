import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { inject } from "vitest";
import { clipped } from "../pages/probes.ts";
import { brokenRules } from "./axe.ts";

/** What is wrong with the page that the person sees now: rules of WCAG 2.2 AA that it breaks, and what does not fit into the window. */
export async function faultsOf(page: Page): Promise<string[]> {
  // People come by the same shapes again and again, in each worker.
  const shape = createHash("sha256").update(await page.evaluate(shapeOf));
  const sound = join(inject("soundShapes"), shape.digest("hex"));
  const broken = existsSync(sound) ? [] : await brokenRules(page);
  if (broken.length === 0) writeFileSync(sound, "");
  return [...broken, ...(await page.evaluate(clipped))];
}

/** All that rules look at but the words and the numbers in it. It stands alone, for it is sent to the browser as text. */
function shapeOf(): string {
  const spoken = new Set(["class", "type", "role", "lang", "href", "hidden", "disabled", "open", "tabindex", "alt"]);
  const told = (element: Element) =>
    [...element.attributes]
      .filter(({ name }) => spoken.has(name) || name.startsWith("aria-"))
      .map(({ name, value }) => (name === "class" || name === "role" || name === "lang" ? `${name}=${value}` : name));
  const colours = matchMedia("(prefers-color-scheme: dark)").matches;
  const elements = [...document.documentElement.querySelectorAll("*")].filter((element) => element.checkVisibility());
  const shapes = elements.map((element) => [
    element.tagName,
    ...told(element),
    element.parentElement?.tagName,
    // Whether something is said in it is what a rule asks, and not what.
    element.textContent?.trim() === "",
  ]);
  return JSON.stringify([document.documentElement.lang, innerWidth, colours, shapes]);
}
