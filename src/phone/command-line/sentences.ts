import type { ActivationCodeReason } from "../../e-num/activation-code.ts";
import type { TypedAmountReason } from "../../e-num/amount.ts";
import type { ChallengeReason } from "../../e-num/challenge.ts";
import type { TypedRecipientReason } from "../../e-num/purse.ts";
import type { QrReason } from "../../e-num/qr-text.ts";
import type { TextReason } from "../../e-num/text.ts";
import type { AskedReason } from "../asked.ts";
import type { Problem } from "../device-client.ts";
import type { PinReason } from "../pad.ts";

/** Every reason of the core and every refusal of the provider in a sentence: what was wrong, and what to do. */
type Sentences<Reason extends string> = Readonly<Record<Reason, string>>;

export const CHALLENGE: Sentences<ChallengeReason> = {
  empty: "The check number is missing: type the eight digits from the page, such as 4821 9370.",
  "not-digits": "A check number has digits only: type the eight digits from the page, such as 4821 9370.",
  "is-a-response": "That has seven digits, as a response has: type the check number from the page, which has eight.",
  "wrong-length": "A check number has eight digits: compare yours with the page and type it again.",
  "leading-zero": "A check number never begins with 0: compare yours with the page and type it again.",
};

export const AMOUNT: Sentences<TypedAmountReason> = {
  empty: "The amount is missing: type it as the page shows it, such as 10.5.",
  "not-a-number": "That amount is no number: type digits and one point or comma, such as 10.5.",
  "two-signs":
    "That amount has more than one point or comma: type it without signs between the thousands, such as 1000.5.",
  "not-positive": "The amount must be more than zero: type the amount that the page shows.",
  "too-large": "That amount has more than 15 digits: compare it with the page and type it again.",
  "too-fine": "That amount has more than 8 decimals: compare it with the page and type it again.",
};

export const RECIPIENT: Sentences<TypedRecipientReason> = {
  empty: "The recipient is missing: type the purse from the page, such as Z123456789012.",
  "not-a-purse": "That is no purse: type its letter and 12 digits, such as Z123456789012, or a WMID of 12 digits.",
  "unknown-letter": "No purse begins with that letter: compare it with the page and type it again.",
};

export const ACTIVATION_CODE: Sentences<ActivationCodeReason> = {
  empty: "The activation code is missing: type the ten characters from the page, such as K7QF2-9XWTA.",
  "wrong-characters":
    "An activation code has digits and letters only, and no U: compare yours with the page and type it again.",
  "wrong-length":
    "An activation code has ten characters, such as K7QF2-9XWTA: compare yours with the page and type it again.",
};

export const PIN: Sentences<PinReason> = {
  empty: "The PIN is missing: type six to twelve digits.",
  "not-digits": "A PIN has digits only: type six to twelve of them.",
  "wrong-length": "A PIN has six to twelve digits: type it again.",
};

export const NAME: Sentences<TextReason> = {
  "not-normalised": "That name has letters in pieces (not in Unicode's form NFC): choose another with --name.",
  "more-than-one-line": "A device's name is one line: choose another with --name.",
  "invisible-character": "That name holds a character that cannot be seen: choose another with --name.",
  "piled-marks": "That name has too many accents on one letter: choose another with --name.",
  "too-long": "A device's name has at most 40 characters: choose a shorter one with --name.",
};

export const SCANNED: Sentences<QrReason> = {
  "not-enum":
    "That is no E-num code: scan the one on the page, which begins with enum: or ends in phone#enum: and more.",
  "unknown-kind": "This phone does not know that kind of E-num code: it may need a newer version.",
  "too-long": "That text is longer than any E-num code: scan the one on the page again.",
  "bad-encoding": "That code is damaged: scan it again, or type the check number.",
  "repeated-parameter": "That code says one thing twice, so it is not to be trusted: type what the page shows instead.",
  "bad-challenge": "That code has no check number of eight digits: scan it again, or type the check number.",
  "bad-recipient": "That code names no purse to pay to: scan it again, or use the verb pay.",
  "bad-amount": "That code holds no amount that can be paid: scan it again, or use the verb pay.",
  "bad-request": "That code does not name its request: scan it again, or type the check number.",
  "bad-token": "That code's details are damaged: scan it again.",
  "bad-issuer":
    "That code names no provider with an https address, so nothing is sent to it: check the page that shows it.",
  "bad-identifier": "That code names no e-mail: scan it again, or use the verb activate.",
  "bad-code": "That code holds no activation code of ten characters: scan it again, or use the verb activate.",
};

