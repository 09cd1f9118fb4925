import { fileURLToPath } from "node:url";
import type axe from "axe-core";
import type { BrowserContext, Page } from "playwright-core";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const SCRIPT = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Has axe in each page before the page's own scripts, by the debugging protocol: the page's own policy would let no other script in.
 * The browser keeps what it has compiled; sent to each page anew it takes four times as long.
 */
export async function bringAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: SCRIPT });
}

/** Every rule of WCAG 2.2 AA that the page breaks as it is seen now, with where; nothing is excepted. */
export function brokenRules(page: Page): Promise<string[]> {
  return broken(page, { type: "tag", values: TAGS });
}

/** Those alone that can be broken by other colours, for a page that was looked at whole in its first ones. */
export function brokenByColours(page: Page): Promise<string[]> {
  return broken(page, { type: "rule", values: ["color-contrast", "link-in-text-block"] });
}

async function broken(page: Page, runOnly: axe.RunOnly): Promise<string[]> {
  const { violations } = await page.evaluate(
    (wanted) => window.axe.run({ runOnly: wanted, resultTypes: ["violations"] }),
    runOnly,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}
