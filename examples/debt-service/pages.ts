/** What the debt service's pages say; nothing here has to do with signing in or confirming. */
import type { Unconfirmed } from "../site/confirmation.ts";
import { type Form, formPage } from "../site/form.ts";
import type { Answer } from "../site/http.ts";
import {
  backLink,
  button,
  cards,
  days,
  grouped,
  type Look,
  messagePage,
  money,
  numbered,
  page,
  rows,
  SIGN_IN,
  safe,
  utc,
  welcome,
} from "../site/page.ts";
import type { Proof } from "../site/proof.ts";
import { proofPart } from "../site/proof-part.ts";
import { unconfirmed, whyOf } from "../site/unconfirmed.ts";
import type { Terms, TrustLimit } from "./debts.ts";

export const DEBTS: Look = {
  name: "Debt service",
  heading: "Trust somebody with a part of your money",
  colour: "#5b3a78",
  back: "Back to your trust limits",
};

export function homePage(limits: readonly TrustLimit[], person: { email: unknown; wmid: unknown } | undefined): string {
  const about =
    "<p>You let another WMID take money from your purse, up to a limit: in all, in a day, a week, a month.</p>";
  if (person === undefined)
    return page(DEBTS, DEBTS.heading, `${about}<p>Sign in first, so that we know whose purse it is.</p>${SIGN_IN}`);
  const list = limits.length === 0 ? "<p>There are none yet.</p>" : cards(limits.map(card));
  return page(
    DEBTS,
    DEBTS.heading,
    `${about}${welcome(person)}<p class="gap"><a class="button" href="/new">Set a trust limit</a></p><h2>Your trust limits</h2>${list}`,
  );
}

function card(limit: TrustLimit): string {
  const { operation, outcome } = limit;
  const title = `${money(operation.limit)} for WMID ${grouped(operation.trusted_wmid)}`;
  const number = operation.operation_id;
  if (outcome?.kind === "confirmed") {
    const since = `<p>In force since ${utc(outcome.proof.receipt.iat)}.</p>`;
    return `<h3>${safe(title)}</h3>${rows(termsRows(operation))}${since}<p><a href="/limit?number=${number}" aria-label="${safe(`See the receipt: ${title}`)}">See the receipt</a></p>`;
  }
  const state = outcome === undefined ? "Not confirmed yet." : `Not confirmed. ${whyOf(outcome)}`;
  return `<h3>${safe(title)}</h3>${rows(termsRows(operation))}<p>${safe(state)}</p>${button("/again", "number", number, "Confirm with E-num", `Confirm with E-num: ${title}`)}`;
}

export function newPage(form: Form): string {
  return formPage(DEBTS, form, {
    heading: "Set a trust limit",
    action: "/new",
    submit: "Go on to E-num",
    before: "<p>E-num shows everything once more before you confirm it. Only your own account can.</p>",
    fields: [
      { name: "trusted_wmid", label: "Whom you trust, by WMID", hint: "12 digits.", inputmode: "numeric" },
      {
        name: "purse",
        label: "Your purse",
        hint: "A letter and 12 digits, such as Z123456789012. The sums are in its money.",
      },
      { name: "limit", label: "Limit in all", hint: "Such as 500.", inputmode: "decimal" },
      { name: "per_day", label: "At most a day", hint: "You can leave it out.", inputmode: "decimal" },
      { name: "per_week", label: "At most a week", hint: "You can leave it out.", inputmode: "decimal" },
      { name: "per_month", label: "At most a month", hint: "You can leave it out.", inputmode: "decimal" },
      {
        name: "term_days",
        label: "For how many days",
        hint: "Left out, it has no end.",
        inputmode: "numeric",
      },
    ],
  });
}

export function limitPage({ operation }: TrustLimit, proof: Proof): string {
  const facts = { ...termsRows(operation), "Limit number": numbered(operation.operation_id) };
  return page(
    DEBTS,
    "Your trust limit is in force",
    `<p>WMID ${grouped(operation.trusted_wmid)} can take money from your purse now, and no more than this.</p>${rows(facts)}${proofPart(proof)}${backLink(DEBTS)}`,
  );
}

export function notConfirmed({ operation }: TrustLimit, outcome: Unconfirmed): Answer {
  return unconfirmed(DEBTS, operation.operation_id, outcome, {
    declined: "You did not confirm the limit",
    failed: "The limit was not confirmed",
    nothing: "Nobody can take anything from your purse.",
    what: rows(termsRows(operation)),
    again: { action: "/again", words: "Confirm it after all" },
  });
}

export function lostPage(why: string): string {
  const text =
    "<p>Nothing was changed here. Sign in and look at your trust limits: what is open can be confirmed there.</p>";
  return messagePage(DEBTS, "The limit was not confirmed", why, text);
}

function termsRows({ trusted_wmid, purse, limit, per_day, per_week, per_month, term_days }: Terms) {
  return {
    "Trusted WMID": grouped(trusted_wmid),
    "Your purse": grouped(purse),
    "Limit in all": money(limit),
    ...(per_day && { "At most a day": money(per_day) }),
    ...(per_week && { "At most a week": money(per_week) }),
    ...(per_month && { "At most a month": money(per_month) }),
    Term: term_days === undefined ? "without an end" : days(term_days),
  };
}
