import { plurals } from "../format.ts";

const plural = plurals("en");

/** What can be wrong at the web client, field by field, and what the provider can refuse. */
export const webPhoneErrors = {
  number: {
    empty: "Type the check number: the eight digits from the page.",
    "not-digits": "A check number has digits only.",
    "is-a-response": "That has seven digits, as a response has: type the check number from the page, which has eight.",
    "wrong-length": "A check number has eight digits: compare yours with the page.",
    "leading-zero": "A check number never begins with 0: compare yours with the page.",
  },
  amount: {
    empty: "Type the amount, as the page shows it.",
    "not-a-number": "An amount is digits and at most one point or comma.",
    "two-signs": "More than one point or comma: type it without signs between the thousands.",
    "not-positive": "The amount must be more than zero: type the one that the page shows.",
    "too-large": "That amount has more than 15 digits: compare it with the page.",
    "too-fine": "That amount has more than 8 decimals: compare it with the page.",
  },
  recipient: {
    empty: "Type the purse or WMID, as the page shows it.",
    "not-a-purse": "A purse is a letter and 12 digits; a WMID is 12 digits.",
    "unknown-letter": "No purse begins with that letter: compare it with the page.",
  },
  code: {
    empty: "Type the activation code from the page.",
    "wrong-characters": "An activation code has digits and letters only, and no U: compare yours with the page.",
    "wrong-length": "An activation code has ten characters: compare yours with the page.",
  },
  email: "Type the e-mail of your E-num account, with its @.",
  provider: "The provider’s address begins with https://.",
  name: {
    empty: "Give this device a name.",
    "not-normalised": "That name has letters in pieces: type it anew.",
    "more-than-one-line": "A name is one line.",
    "invisible-character": "That name holds a character that cannot be seen: type it anew.",
    "piled-marks": "That name has too many accents on one letter: type it anew.",
    "too-long": "A name has at most 40 characters.",
  },
  pin: {
    empty: "Type the PIN.",
    "not-digits": "A PIN has digits only.",
    "wrong-length": "A PIN has six to twelve digits.",
  },
  scanned: {
    "not-enum": "That is no E-num code.",
    "unknown-kind": "This client does not know that kind of E-num code: it may need a newer version.",
    damaged: "That code is damaged: take it from the page again, or type what the page shows.",
    "repeated-parameter":
      "That code says one thing twice, so it is not to be trusted: type what the page shows instead.",
    "bad-issuer": "That code names no provider with an https address: look at the page that shows it.",
    heading: "That code cannot be read",
  },
  problems: {
    "no-answer": "There is no answer from the provider: check the network, and try again.",
    "other-issuer": "The provider calls itself by another address: take a new code from its page.",
    "unusable-pad": "What the provider sent cannot be opened here: take a new code and try again.",
    "invalid-request": "The provider does not understand this client: it may need a newer version.",
    "invalid-code":
      "E-mail and activation code do not fit together, or the code was used or is older than ten minutes: take a new one on the page.",
    "invalid-proof": "The provider did not accept this device’s proof: check its date and time, and try again.",
    "device-revoked": "This device was removed from the account.",
    "device-pending": "This device is not active yet: choose *Activate* and enter the check number from the page.",
    expired: "That has run out: begin again.",
    exhausted: "Three answers did not fit: begin again, and check the PIN.",
    "wrong-challenge":
      "That is not the check number of this request: compare it with the one that the page or the site shows.",
    "wrong-response": "The answer does not fit. Check the PIN: a wrong one gives a wrong answer.",
    unavailable: "The provider is busy or being restarted: try again in a moment.",
    other: "The provider answered in a way that this client does not understand: try again later.",
  },
  tooMany: (minutes: number) =>
    minutes <= 1
      ? "There were too many tries: try again in a minute."
      : `There were too many tries: try again in ${minutes} minutes.`,
  triesLeft: (count: number) => `${count} ${plural(count, { one: "try", other: "tries" })} left.`,
};
