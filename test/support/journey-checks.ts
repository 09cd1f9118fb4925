import type { Page } from "playwright-core";
import { clipped } from "../pages/probes.ts";
import { brokenRules } from "./axe.ts";

/** What is wrong with the page that the person sees now: rules of WCAG 2.2 AA that it breaks, and what does not fit into the window. */
export async function faultsOf(page: Page): Promise<string[]> {
  return [...(await brokenRules(page)), ...(await page.evaluate(clipped))];
}
