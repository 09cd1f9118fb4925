import { parseChallenge } from "../../e-num/challenge.ts";
import type { SameBrowser } from "./ports.ts";

/** Beside the pages of an enrolment: `src/enrolment/same-browser.ts`. */
const PATH = "/enrolment/same-browser";

/** The page of the first response, where this client and the page are of one origin; another origin's page is not reached. */
export function createSameBrowser(ports: { readonly fetch: typeof fetch; readonly here: boolean }): SameBrowser {
  /** The page's own cookie shows which enrolment goes on in this browser. */
  const ask = async (init?: RequestInit): Promise<object> => {
    if (!ports.here) return {};
    try {
      const answer = await ports.fetch(PATH, { ...init, credentials: "same-origin", cache: "no-store" });
      const said: unknown = answer.ok ? await answer.json() : {};
      return typeof said === "object" && said !== null ? said : {};
    } catch {
      // Without a network the number is typed, as from any other page.
      return {};
    }
  };
  return {
    async asks(device) {
      const said = await ask();
      if (!("device" in said) || said.device !== device || !("challenge" in said)) return undefined;
      const challenge = parseChallenge(String(said.challenge));
      return challenge.ok ? challenge.value : undefined;
    },
    async answer(response) {
      const headers = { "content-type": "application/json" };
      const said = await ask({ method: "POST", headers, body: JSON.stringify({ response }) });
      return "active" in said && said.active === true;
    },
  };
}
