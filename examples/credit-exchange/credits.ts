/** What the exchange keeps: requests for credit, and who has given it. In memory: a site that restarts, or runs twice, needs a store. */
import type { Asked } from "../site/confirmation.ts";
import type { Form } from "../site/form.ts";
import type { Proof } from "../site/proof.ts";

export interface Terms {
  /** In credit, of which 1 WMC is 1 WMZ. */
  amount: string;
  term_days: number;
  /** Per cent. */
  daily_rate: string;
  repayment: "end" | "daily";
  description: string;
}

/** A request on the list. */
export interface Listing extends Terms {
  id: string;
  borrower: string;
  /** The first loan that was confirmed for it; another one is not used. */
  loan?: Loan;
}

export interface CreditRequest extends Asked {
  kind: "request";
  terms: Terms;
  form: Form;
  listing?: Listing;
}

export interface Loan extends Asked {
  kind: "loan";
  listing: Listing;
  form: Form;
}

export type Credit = CreditRequest | Loan;

export interface Credits {
  /** Newest first. */
  listings(): Listing[];
  listing(id: string): Listing | undefined;
  /** Lists a confirmed request under the WMID of whoever confirmed it; undefined as long as that is not known. */
  list(request: CreditRequest, proof: Proof): Listing | undefined;
  /** Whether this is the loan that the borrower gets: only the first that was confirmed is. */
  give(loan: Loan, proof: Proof): "given" | "too-late" | "own-request";
  /** What a sign-in has told. */
  meet(person: { sub: string; wmid: unknown }): void;
}

/** As if these people had been here before. */
const OTHERS: readonly Listing[] = [
  {
    id: "request-0000000001",
    borrower: "302345678901",
    amount: "1500",
    term_days: 30,
    daily_rate: "0.25",
    repayment: "end",
    description: "A sewing machine for the workshop",
  },
  {
    id: "request-0000000002",
    borrower: "303456789012",
    amount: "300.5",
    term_days: 7,
    daily_rate: "0",
    repayment: "daily",
    description: "",
  },
];

export function createCredits(): Credits {
  const listings = new Map(OTHERS.map((each) => [each.id, { ...each }]));
  /** By `sub`, which receipts have, and WMIDs they have not. */
  const wmids = new Map<string, string>();
  const confirmed: { request: CreditRequest; sub: string }[] = [];

  const meet: Credits["meet"] = ({ sub, wmid }) => {
    if (typeof wmid === "string") wmids.set(sub, wmid);
    for (const each of confirmed) listUnder(each.request, each.sub);
  };
  const listUnder = (request: CreditRequest, sub: string): Listing | undefined => {
    const borrower = wmids.get(sub);
    if (request.listing !== undefined || borrower === undefined) return request.listing;
    request.listing = { id: request.operation.operation_id, borrower, ...request.terms };
    listings.set(request.listing.id, request.listing);
    return request.listing;
  };
  return {
    listings: () => [...listings.values()].reverse(),
    listing: (id) => listings.get(id),
    meet,
    list(request, { receipt: { sub } }) {
      if (!confirmed.some((each) => each.request === request)) confirmed.push({ request, sub });
      return listUnder(request, sub);
    },
    give(loan, { receipt: { sub } }) {
      if (wmids.get(sub) === loan.listing.borrower) return "own-request";
      loan.listing.loan ??= loan;
      return loan.listing.loan === loan ? "given" : "too-late";
    },
  };
}