const FORGED = "Do not go on with the page that shows it.";

export const ASKED: Sentences<AskedReason> = {
  "not-a-token": `WARNING: what the code says is not signed by your provider. ${FORGED}`,
  "wrong-type": `WARNING: the code holds something else than an operation. ${FORGED}`,
  "wrong-algorithm": `WARNING: what the code says is not signed as your provider signs. ${FORGED}`,
  "unknown-key": `WARNING: this phone does not know the key by which the code was signed. Run "status" to ask the provider for new keys and scan again; if this comes back, do not go on with the page.`,
  "wrong-signature": `WARNING: the signature is wrong, so your provider did not write what the code says. ${FORGED}`,
  "wrong-issuer": `WARNING: the code comes from another provider than this account's. Choose that provider's account with "use", or do not go on with the page.`,
  "wrong-challenge": `WARNING: the check number is not the one that was signed with these details. ${FORGED}`,
  "too-large": `WARNING: what the code says is larger than any operation. ${FORGED}`,
  "not-deflated": "What the code says is damaged: scan it again.",
  "bad-claims": "What the code says is not understood by this phone: it may need a newer version.",
  "bad-statement": `WARNING: the operation holds something that cannot be shown as it is. ${FORGED}`,
  "not-listed": "The provider does not list that request for this phone: look at the page, it may be over.",
  "other-request": `WARNING: the code names a request that is for something else. ${FORGED}`,
};

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["no-answer", "There was no answer from the provider: check its address and the connection, then try again."],
  [
    "other-issuer",
    "The provider calls itself by another address than the one you gave: ask its page for a new code and the right address.",
  ],
  ["unusable-pad", "What the provider sent cannot be opened on this phone: ask the page for a new code and try again."],
  ["invalid-request", "The provider does not understand this phone: it may need a newer version."],
  [
    "invalid-code",
    "The e-mail and the activation code do not fit together, or the code was used or is older than ten minutes: ask the page for a new one.",
  ],
  ["invalid-proof", "The provider did not accept this phone's proof: check the phone's date and time, then try again."],
  [
    "device-revoked",
    "This device was removed from the account, and the phone has forgotten it: activate it again with a new code.",
  ],
  [
    "device-pending",
    'This device is not active yet: run "first" with the check number from the enrolment page, and type the response there.',
  ],
  [
    "typed-only",
    'The browser that asks never signed this account in, so the response is typed there: run "login" or "scan" with what the page shows.',
  ],
  ["already-used", "That was answered already: look at the page, or ask the site."],
  ["expired", "That number has run out: take a new one on the page."],
  ["exhausted", "Three answers did not fit that number: take a new one on the page, and check the PIN."],
  ["declined", "That request was declined, and nothing more can be answered."],
  [
    "wrong-challenge",
    "That is not the check number of this request: compare it with the one that the page or the site shows.",
  ],
  ["wrong-response", "The response does not fit: check the PIN, since a wrong one gives a wrong response."],
  ["not-found", "The provider does not know what was asked for: it may be over already. Look at the page."],
]);

/** A refusal of the provider, or none at all, in a sentence. */
export function problemSentence({ code, retryAfter, triesLeft }: Problem): string {
  if (code === "too-many" || code === "locked") return `There were too many tries: try again ${wait(retryAfter)}.`;
  const sentence =
    PROBLEMS.get(code) ??
    "The provider answered in a way that this phone does not understand: check its address, or try again later.";
  if (triesLeft === undefined) return sentence;
  return `${sentence} ${triesLeft === 1 ? "One try is" : `${triesLeft} tries are`} left.`;
}

function wait(seconds: number | undefined): string {
  if (seconds === undefined) return "later";
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1 ? "in a minute" : `in ${minutes} minutes`;
}
