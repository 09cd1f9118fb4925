/**
 * A debt service: a person lets another WMID take money from a purse, up to a limit, and confirms that with E-num as an operation
 * of the type `trust_limit`. The person is signed in before, and only their own account may confirm (`id_token_hint`).
 */
import type { IncomingMessage, RequestListener } from "node:http";
import { type Asked, createConfirmations, newOperationId } from "../site/confirmation.ts";
import { failing } from "../site/fault.ts";
import { createForm, type Form } from "../site/form.ts";
import { formOf, type Routes, redirect, serve } from "../site/http.ts";
import { connect, type SiteOptions } from "../site/provider.ts";
import { isMore, optional, readAmount, readDays, readPurse, readWmid } from "../site/readers.ts";
import { createSignIn, type Person } from "../site/sign-in.ts";
import { DEBTS, homePage, limitPage, lostPage, newPage, notConfirmed } from "./pages.ts";

/** As it was asked for; the types of operations name the members. */
export interface Terms {
  trusted_wmid: string;
  purse: string;
  limit: Money;
  per_day?: Money;
  per_week?: Money;
  per_month?: Money;
  term_days?: number;
}

interface Money {
  value: string;
  currency: string;
}

export interface TrustLimit extends Asked {
  operation: Asked["operation"] & Terms;
  /** The `sub` of whose purse it is. */
  owner: string;
  form: Form;
}

/** For `createServer(await createDebtService(…)).listen(port)`, once the provider runs. */
export async function createDebtService(options: SiteOptions): Promise<RequestListener> {
  const provider = await connect(options);
  const signIn = createSignIn(provider, DEBTS);
  // In memory: a site that restarts, or runs twice, needs a store.
  const limits = new Map<string, TrustLimit>();

  const confirmations = createConfirmations<TrustLimit>({
    provider,
    path: "confirmed",
    lost: (why) => ({ status: 400, body: lostPage(why) }),
    conclude(limit, outcome) {
      if (outcome.kind === "confirmed") return { status: 200, body: limitPage(limit, outcome.proof) };
      if (outcome.kind !== "refused") return notConfirmed(limit, outcome);
      limits.delete(limit.operation.operation_id);
      limit.form.refuse(outcome);
      return { status: 422, body: newPage(limit.form) };
    },
  });

  const limitOf = (person: Person, number: string | null): TrustLimit => {
    const limit = limits.get(number ?? "");
    // Somebody else's is not there for this person.
    if (limit?.owner !== person.sub) throw new Error("You have no such trust limit here.");
    return limit;
  };

  /** What only people see who are signed in; others are led to where they can. */
  const signedIn =
    (route: (request: IncomingMessage, url: URL, person: Person) => ReturnType<Routes[string]>): Routes[string] =>
    (request, url) => {
      const person = signIn.personOf(request);
      return person === undefined ? redirect("/") : route(request, url, person);
    };

  const routes: Routes = {
    ...signIn.routes,
    ...confirmations.routes,

    "GET /": (request) => {
      const person = signIn.personOf(request);
      const own = [...limits.values()].filter(({ owner }) => owner === person?.sub).reverse();
      return { status: 200, body: homePage(own, person) };
    },

    "GET /new": signedIn(() => ({ status: 200, body: newPage(createForm()) })),

    "POST /new": signedIn(async (request, _url, person) => {
      const form = createForm(await formOf(request));
      const terms = readTerms(form, person);
      if (terms === undefined) return { status: 422, body: newPage(form) };
      const operation = { type: "trust_limit", operation_id: newOperationId("limit"), ...terms };
      const limit = { operation, owner: person.sub, form };
      limits.set(operation.operation_id, limit);
      return confirmations.ask(request, limit, { scope: "openid", by: person });
    }),

    /** Once more: after a no, or when nobody knows what became of it. */
    "POST /again": signedIn(async (request, _url, person) => {
      const limit = limitOf(person, (await formOf(request)).get("number"));
      return confirmations.ask(request, limit, { scope: "openid", by: person });
    }),

    "GET /limit": signedIn((_request, url, person) => {
      const limit = limitOf(person, url.searchParams.get("number"));
      if (limit.outcome?.kind !== "confirmed") return redirect("/");
      return { status: 200, body: limitPage(limit, limit.outcome.proof) };
    }),
  };
  return serve(provider.home, routes, failing(DEBTS));
}

const CAPS = ["per_day", "per_week", "per_month"] as const;

function readTerms(form: Form, { wmid }: Person): Terms | undefined {
  const trusted_wmid = form.read("trusted_wmid", readWmid);
  const purse = form.read("purse", readPurse());
  const limit = form.read("limit", readAmount);
  const caps = CAPS.map((name) => ({ name, cap: form.read(name, optional(readAmount)) ?? null }));
  const term = form.read("term_days", optional(readDays));
  if (trusted_wmid === wmid) form.errors.set("trusted_wmid", "This is your own WMID: enter the one that you trust.");
  let largest = { name: "", cap: "0" };
  for (const { name, cap } of [...caps, { name: "limit", cap: limit ?? null }]) {
    if (cap === null) continue;
    if (isMore(largest.cap, cap))
      form.errors.set(largest.name, `It is more than ${MORE[name]}: make it less, or that more.`);
    largest = { name, cap };
  }
  if (form.errors.size > 0 || trusted_wmid === undefined || purse === undefined || limit === undefined)
    return undefined;
  const money = (value: string): Money => ({ value, currency: `WM${purse.charAt(0)}` });
  const given = caps.flatMap(({ name, cap }) => (cap === null ? [] : [[name, money(cap)]]));
  return { trusted_wmid, purse, limit: money(limit), ...Object.fromEntries(given), ...(term && { term_days: term }) };
}

const MORE: Record<string, string> = {
  per_week: "what is allowed in a week",
  per_month: "what is allowed in a month",
  limit: "the limit in all",
};
