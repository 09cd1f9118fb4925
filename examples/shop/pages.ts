/** How the example's sites look; nothing here has to do with signing in or paying. */
export interface Look {
  name: string;
  heading: string;
  /** Where a site that sells is paid. */
  purse?: string;
  /** Dark enough for white letters. */
  colour: string;
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

/** What the page says of who is signed in. */
export interface Person {
  email: unknown;
  wmid: unknown;
}

/** What the page says of a payment. */
export interface Sale {
  book: Book;
  order: string;
  receipt: Receipt;
  /** The receipt as it was signed. */
  signed: string;
}

/** What a receipt says (PROTOCOL 10), as far as this shop looks at it. */
export interface Receipt {
  iss: string;
  sub: string;
  iat: number;
  txn: string;
  acr: string;
  authorization_details: readonly object[];
  binding: { mode: string; suite: string; challenge: string; statement: object };
}

const LAKE = { title: "The House by the Lake", author: "Ella Morn", colours: ["#235a7c", "#6fb1c9"] } as const;
const PATIENCE = { title: "A Field Guide to Patience", author: "Tomas Reed", colours: ["#2e6b4f", "#a9c46c"] } as const;
const MIDNIGHT = { title: "Letters at Midnight", author: "Vera Sokol", colours: ["#4b2c5e", "#c77b8b"] } as const;

export const BOOK_SHOP: Look = {
  name: "Book shop",
  heading: "Books, new and second-hand",
  colour: "#7a3b1d",
  purse: "Z123456789012",
  shelf: [
    { ...LAKE, price: { value: "10.5", currency: "WMZ" } },
    { ...PATIENCE, price: { value: "8", currency: "WMZ" } },
    { ...MIDNIGHT, price: { value: "12.9", currency: "WMZ" } },
  ],
};

export const CITY_LIBRARY: Look = {
  name: "City library",
  heading: "Borrow a book for a month",
  colour: "#2c4a73",
  shelf: [
    { ...PATIENCE, note: "on the shelf" },
    { ...MIDNIGHT, note: "back on Friday" },
    { ...LAKE, note: "on the shelf" },
  ],
};

const SIGN_IN = '<form method="post" action="/sign-in"><button>Sign in with E-num</button></form>';
const SIGN_OUT = '<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>';

export function shelfPage(look: Look, person: Person | undefined): string {
  const books = look.shelf.map(
    ({ title, author, price, note = "", colours }) =>
      `<li><div class="cover" style="background:linear-gradient(160deg,${colours})" aria-hidden="true">${safe(title)}</div>
<h2>${safe(title)}</h2><p>${safe(author)}</p><p class="note">${price === undefined ? safe(note) : money(price)}</p>
${price === undefined ? "" : buy(title, "Buy with E-num")}</li>`,
  );
  const who = person === undefined ? SIGN_IN : `${welcome(person)}${SIGN_OUT}`;
  return page(look, look.heading, `${who}<ul class="shelf">${books.join("")}</ul>`);
}

/** The person declined, or what went wrong, in the words of whoever knows. */
export function messagePage(look: Look, fault: string | undefined): string {
  const heading = fault === undefined ? "You did not sign in" : "The sign-in did not work";
  const text = fault ?? "Nothing has happened. You can sign in whenever you like.";
  return page(look, heading, `<p>${safe(text)}</p>${SIGN_IN}<p><a href="/">Back to the books</a></p>`);
}

/** The shop has checked all of it before. */
export function paidPage(look: Look, { book, order, receipt, signed }: Sale): string {
  const { iss, sub, iat, txn, acr, binding } = receipt;
  const payment = { Amount: money(book.price), To: `${look.name}, ${look.purse}`, Order: order };
  const confirmation = { Confirmation: txn, "Confirmed at": utc(iat), How: HOW[binding.mode] ?? binding.mode };
  const facts = {
    "Signed by": iss,
    Customer: sub,
    Assurance: acr,
    "Check number": binding.challenge.replace(/(?=.{4}$)/, " "),
  };
  return page(
    look,
    `Paid: ${book.title}`,
    `<p>Thank you! The book is on its way.</p>${rows({ ...payment, ...confirmation })}
<h2>Your receipt</h2><p>E-num has signed that you confirmed this order. We have checked it, and so can you.</p>${rows(facts)}
<details><summary>What it says, word for word</summary><pre>${safe(JSON.stringify(receipt, null, 2))}</pre></details>
<details><summary>The receipt as it was signed</summary><pre>${safe(signed)}</pre></details>
<p><a href="${safe(iss)}/confirmations/verify">Check it at E-num: copy it, paste it there</a><br><a href="/">Back to the books</a></p>`,
  );
}

/** `fault` where it is not the person who did not want to. */
export function notPaidPage(look: Look, { why, fault, book }: { why: string; fault: boolean; book?: Book }): string {
  const again = book === undefined ? "" : buy(book.title, `Buy “${book.title}” after all`);
  const heading = fault ? "The payment did not work" : "You did not pay";
  const text = `<p>${safe(why)}</p><p>Nothing was paid, and nothing is sent to you.</p>`;
  return page(look, heading, `${text}${again}<p><a href="/">Back to the books</a></p>`);
}

const HOW: Record<string, string> = {
  payment: "Typed on the phone. The response fits this amount and this purse only",
  operation: "Scanned by the phone, which showed every detail. The response fits this order only",
};

function buy(title: string, words: string): string {
  // Without the title all the buttons of a shelf would have one name.
  const name = words.includes(title) ? "" : ` aria-label="${safe(`${words}: ${title}`)}"`;
  return `<form method="post" action="/buy"><button name="book" value="${safe(title)}"${name}>${safe(words)}</button></form>`;
}

/** As prices are written: `10.50 WMZ`. */
function money(price: Book["price"]): string {
  return price === undefined ? "" : safe(`${price.value.replace(/(\.\d)$/, "$10")} ${price.currency}`);
}

function utc(seconds: number): string {
  const form = { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" } as const;
  return `${new Date(seconds * 1000).toLocaleString("en-GB", form)} UTC`;
}

function rows(facts: Record<string, string>): string {
  const pairs = Object.entries(facts).map(([label, value]) => `<dt>${safe(label)}</dt><dd>${safe(value)}</dd>`);
  return `<dl>${pairs.join("")}</dl>`;
}

function welcome({ email, wmid }: Person): string {
  const known = Object.entries({ "E-mail": email, WMID: wmid }).filter(([, value]) => value !== undefined);
  return `<p>You are signed in.</p>${rows(Object.fromEntries(known.map(([label, value]) => [label, String(value)])))}`;
}

function page({ name, colour }: Look, heading: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(heading)} · ${safe(name)}</title><style>${style(colour)}</style></head>
<body><header><p>${safe(name)}</p></header><main><h1>${safe(heading)}</h1>${body}</main></body></html>`;
}

function style(colour: string): string {
  return `*{box-sizing:border-box}body{margin:0;background:#faf7f2;color:#25201b;font:1.0625rem/1.5 Georgia,"Times New Roman",serif;overflow-wrap:anywhere}
header{background:${colour};color:#fff}header p,main{max-width:46rem;margin:0 auto;padding:.875rem 1.25rem}header p{font-weight:bold;font-size:1.25rem}
main{padding-block:1.75rem 3rem}h1{margin:0 0 1rem;font-size:1.75rem;line-height:1.2}h2{margin:.75rem 0 0;font-size:1.0625rem;line-height:1.3}p{margin:0 0 .75rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.125rem 1rem;margin:0 0 1rem}dt{color:#6b5f53}dd{margin:0}
button{min-height:2.875rem;padding:.5rem 1.25rem;font:600 1rem system-ui,sans-serif;color:#fff;background:${colour};border:2px solid ${colour};border-radius:.5rem;cursor:pointer}
button.quiet{color:${colour};background:none}:focus-visible{outline:3px solid ${colour};outline-offset:3px}a{color:${colour};display:inline-block;padding:.75rem 0}
.shelf{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:1.5rem;padding:1.75rem 0 0;margin:1.75rem 0 0;border-top:1px solid #d9cfc2;list-style:none}
.shelf p{margin:0;color:#6b5f53}.shelf .note{color:inherit;font-weight:bold}.shelf form{padding-top:.625rem}.shelf button{width:100%;padding-inline:.5rem}
h2+p{margin-top:.25rem}main>h2{font-size:1.25rem;margin-top:1.5rem}summary{padding:.625rem 0;cursor:pointer}pre{margin:0 0 .75rem;padding:.75rem;background:#efe8dd;font:.875rem/1.5 ui-monospace,monospace;white-space:pre-wrap}
.cover{aspect-ratio:3/4;max-width:12rem;padding:1rem .875rem;border-radius:.25rem .5rem .5rem .25rem;border-left:.375rem solid #0003;color:#fff;font-weight:bold;line-height:1.25;box-shadow:0 .5rem 1rem -.5rem #0006}`;
}

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
