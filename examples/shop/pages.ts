/** What the shop's and the library's pages say; nothing here has to do with signing in or paying. */
import type { Unconfirmed } from "../site/confirmation.ts";
import type { Answer } from "../site/http.ts";
import {
  backLink,
  button,
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
import { unconfirmed } from "../site/unconfirmed.ts";

export interface ShopLook extends Look {
  /** Where a site that sells is paid. */
  purse?: string;
  shelf: readonly Book[];
}

export interface Book {
  title: string;
  author: string;
  /** The value as PROTOCOL 3 writes it: `10.5`, never `10.50`. */
  price?: { value: string; currency: string };
  note?: string;
  colours: readonly [string, string];
}

const LAKE = { title: "The House by the Lake", author: "Ella Morn", colours: ["#235a7c", "#6fb1c9"] } as const;
const PATIENCE = { title: "A Field Guide to Patience", author: "Tomas Reed", colours: ["#2e6b4f", "#a9c46c"] } as const;
const MIDNIGHT = { title: "Letters at Midnight", author: "Vera Sokol", colours: ["#4b2c5e", "#c77b8b"] } as const;

export const BOOK_SHOP: ShopLook = {
  name: "Book shop",
  heading: "Books, new and second-hand",
  colour: "#7a3b1d",
  back: "Back to the books",
  purse: "Z123456789012",
  shelf: [
    { ...LAKE, price: { value: "10.5", currency: "WMZ" } },
    { ...PATIENCE, price: { value: "8", currency: "WMZ" } },
    { ...MIDNIGHT, price: { value: "12.9", currency: "WMZ" } },
  ],
};

export const CITY_LIBRARY: ShopLook = {
  name: "City library",
  heading: "Borrow a book for a month",
  colour: "#2c4a73",
  back: "Back to the books",
  shelf: [
    { ...PATIENCE, note: "on the shelf" },
    { ...MIDNIGHT, note: "back on Friday" },
    { ...LAKE, note: "on the shelf" },
  ],
};

export function shelfPage(look: ShopLook, person: { email: unknown; wmid: unknown } | undefined): string {
  const books = look.shelf.map(
    ({ title, author, price, note = "", colours }) =>
      `<li><div class="cover" style="background:linear-gradient(160deg,${colours})" aria-hidden="true">${safe(title)}</div>
<h2>${safe(title)}</h2><p>${safe(author)}</p><p class="note">${safe(price === undefined ? note : money(price))}</p>
${price === undefined ? "" : button("/buy", "book", title, "Buy with E-num", `Buy with E-num: ${title}`)}</li>`,
  );
  const who = person === undefined ? SIGN_IN : welcome(person);
  const purse =
    look.purse === undefined ? "" : `<p class="gap">You pay to our purse <strong>${grouped(look.purse)}</strong>.</p>`;
  return page(look, look.heading, `${who}${purse}<ul class="shelf">${books.join("")}</ul>`);
}

export function paidPage(look: ShopLook, { book, number }: Sold, proof: Proof): string {
  const facts = {
    Amount: book.price === undefined ? "" : money(book.price),
    To: `${look.name}, ${grouped(look.purse ?? "")}`,
    "Order number": numbered(number),
  };
  return page(
    look,
    `Paid: ${book.title}`,
    `<p>Thank you! The book is on its way.</p>${rows(facts)}${proofPart(proof)}${backLink(look)}`,
  );
}

export interface Sold {
  book: Book;
  number: string;
}

export function notPaid(look: ShopLook, { book, number }: Sold, outcome: Unconfirmed): Answer {
  return unconfirmed(look, number, outcome, {
    declined: "You did not pay",
    failed: "The payment did not work",
    nothing: "Nothing was paid, and nothing is sent to you.",
    again: { action: "/order", words: `Buy “${book.title}” after all` },
  });
}

/** Of an order that nobody knows. */
export function lostPage(look: ShopLook, why: string): string {
  return messagePage(
    look,
    "The payment did not work",
    why,
    "<p>Nothing was paid here, and nothing is sent to you.</p>",
  );
}
