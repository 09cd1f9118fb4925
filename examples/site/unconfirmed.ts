import type { Unconfirmed } from "./confirmation.ts";
import { refusalWords } from "./fault.ts";
import type { Answer } from "./http.ts";
import { button, type Look, messagePage, safe } from "./page.ts";

/** What a site says of an operation that was not confirmed. */
export interface Words {
  declined: string;
  failed: string;
  /** What has not happened. */
  nothing: string;
  /** Markup that shows what it was. */
  what?: string;
  again: { action: string; words: string };
}

/** The person may ask for the same once more: a declined or expired operation is open still, and of a confirmed one E-num tells. */
export function unconfirmed(look: Look, number: string, outcome: Unconfirmed, words: Words): Answer {
  const declined = outcome.kind === "declined";
  const asking = " If you have confirmed it on your phone already, press the button all the same: we ask E-num.";
  const again = button(words.again.action, "number", number, words.again.words);
  const more = `<p>${safe(words.nothing)}${declined ? "" : asking}</p>${words.what ?? ""}${again}`;
  const body = messagePage(look, declined ? words.declined : words.failed, whyOf(outcome), more);
  return { status: declined ? 403 : 400, body };
}

export function whyOf(outcome: Unconfirmed): string {
  return outcome.kind === "refused" ? refusalWords(outcome) : outcome.why;
}
