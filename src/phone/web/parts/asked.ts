import { nothing, type TemplateResult } from "lit-html";
import type { TokenTime } from "../../../e-num/statement-token.ts";
import { nounOf, type Reader } from "../../details.ts";
import type { Account } from "../account.ts";
import type { App } from "../app.ts";
import type { Asked, Source } from "../screen.ts";
import { notice } from "./notice.ts";

/** The question that a screen asks, by what the answer is for. */
export function headingOf(
  app: App,
  account: Account | undefined,
  statement: Asked["statement"],
  from?: Source,
): string {
  const { words } = app;
  const w = words.requests;
  if (statement.mode === "operation") {
    const noun = nounOf(statement, readerOf(app, account));
    return noun === undefined ? w.agree.headingPlain : w.agree.heading(noun);
  }
  if (statement.mode === "login" && from?.at === "listed") return w.source.heading(from.request.client.name);
  return words.agree.heading[statement.mode];
}

/** In whose words an operation is read: another provider's may mean something else by the same names. */
export function readerOf({ language, ports }: App, account: Account | undefined): Reader {
  return { language, words: account?.issuer === ports.issuer ? ports.operations : undefined };
}

/** What is odd about the time at which it was signed. */
export function odd(app: App, time: TokenTime = "fits"): TemplateResult | typeof nothing {
  if (time === "fits") return nothing;
  const words = app.words.requests.agree[time];
  return notice("look", words.help, words.title);
}
