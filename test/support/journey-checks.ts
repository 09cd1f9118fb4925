import axe from "axe-core";
import type { Page } from "playwright-core";
import { clipped } from "../pages/probes.ts";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What is wrong with the page that the person sees now: rules of WCAG 2.2 AA that it breaks, and what does not fit into the window. */
export async function faultsOf(page: Page): Promise<string[]> {
  // By the debugging protocol: the page's own policy would let no other script in.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (tags) => window.axe.run({ runOnly: tags, resultTypes: ["violations"] }),
    TAGS,
  );
  const broken = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  return [...broken, ...(await page.evaluate(clipped))];
}
