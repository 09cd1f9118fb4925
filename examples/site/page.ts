/** How the examples' sites look; nothing here has to do with signing in or confirming. */
export interface Look {
  name: string;
  /** Of the first page. */
  heading: string;
  /** Dark enough for white letters. */
  colour: string;
  /** The words of the link to the first page. */
  back: string;
}

/** `html` has markup in it already. */
export interface Html {
  html: string;
}

export type Shown = string | Html;

export function page({ name, colour }: Look, heading: string, body: string, title = heading): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(title)} · ${safe(name)}</title><style>${style(colour)}</style></head>
<body><header><p>${safe(name)}</p></header><main><h1>${safe(heading)}</h1>${body}</main></body></html>`;
}

export const SIGN_IN = '<form method="post" action="/sign-in"><button>Sign in with E-num</button></form>';

/** Who is signed in, and how to end it. */
export function welcome({ email, wmid }: { email: unknown; wmid: unknown }): string {
  const known = { "E-mail": email, WMID: typeof wmid === "string" ? grouped(wmid) : undefined };
  const told = Object.entries(known).flatMap(([label, value]) => (value === undefined ? [] : [[label, String(value)]]));
  return `<p>You are signed in.</p>${rows(Object.fromEntries(told))}
<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`;
}

/** The person declined, or what went wrong, in the words of whoever knows. */
export function notSignedInPage(look: Look, fault: string | undefined): string {
  const heading = fault === undefined ? "You did not sign in" : "The sign-in did not work";
  const text = fault ?? "Nothing has happened. You can sign in whenever you like.";
  return page(look, heading, `<p>${safe(text)}</p>${SIGN_IN}${backLink(look)}`);
}

export function messagePage(look: Look, heading: string, text: string, more = ""): string {
  return page(look, heading, `<p>${safe(text)}</p>${more}${backLink(look)}`);
}

export function backLink({ back }: Look): string {
  return `<p><a href="/">${safe(back)}</a></p>`;
}

/** What the site calls its number of an operation; at the provider it has another name. */
export function numbered(number: string): Html {
  return { html: `${safe(number)}<br>At E-num it is the request number.` };
}

/** Facts with their labels. */
export function rows(facts: Record<string, Shown>, kind = ""): string {
  const shown = (value: Shown) => (typeof value === "string" ? safe(value) : value.html);
  const pairs = Object.entries(facts).map(([label, value]) => `<dt>${safe(label)}</dt><dd>${shown(value)}</dd>`);
  return `<dl class="${kind}">${pairs.join("")}</dl>`;
}

/** One button; `label` where the same words stand on several of a page. */
export function button(action: string, name: string, value: string, words: string, label = ""): string {
  const named = label === "" ? "" : ` aria-label="${safe(label)}"`;
  return `<form method="post" action="${action}"><button name="${name}" value="${safe(value)}"${named}>${safe(words)}</button></form>`;
}

export function cards(items: readonly string[]): string {
  return `<ul class="cards">${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
}

/** As money is written: `10.50 WMZ`. The value itself is as PROTOCOL 3 writes it: `10.5`. */
export function money({ value, currency }: { value: string; currency: string }): string {
  return `${value.replace(/(\.\d)$/, "$10")} ${currency}`;
}

/** Purses and WMIDs in digits that can be compared: `Z 1234 5678 9012`. */
export function grouped(digits: string): string {
  return digits.replace(/(?=(?:[0-9]{4})+$)(?!^)/g, " ");
}

export function days(number: number): string {
  return number === 1 ? "1 day" : `${number} days`;
}

export function utc(seconds: number): string {
  const form = { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" } as const;
  return `${new Date(seconds * 1000).toLocaleString("en-GB", form)} UTC`;
}

export function safe(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function style(colour: string): string {
  return `*{box-sizing:border-box}body{margin:0;background:#faf7f2;color:#25201b;font:1.0625rem/1.5 Georgia,"Times New Roman",serif;overflow-wrap:anywhere}
header{background:${colour};color:#fff}header p,main{max-width:46rem;margin:0 auto;padding:.875rem 1.25rem}header p{font-weight:bold;font-size:1.25rem}
main{padding-block:1.75rem 3rem}h1{margin:0 0 1rem;font-size:1.75rem;line-height:1.2}h2{margin:.75rem 0 0;font-size:1.0625rem;line-height:1.3}p{margin:0 0 .75rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.125rem 1rem;margin:0 0 1rem}dt{color:#6b5f53}dd{margin:0}@media(max-width:17rem){dl{display:block}dd{margin:0 0 .5rem}}h2+p{margin-top:.25rem}main>h2{font-size:1.25rem;margin-top:1.75rem}
button,.button{min-height:2.875rem;padding:.5rem 1.25rem;font:600 1rem/1.6 system-ui,sans-serif;color:#fff;background:${colour};border:2px solid ${colour};border-radius:.5rem;cursor:pointer;text-decoration:none;display:inline-block}
button.quiet{color:${colour};background:none}:focus-visible{outline:3px solid ${colour};outline-offset:3px}a{color:${colour};display:inline-block;padding:.75rem 0}a.button{color:#fff;padding:.5rem 1.25rem}
.shelf{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:1.5rem;padding:1.75rem 0 0;margin:1.75rem 0 0;border-top:1px solid #d9cfc2;list-style:none}
.shelf p{margin:0;color:#6b5f53}.shelf .note{color:inherit;font-weight:bold}.shelf form{padding-top:.625rem}.shelf button{width:100%;padding-inline:.5rem}
.cover{aspect-ratio:3/4;max-width:12rem;padding:1rem .875rem;border-radius:.25rem .5rem .5rem .25rem;border-left:.375rem solid #0003;color:#fff;font-weight:bold;line-height:1.25;box-shadow:0 .5rem 1rem -.5rem #0006}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:1rem;padding:0;margin:1rem 0;list-style:none}.cards li{padding:1rem 1.25rem;background:#fff;border:1px solid #d9cfc2;border-radius:.5rem}
.gap{margin-top:1.25rem}.cards h3{margin:0 0 .5rem;font-size:1.125rem}.cards dl{margin-bottom:.75rem}.cards p{margin:0 0 .5rem}.cards>li>:last-child{margin-bottom:0}
.field{margin:0 0 1.25rem;padding:0;border:0;max-width:26rem}label,legend{display:block;font-weight:bold;padding:0}.field p{margin:0;color:#6b5f53}.field .error,.errors{color:#9c1f1f}.field .error{font-weight:bold}
.field input[type=text]{width:100%;min-height:2.875rem;margin-top:.25rem;padding:.5rem .75rem;font:1.0625rem system-ui,sans-serif;color:inherit;background:#fff;border:2px solid #6b5f53;border-radius:.375rem}input[aria-invalid]{border-color:#9c1f1f!important}
.field .choice{display:flex;gap:.625rem;align-items:center;min-height:2.75rem;font-weight:normal}.choice input{width:1.375rem;height:1.375rem;margin:0;accent-color:${colour}}
.errors{margin:0 0 1.5rem;padding:.75rem 1.25rem;border:2px solid #9c1f1f;border-radius:.375rem;background:#fff}.errors h2{margin:0}.errors ul{margin:0;padding-left:1.25rem}.errors a{color:inherit;display:inline;line-height:1.8}
@media(max-width:30rem){.long{display:block}.long dd{margin-bottom:.5rem}}
summary{padding:.625rem 0;cursor:pointer}pre{margin:0 0 .75rem;padding:.75rem;background:#efe8dd;font:.875rem/1.5 ui-monospace,monospace;white-space:pre-wrap}`;
}
