/** How the wallet looks; nothing here has to do with signing in or tokens. */

/** As the API tells it. */
export interface WalletState {
  balance: string;
  statements: string;
  limit: string;
}

export const STATEMENTS = ["by e-mail", "by post", "never"] as const;
export const LIMITS = ["100 WMZ", "500 WMZ", "1000 WMZ"] as const;

const COLOUR = "#1f5a4c";
const SIGN_IN = '<form method="post" action="/sign-in"><button>Sign in with E-num</button></form>';
const SIGN_OUT = '<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>';

export function startPage(): string {
  return page("Your wallet", `<p>Sign in to see your balance.</p>${SIGN_IN}`);
}

export function walletPage({ balance, statements, limit }: WalletState, changed: unknown): string {
  const done = { statements: `Saved. Statements: ${statements}.`, limit: `Saved. Daily limit: ${limit}.` };
  const said =
    changed === "statements" || changed === "limit" ? `<p role="status" class="done">${safe(done[changed])}</p>` : "";
  return page(
    "Your wallet",
    `${said}<dl><dt>Balance</dt><dd>${safe(balance)}</dd></dl>
${choice("statements", "Statements", "Asks for your phone again, if you answered it more than a minute ago.", statements, STATEMENTS)}
${choice("limit", "Daily limit", "Is confirmed on your phone: you scan a code that says what changes.", limit, LIMITS)}
${SIGN_OUT}`,
  );
}

/** Undefined where the person did not want to. */
export function messagePage(fault: string | undefined): string {
  const heading = fault === undefined ? "Nothing has changed" : "That did not work";
  const text = fault ?? "You declined. You can try again whenever you like.";
  return page(heading, `<p>${safe(text)}</p><p><a href="/">Back to your wallet</a></p>`);
}

function choice(name: string, label: string, hint: string, now: string, all: readonly string[]): string {
  const options = all.map((one) => `<option${one === now ? " selected" : ""}>${safe(one)}</option>`);
  return `<form method="post" action="/${name}"><label for="${name}">${label}</label><p class="hint" id="${name}-hint">${hint}</p>
<select id="${name}" name="to" aria-describedby="${name}-hint">${options.join("")}</select>
<button aria-label="Change: ${label.toLowerCase()}">Change</button></form>`;
}

function page(heading: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(heading)} · Wallet</title><style>${STYLE}</style></head>
<body><header><p>Wallet</p></header><main><h1>${safe(heading)}</h1>${body}</main></body></html>`;
}

const STYLE = `*{box-sizing:border-box}body{margin:0;background:#f4f7f5;color:#1d2623;font:1.0625rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header{background:${COLOUR};color:#fff}header p,main{max-width:40rem;margin:0 auto;padding:.875rem 1.25rem}header p{font-weight:bold;font-size:1.25rem}
main{padding-block:1.75rem 3rem}h1{margin:0 0 1rem;font-size:1.75rem;line-height:1.2}p{margin:0 0 .75rem}
dl{margin:0 0 1.5rem;padding:1rem 1.25rem;background:#fff;border:1px solid #cdd9d4;border-radius:.5rem}dt{color:#51605a}dd{margin:0;font-size:1.75rem;font-weight:bold}
form{margin:0 0 1.5rem}label{font-weight:600}.hint{color:#51605a;margin:0 0 .5rem}.done{padding:.625rem 1rem;background:#dcefe6;border-radius:.5rem}
select{min-height:2.875rem;padding:.5rem .75rem;font:inherit;background:#fff;color:inherit;border:2px solid #6c7d76;border-radius:.5rem;margin-right:.5rem}
button{min-height:2.875rem;padding:.5rem 1.25rem;font:600 1rem system-ui,sans-serif;color:#fff;background:${COLOUR};border:2px solid ${COLOUR};border-radius:.5rem;cursor:pointer}
button.quiet{color:${COLOUR};background:none}:focus-visible{outline:3px solid ${COLOUR};outline-offset:3px}a{color:${COLOUR};display:inline-block;padding:.75rem 0}`;

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
