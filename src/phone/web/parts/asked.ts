import { nothing, type TemplateResult } from "lit-html";
import type { TokenTime } from "../../../e-num/statement-token.ts";
import { nounOf } from "../../details.ts";
import type { App } from "../app.ts";
import type { Asked, Source } from "../screen.ts";
import { notice } from "./notice.ts";

/** The question that a screen asks, by what the answer is for. */
export function headingOf({ words, language, ports }: App, statement: Asked["statement"], from?: Source): string {
  const w = words.requests;
  if (statement.mode === "operation") {
    const noun = nounOf(statement, { language, words: ports.operations });
    return noun === undefined ? w.agree.headingPlain : w.agree.heading(noun);
  }
  if (statement.mode === "login" && from?.at === "listed") return w.source.heading(from.request.client.name);
  return words.agree.heading[statement.mode];
}

/** What is odd about the time at which it was signed. */
export function odd(app: App, time: TokenTime = "fits"): TemplateResult | typeof nothing {
  if (time === "fits") return nothing;
  const words = app.words.requests.agree[time];
  return notice("look", words.help, words.title);
}
