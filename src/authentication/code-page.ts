import type { CodeView } from "../code/code.ts";
import { statusOf } from "../http/field-errors.ts";
import type { FieldError, SmsCodeData } from "../http/views.ts";

/** What the page of a code by SMS is to say, beside what the code itself is. */
export interface CodePage {
  errors?: readonly FieldError[];
  told?: "sent" | "too-soon";
  /** From this address none can be sent now. */
  limited?: boolean;
  /** It was right, and is taken no more. */
  over?: boolean;
}

/** The page's data and status, the same in every step; `fate` of who is signed in alone. */
export function codePage(
  view: CodeView | undefined,
  { errors = [], told, limited = false, over = false }: CodePage,
  around: { action: string; backHref: string; fate: SmsCodeData["fate"] | undefined },
): { data: SmsCodeData; status: number } {
  const { action, backHref, fate } = around;
  const state = limited ? "limited" : over || view === undefined ? "expired" : stateOf(view);
  const data: SmsCodeData = {
    action,
    errors,
    values: {},
    state,
    backHref,
    ...(told === undefined ? {} : { told }),
    ...(fate === undefined ? {} : { fate }),
  };
  return { data, status: limited || told === "too-soon" ? 429 : statusOf(errors) };
}

/** A code that was right or declined shows no page of its own. */
function stateOf({ state }: CodeView): "open" | "expired" | "exhausted" {
  return state === "open" || state === "exhausted" ? state : "expired";
}
