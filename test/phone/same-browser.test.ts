import { expect, test } from "vitest";
import { parseChallenge, parseResponse } from "../../src/e-num/challenge.ts";
import { createSameBrowser } from "../../src/phone/web/same-browser.ts";
import { parsedValue } from "../e-num/arbitraries.ts";

const CHALLENGE = parsedValue(parseChallenge("48219370"));
const RESPONSE = parsedValue(parseResponse("6754654"));

/** A page that answers so, and what it was asked. */
function pageThatSays(answer: () => Response, here = true) {
  const asked: { path: string; init: RequestInit | undefined }[] = [];
  const page = createSameBrowser({
    here,
    fetch: async (path, init) => {
      asked.push({ path: String(path), init });
      return answer();
    },
  });
  return { page, asked };
}

test("a page in this browser that waits for this device gives its number, and takes the response", async () => {
  const waiting = pageThatSays(() => Response.json({ device: "own", challenge: "48219370" }));
  expect(await waiting.page.asks("own")).toBe(CHALLENGE);
  expect(waiting.asked).toMatchObject([{ path: "/enrolment/same-browser", init: { credentials: "same-origin" } }]);
  const right = pageThatSays(() => Response.json({ active: true }));
  expect(await right.page.answer(RESPONSE)).toBe(true);
  expect(right.asked).toMatchObject([{ init: { method: "POST", body: '{"response":"6754654"}' } }]);
});

test.each<[string, () => Response]>([
  ["waits for another device", () => Response.json({ device: "other", challenge: "48219370" })],
  ["waits for none", () => Response.json({})],
  ["has no check number", () => Response.json({ device: "own", challenge: "1" })],
  ["is another program's", () => new Response("<!doctype html>")],
  ["answers with a list", () => Response.json(["device"])],
  ["answers with nothing", () => Response.json(null)],
  ["refuses", () => Response.json({ device: "own", challenge: "48219370" }, { status: 403 })],
  [
    "cannot be reached",
    () => {
      throw new TypeError("no network");
    },
  ],
])("a page that %s is answered by hand", async (_what, answer) => {
  const { page } = pageThatSays(answer);
  expect(await page.asks("own")).toBeUndefined();
  expect(await page.answer(RESPONSE)).toBe(false);
});

test("a page on another origin is not asked", async () => {
  const { page, asked } = pageThatSays(() => Response.json({ device: "own", challenge: "48219370" }), false);
  expect(await page.asks("own")).toBeUndefined();
  expect(asked).toEqual([]);
});
