import { html, type TemplateResult } from "lit-html";
import type { Account } from "../account.ts";

/** Whose account this is about, at the top of every screen that answers. */
export function who({ identifier, issuer }: Account): TemplateResult {
  const [letter = ""] = identifier.toUpperCase();
  return html`<div class="site" translate="no"><span class="tile" aria-hidden="true">${letter}</span>
    <p><b><bdi>${identifier}</bdi></b><span class="origin">${new URL(issuer).host}</span></p></div>`;
}
