import { grouped, rows, safe, utc } from "./page.ts";
import type { Proof } from "./proof.ts";

/** Each mode in the words of whoever wants to know what a receipt is worth. */
const HOW: Record<string, string> = {
  payment: "Typed on the phone. The response fits this amount and this purse only",
  confirm: "Typed on the phone. The response fits this check number only",
  operation: "On the phone, which showed every detail. The response fits this operation only",
};

/** What token and receipt have said, for people and word for word; the site has compared all of it before. */
export function proofPart({ receipt, signed, token }: Proof): string {
  const { iss, sub, iat, txn, acr, binding } = receipt;
  const facts = {
    "Confirmed at": utc(iat),
    How: HOW[binding.mode] ?? binding.mode,
    "Confirmation number": txn,
    "Check number": grouped(binding.challenge),
    "Signed by": iss,
    "Confirmed by": sub,
    Assurance: acr,
  };
  const lost =
    "<p>The answer was lost on the way, so there is no token: E-num gave the receipt when we asked again.</p>";
  const said = { authorization_details: [token?.details], ...(token?.id && { id_token: token.id.claims }) };
  return `<h2>Your receipt</h2><p>E-num has signed that you confirmed this. We have compared it with what we asked for, and you can check it too.</p>${rows(facts, "long")}
${token === undefined ? lost : wordForWord("What the token said, word for word", JSON.stringify(said, null, 2))}
${wordForWord("What the receipt says, word for word", JSON.stringify(receipt, null, 2))}
${wordForWord("The receipt as it was signed", signed)}
<p><a href="${safe(iss)}/confirmations/verify">Check it at E-num: copy it, paste it there</a></p>`;
}

function wordForWord(title: string, text: string): string {
  return `<details><summary>${safe(title)}</summary><pre>${safe(text)}</pre></details>`;
}
