/** What the exchange's pages say; nothing here has to do with confirming. */
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
  welcome,
} from "../site/page.ts";
import type { Proof } from "../site/proof.ts";
import { proofPart } from "../site/proof-part.ts";
import { unconfirmed, whyOf } from "../site/unconfirmed.ts";
import type { Credit, Credits, Listing, Terms } from "./credits.ts";

export const EXCHANGE: Look = {
  name: "Credit exchange",
  heading: "Credit between people",
  colour: "#1f5d47",
  back: "Back to the requests",
};

export const REPAYMENT = { end: "at the end of the term", daily: "every day" };

type Known = { email: unknown; wmid: unknown } | undefined;

export function homePage(listings: readonly Listing[], begun: readonly Credit[], person: Known): string {
  const open = begun.filter(({ outcome }) => outcome?.kind !== "confirmed");
  const who = person === undefined ? "" : welcome(person);
  const waiting = open.length === 0 ? "" : `<h2>Not confirmed yet</h2>${cards(open.map(openCard))}`;
  return page(
    EXCHANGE,
    EXCHANGE.heading,
    `<p>People ask for credit here, and others give it. Each confirms it with E-num. Credit is counted in WMC: for 1 WMC the borrower gets 1 WMZ.</p>${who}
<p class="gap"><a class="button" href="/ask">Ask for credit</a></p>${waiting}
<h2>Requests for credit</h2>${cards(listings.map((listing) => listingCard(listing, person)))}`,
  );
}

function listingCard(listing: Listing, person: Known): string {
  const action =
    listing.loan !== undefined
      ? "<p>Credit has been given.</p>"
      : person?.wmid === listing.borrower
        ? "<p>This is your request.</p>"
        : `<a class="button" href="/give?request=${listing.id}" aria-label="Give credit: ${credit(listing)} to WMID ${grouped(listing.borrower)}">Give credit</a>`;
  return `<h3>${credit(listing)}</h3>${rows({ Borrower: `WMID ${grouped(listing.borrower)}`, ...termsRows(listing) })}${action}`;
}

function openCard(asked: Credit): string {
  const { outcome, operation } = asked;
  const state = outcome === undefined || outcome.kind === "confirmed" ? "You were sent to E-num." : whyOf(outcome);
  return `<h3>${safe(nounOf(asked))}</h3><p>${safe(state)}</p>${button("/again", "number", operation.operation_id, "Confirm with E-num", `Confirm with E-num: ${nounOf(asked)}`)}`;
}

export function askPage(form: Form): string {
  return formPage(EXCHANGE, form, {
    heading: "Ask for credit",
    action: "/ask",
    submit: "Go on to E-num",
    before:
      "<p>E-num shows everything once more before you confirm it. Then your request is on our list, with your WMID.</p>",
    fields: [
      {
        name: "amount",
        label: "How much, in WMC",
        hint: "WMC counts credit: for 1 WMC you get 1 WMZ.",
        inputmode: "decimal",
      },
      { name: "term_days", label: "For how many days", inputmode: "numeric" },
      {
        name: "daily_rate",
        label: "Interest a day, in per cent",
        hint: "Such as 0.25. It may be 0.",
        inputmode: "decimal",
      },
      {
        name: "repayment",
        label: "When you pay it back",
        choices: { end: "At the end of the term", daily: "Every day" },
      },
      { name: "purse", label: "Your credit purse", hint: "It begins with C, such as C123456789012." },
      { name: "description", label: "What it is for", hint: "One line for lenders. You can leave it out." },
    ],
  });
}

export function givePage(listing: Listing, form: Form): string {
  return formPage(EXCHANGE, form, {
    heading: `Give ${credit(listing)} of credit?`,
    action: "/give",
    submit: "Go on to E-num",
    before: rows({
      Borrower: `WMID ${grouped(listing.borrower)}`,
      "Leaves your purse": given(listing),
      ...termsRows(listing),
    }),
    hidden: { request: listing.id },
    fields: [{ name: "source_purse", label: "From your purse", hint: "A purse in WMZ, such as Z123456789012." }],
  });
}

type Done = { listing: Listing | undefined } | { given: ReturnType<Credits["give"]> };

export function confirmedPage(asked: Credit, done: Done, proof: Proof): string {
  const { heading, text } = wordsOf(asked, done);
  const { operation_id: number } = asked.operation;
  // E-num calls it the request number of either.
  const numbers = asked.kind === "request" ? { "Request number": number } : { "Credit number": numbered(number) };
  const facts = { ...factsOf(asked), ...numbers };
  return page(EXCHANGE, heading, `${text}${rows(facts)}${proofPart(proof)}${backLink(EXCHANGE)}`);
}

function wordsOf(asked: Credit, done: Done): { heading: string; text: string } {
  if ("listing" in done) {
    if (done.listing !== undefined)
      return {
        heading: "Your request is on the list",
        text: "<p>Whoever gives you credit confirms it in the same way.</p>",
      };
    const text =
      "<p>It is not on the list yet, for we do not know your WMID. If your account has one, sign in, and it is. If it has none yet, those who run E-num can add it.</p>";
    return { heading: "Your request is confirmed", text: `${text}${SIGN_IN}` };
  }
  switch (done.given) {
    case "given":
      return { heading: `You have given ${factsOf(asked).Credit}`, text: "<p>The borrower gets it now.</p>" };
    case "too-late":
      return {
        heading: "Somebody else was faster",
        text: "<p>You have confirmed this credit, but somebody has given it before you. We do not use your confirmation: nothing leaves your purse.</p>",
      };
    case "own-request":
      return {
        heading: "This request is your own",
        text: "<p>You cannot give credit to yourself. We do not use your confirmation: nothing leaves your purse.</p>",
      };
    default:
      return done.given satisfies never;
  }
}

export function notConfirmed(asked: Credit, outcome: Unconfirmed): Answer {
  const request = asked.kind === "request";
  return unconfirmed(EXCHANGE, asked.operation.operation_id, outcome, {
    declined: "You did not confirm it",
    failed: "It was not confirmed",
    nothing: request ? "Your request is not on the list." : "No credit was given.",
    what: rows(factsOf(asked)),
    again: { action: "/again", words: request ? "Ask for it after all" : "Give it after all" },
  });
}

export function lostPage(why: string): string {
  return messagePage(
    EXCHANGE,
    "It was not confirmed",
    why,
    "<p>Nothing was done here. What you have begun in this browser is on the first page.</p>",
  );
}

function nounOf(asked: Credit): string {
  return asked.kind === "request"
    ? `Your request for ${credit(asked.terms)}`
    : `Credit of ${given(asked.listing)} to WMID ${grouped(asked.listing.borrower)}`;
}

function factsOf(asked: Credit) {
  if (asked.kind === "request") return { Credit: credit(asked.terms), ...termsRows(asked.terms) };
  const { listing } = asked;
  return { Credit: given(listing), Borrower: `WMID ${grouped(listing.borrower)}`, ...termsRows(listing) };
}

function termsRows({ term_days, daily_rate, repayment, description }: Terms) {
  return {
    Term: days(term_days),
    Interest: daily_rate === "0" ? "none" : `${daily_rate} % a day`,
    "Paid back": REPAYMENT[repayment],
    ...(description !== "" && { For: description }),
  };
}

function credit({ amount }: Terms): string {
  return money({ value: amount, currency: "WMC" });
}

function given({ amount }: Terms): string {
  return money({ value: amount, currency: "WMZ" });
}
