import { plurals } from "../format.ts";
import { datum } from "../markup.ts";
import { screens } from "./screens.ts";

type Screen = keyof typeof screens;

const word = plurals("en");
const triesLeft = (count: number) => `${count} ${word(count, { one: "try", other: "tries" })} left.`;
const tooMany = "Too many tries from here";
/** Of names and receipts, counted by the minute; what they lead to may be counted by the hour. */
const soon = {
  title: tooMany,
  help: "Wait a few minutes, then try again. If that does not help, wait an hour. Your account is safe.",
};
/** Of codes and responses: by the hour, of SMS and cases by the day as well. */
const later = {
  title: tooMany,
  help: "Wait an hour, then try again; after many in one day, try the next. Your account is safe.",
};

/** The phone cannot tell (PROTOCOL section 5). */
const pin = "A wrong PIN gives a wrong response, too.";

function whatToCheck(screen: Screen | "scan"): string {
  if (screen === "scan") return `Scan the code once more, and enter the response that the phone shows then. ${pin}`;
  if (screen === "payment") {
    return `Check that you chose *${screens.payment}* on the phone, and number, amount and payee digit by digit. ${pin}`;
  }
  return `Check the number, and that you chose *${screens[screen]}* on the phone. ${pin}`;
}

function whatIsWanted(screen: Screen | "scan"): string {
  if (screen === "scan")
    return "It does not hold the details. Here the code must be scanned: the phone then shows them.";
  if (screen === "payment") {
    return `Here it must be *${screens.payment}*, so that the response fits this amount and this payee only.`;
  }
  return `Here it must be *${screens[screen]}*. Choose it on the phone and enter the number again.`;
}

/** What is wrong with a field: a title, which is said beside the field too, and what to do about it. */
export const fields = {
  identifier: {
    empty: { title: "Enter your e-mail, WMID or phone number", help: "" },
    unrecognised: {
      title: "This is no e-mail, WMID or phone number",
      help: "For example ann@example.com, 123456789012 or +447700900123.",
    },
    "too-many": soon,
  },
  email: {
    empty: { title: "Enter your e-mail", help: "" },
    unrecognised: { title: "This is no e-mail address", help: "It looks like ann@example.com." },
    same: { title: "This is the account’s e-mail already", help: "Enter the one that is to take its place." },
    "too-many": later,
  },
  phone: {
    empty: { title: "Enter your phone number", help: "" },
    unrecognised: { title: "This is no phone number", help: "It begins with + and the country code." },
    same: { title: "This is the account’s number already", help: "Enter the one that is to take its place." },
    "unserved-country": { title: "We cannot send SMS to this country", help: "Use a number of another country." },
    "too-many": later,
  },
  code: {
    empty: { title: "Enter the code", help: "" },
    malformed: { title: "This is not the whole code", help: "Compare it with the message, character by character." },
    wrong: (left: number) => ({
      title: "This is not the code that we sent",
      help: `Look at the newest message. ${triesLeft(left)}`,
    }),
    exhausted: { title: "This code is used up", help: "Send yourself a new one." },
    unfit: {
      title: "This recovery code does not fit",
      help: "Each is good once, and those of an older list are void.",
    },
    expired: { title: "This code has run out", help: "Send yourself a new one." },
    "unknown-case": {
      title: "This number and this code do not fit together",
      help: "Compare both with what you have written down, character by character.",
    },
    unsent: {
      title: "No SMS can be sent to the account’s number",
      help: "Choose another way back.",
    },
    "too-often": {
      title: "Too many recoveries were begun for this account",
      help: "Choose another way back, or try again in a week.",
    },
    "too-many": later,
  },
  response: {
    empty: { title: "Enter the response from the phone", help: "" },
    malformed: { title: "A response has 7 digits", help: "This was not counted as a try." },
    "check-number": {
      title: "This is a check number, not the response",
      help: "Enter the check number on the phone; the phone then shows 7 digits. This was not counted as a try.",
    },
    wrong: (left: number, screen: Screen | "scan") => ({
      title: screen === "scan" ? "That response does not fit this code" : "That response does not fit this number",
      help: `${triesLeft(left)} ${whatToCheck(screen)}`,
    }),
    otherScreen: (left: number, used: Screen, wanted: Screen | "scan") => ({
      title: `That was the response of the *${screens[used]}* screen`,
      help: `${whatIsWanted(wanted)} ${triesLeft(left)}`,
    }),
    demandsScan: (why: string) => ({
      title: "The response is right, but this is confirmed by scanning alone",
      help: `${why} Scan the code on this page: your phone then shows every detail. This was not counted as a try.`.trim(),
    }),
    demandsResponse: (why: string) => ({
      title: "The code is right, but a code by SMS is not enough for this",
      help: `${why} Confirm it with the E-num client on your phone. This was not counted as a try.`.trim(),
    }),
    "too-many": later,
  },
  user_code: {
    empty: { title: "Enter the code from the device", help: "" },
    unknown: {
      title: "No device waits with this code",
      help: "Compare it letter by letter. A code lives for ten minutes and is used once: perhaps the device shows a new one.",
    },
  },
  reference: { empty: { title: "Enter the number of your case", help: "" } },
  wmid: { "not-chosen": { title: "Choose one of your WMIDs", help: "" } },
  receipt: { empty: { title: "Paste the receipt", help: "" }, "too-many": soon },
  name: {
    empty: { title: "Enter a name", help: "" },
    "too-long": { title: "This name is longer than 40 characters", help: "" },
    malformed: { title: "This name has characters that cannot be seen", help: "Type it by hand, in one line." },
  },
};

