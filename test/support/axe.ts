import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type axe from "axe-core";
import type { CDPSession, Page } from "playwright-core";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const SCRIPT = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const source = readFile(SCRIPT, "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const BY_COLOURS = ["color-contrast", "link-in-text-block"];

/** One for each page, and as long as it: the end of one takes a page's virtual authenticators along, whoever made them. */
const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** By the debugging protocol: the page's own policy would let no other script in. */
async function bringTo(page: Page): Promise<void> {
  const opened = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, opened);
  const session = await opened;
  const { exceptionDetails } = await session.send("Runtime.evaluate", { expression: await source });
  if (exceptionDetails !== undefined) throw new Error(`axe does not start: ${exceptionDetails.text}`);
}

/** Every rule of WCAG 2.2 AA that the page breaks as it is seen now, with where; nothing is excepted. */
export function brokenRules(page: Page): Promise<string[]> {
  return broken(page, { type: "tag", values: TAGS });
}

/** Those alone that can be broken by other colours, for a page that was looked at whole in its first ones. */
export function brokenByColours(page: Page): Promise<string[]> {
  return broken(page, { type: "rule", values: BY_COLOURS });
}

/** Those alone that can be broken by another width, for a page that was looked at whole at a first one and shows the same at this. */
export function brokenByWidth(page: Page): Promise<string[]> {
  return broken(page, { type: "rule", values: [...BY_COLOURS, "target-size", "scrollable-region-focusable"] });
}

async function broken(page: Page, runOnly: axe.RunOnly): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await bringTo(page);
  const found = await page.evaluate(async (wanted) => {
    const options = {
      runOnly: wanted,
      resultTypes: ["violations" as const],
      preload: false,
      iframes: false,
      // Each word would be drawn on a canvas to see whether it is an icon of a font: no page of ours has such a font.
      checks: { "color-contrast": { options: { ignoreLigature: true } } },
    };
    const { violations } = await window.axe.run(options);
    // All that axe tells of rules that are kept takes as long to send as they take to be asked.
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }));
  }, runOnly);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}
