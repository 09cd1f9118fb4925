/**
 * A credit exchange: who asks for credit and who gives it confirm it with E-num, as operations of the types `credit_request` and
 * `credit_issue`. Their requests have the scope `openid` beside the operation, so that one visit to the provider signs in and confirms.
 */
import type { IncomingMessage, RequestListener } from "node:http";
import { createConfirmations, LOST, newOperationId, type Outcome } from "../site/confirmation.ts";
import { failing } from "../site/fault.ts";
import { createForm, type Form } from "../site/form.ts";
import { type Answer, formOf, type Routes, serve } from "../site/http.ts";
import { connect, type SiteOptions } from "../site/provider.ts";
import { oneOf, readAmount, readDays, readLine, readPurse, readRate } from "../site/readers.ts";
import { createSignIn } from "../site/sign-in.ts";
import { type Credit, createCredits, type Listing, type Terms } from "./credits.ts";
import { askPage, confirmedPage, EXCHANGE, givePage, homePage, lostPage, notConfirmed, REPAYMENT } from "./pages.ts";

const SCOPE = "openid email wmid";

/** For `createServer(await createCreditExchange(…)).listen(port)`, once the provider runs. */
export async function createCreditExchange(options: SiteOptions): Promise<RequestListener> {
  const provider = await connect(options);
  const signIn = createSignIn(provider, EXCHANGE);
  const credits = createCredits();

  const confirmations = createConfirmations<Credit>({
    provider,
    path: "confirmed",
    lost: (why) => ({ status: 400, body: lostPage(why) }),
    conclude(credit, outcome) {
      if (outcome.kind === "refused") {
        credit.form.refuse(outcome);
        return {
          status: 422,
          body: credit.kind === "request" ? askPage(credit.form) : givePage(credit.listing, credit.form),
        };
      }
      return outcome.kind === "confirmed" ? confirmed(credit, outcome) : notConfirmed(credit, outcome);
    },
  });

  const confirmed = (credit: Credit, { proof }: Outcome & { kind: "confirmed" }): Answer => {
    const id = proof.token?.id;
    if (id !== undefined) credits.meet({ sub: id.claims.sub, wmid: id.claims["wmid"] });
    const body = confirmedPage(
      credit,
      credit.kind === "request" ? { listing: credits.list(credit, proof) } : { given: credits.give(credit, proof) },
      proof,
    );
    if (id === undefined) return { status: 200, body };
    const { sub, sid, email, wmid } = id.claims;
    return {
      status: 200,
      body,
      headers: { "set-cookie": signIn.enter({ sub, sid, email, wmid, idToken: id.idToken }) },
    };
  };

  const ask = (request: IncomingMessage, credit: Credit): Promise<Answer> =>
    confirmations.ask(request, credit, { scope: SCOPE, by: signIn.personOf(request) });

  /** A request that can be given credit, to this person. */
  const open = (request: IncomingMessage, id: string): Listing => {
    const listing = credits.listing(id);
    if (listing === undefined) throw new Error("There is no such request for credit.");
    if (listing.loan !== undefined) throw new Error("Somebody has given credit for this request already.");
    if (listing.borrower === signIn.personOf(request)?.wmid) throw new Error("You cannot give credit to yourself.");
    return listing;
  };

  const routes: Routes = {
    ...signIn.routes,
    ...confirmations.routes,

    "GET /": (request) => {
      const person = signIn.personOf(request);
      if (person !== undefined) credits.meet(person);
      return { status: 200, body: homePage(credits.listings(), confirmations.begunHere(request), person) };
    },

    "GET /ask": () => ({ status: 200, body: askPage(createForm()) }),

    "POST /ask": async (request) => {
      const form = createForm(await formOf(request));
      const purse = form.read("purse", readPurse("C"));
      const terms = readTerms(form);
      if (purse === undefined || terms === undefined) return { status: 422, body: askPage(form) };
      const { amount, description, ...more } = terms;
      const operation = {
        type: "credit_request",
        operation_id: newOperationId("request"),
        purse,
        amount: { value: amount, currency: "WMC" },
        ...more,
        ...(description !== "" && { description }),
      };
      return ask(request, { kind: "request", operation, terms, form });
    },

    "GET /give": (request, url) => {
      const listing = open(request, url.searchParams.get("request") ?? "");
      return { status: 200, body: givePage(listing, createForm()) };
    },

    "POST /give": async (request) => {
      const form = createForm(await formOf(request));
      const listing = open(request, form.texts.get("request") ?? "");
      const purse = form.read("source_purse", readPurse("Z"));
      if (purse === undefined) return { status: 422, body: givePage(listing, form) };
      const operation = {
        type: "credit_issue",
        operation_id: newOperationId("credit"),
        borrower_wmid: listing.borrower,
        source_purse: purse,
        amount: { value: listing.amount, currency: "WMZ" },
        term_days: listing.term_days,
        daily_rate: listing.daily_rate,
        description: `Paid back ${REPAYMENT[listing.repayment]}`,
      };
      return ask(request, { kind: "loan", operation, listing, form });
    },

    /** Once more: after a no, or when nobody knows what became of it. */
    "POST /again": async (request) => {
      const number = (await formOf(request)).get("number");
      const credit = confirmations.begunHere(request).find(({ operation }) => operation.operation_id === number);
      if (credit === undefined) throw new Error(LOST);
      if (credit.kind === "loan" && credit.listing.loan !== credit) open(request, credit.listing.id);
      return ask(request, credit);
    },
  };
  return serve(provider.home, routes, failing(EXCHANGE));
}

function readTerms(form: Form): Terms | undefined {
  const amount = form.read("amount", readAmount);
  const term_days = form.read("term_days", readDays);
  const daily_rate = form.read("daily_rate", readRate);
  const repayment = form.read("repayment", oneOf<Terms["repayment"]>(["end", "daily"]));
  const description = form.read("description", readLine(140));
  if (amount === undefined || term_days === undefined || daily_rate === undefined) return undefined;
  if (repayment === undefined || description === undefined) return undefined;
  return { amount, term_days, daily_rate, repayment, description };
}