/** Error pages: what happened, whether it is safe, what to do next. */
export const pages = {
  "not-found": {
    heading: "There is no such page",
    body: "The address is not right, or the page has moved. Your account is safe.",
    next: "Go to the start page",
  },
  "bad-request": {
    heading: "We could not read that",
    body: "Your browser sent something that we do not understand. Nothing was done, and your account is safe. Go back and try once more.",
  },
  "session-lost": {
    heading: "We lost the thread",
    body: "This link is old, or your browser did not keep our cookie. Nothing was done, and your account is safe. Begin again at the site where you came from, and let the browser accept cookies for this address.",
    next: "Begin again",
  },
  expired: {
    heading: "This request is over",
    body: "What a site asks is good for a short time, and once. Opening it again has done nothing, and your account is safe. Go back to the site; if you were confirming something, look there first whether it was done.",
    next: "Back to the site",
  },
  "wrong-host": {
    heading: "This is not our address",
    body: "This page was opened under another name than its own. Nothing was done. Enter no numbers here, and begin again at the site where you came from.",
  },
  unavailable: {
    heading: "We cannot answer just now",
    body: "It is our fault, not yours. Nothing was done, and your account is safe. Try again in a minute.",
  },
  "server-error": {
    heading: "Something broke here",
    body: "It is our fault, not yours, and we have written it down. Your account is safe. If you were confirming something, look at the site whether it was done before you try again.",
  },
  "site-error": {
    heading: "The site asked in a way that we cannot answer",
    body: "Nothing was done, and your account is safe. Only the people of the site can mend this: tell them what stands below.",
  },
  "site-gone": {
    heading: "This site is no longer served here",
    body: "It was removed from here while you were on your way to it. Nothing was passed on to it, and your account is safe. If you need the site, ask its people how to sign in now.",
    next: "Go to the start page",
  },
  "cross-site": {
    heading: "This came from another site",
    body: "Another site tried to press a button here for you. We did not let it: nothing was done, and your account is safe.",
  },
  "too-large": {
    heading: "That was too much at once",
    body: "Your browser sent more than this page takes. Nothing was done, and your account is safe.",
  },
  method: {
    heading: "This page is not opened in that way",
    body: "The address is right, but it answers only to its own button. Nothing was done, and your account is safe.",
  },
  "too-many": {
    heading: "Too many tries from here",
    body: "Somebody at your address, perhaps you, has tried very often. Wait an hour. Your account is safe.",
  },
  "already-confirmed": {
    heading: "This was confirmed before",
    body: "The site has asked twice for one and the same thing, and it can be confirmed only once. Nothing was done now, and your account is safe. Look at the site whether it is finished.",
    next: "Back to the site",
  },
  "other-account": {
    heading: "This is for another account",
    body: "This request is for another account than the one that you use here. Nothing was confirmed, and your account is safe. Go back to the site, and check there which account you use.",
    next: "Back to the site",
  },
};

export const errorPage = {
  reference: "Reference",
  referenceHelp: "If you write to us, quote it.",
  developer: "For the site’s developer",
  ourAddress: (host: string) => `Our address is ${datum(host)}.`,
};
