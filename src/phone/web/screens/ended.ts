import type { Problem } from "../../device-client.ts";
import type { App } from "../app.ts";
import { problemText } from "../problems.ts";
import type { ToldScreen } from "./told.ts";

/** A request to which nothing more can be said, and why. */
export function endedRequest(app: App, problem: Problem): ToldScreen {
  const { ended, unconfirmed } = app.words.requests;
  const words = isKnown(problem.code, ended)
    ? ended[problem.code]
    : { heading: unconfirmed, body: problemText(problem, app.words) };
  return { name: "told", ...words };
}

function isKnown<Known extends object>(code: string, known: Known): code is string & keyof Known {
  return Object.hasOwn(known, code);
}
