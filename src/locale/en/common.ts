import { plurals } from "../format.ts";
import { datum } from "../markup.ts";

const word = plurals("en");

export const common = {
  errorTitle: "Error:",
  language: "Language",
  signedIn: (email: string) => `Signed in as ${datum(email)}`,
  backTo: (site: string) => `Back to ${datum(site)}`,
  cancel: "Cancel",
  development: {
    title: "For development only",
    show: "Show the response",
    scan: "The same by scanning",
    shown: "The phone would answer",
  },
};

export const consent = {
  heading: (site: string) => `Share this with ${datum(site)}?`,
  headingUnnamed: "Share this with the site?",
  headingServers: (site: string) => `Let ${datum(site)} do this for you?`,
  headingServersUnnamed: "Let the site do this for you?",
  body: "The site asks for:",
  scopes: {
    email: "Your e-mail",
    phone: "Your phone number",
    profile: "Your language, and when your account last changed",
    wmid: "Your WMID",
    offline_access: "Access while you are away",
  },
  headingAgain: (site: string) => `Go on to ${datum(site)}?`,
  headingAgainUnnamed: "Go on to the site?",
  again: "Nothing is asked for that you have not allowed before.",
  app: "An app has opened this page and says which one it is; any app could say so. Go on only if you started this yourself, just now.",
  goOn: "Go on",
  stop: "Do not go on",
  at: (server: string) => `At ${datum(server)} the site wants to:`,
  noWmid: "(none yet)",
  choose: "Which WMID?",
  chooseHint: "The site sees only the one that you choose. We remember it for this site.",
  note: "The site never learns your responses, and cannot pay or sign anything with this.",
  noteServers: "The site never learns your responses. What is listed here it can do without asking you again.",
  lasts: (minutes: number) =>
    `The site can use this for ${minutes} ${word(minutes, { one: "minute", other: "minutes" })} after each sign-in.`,
  lastsAway: (days: number, most: number) =>
    `The site can use this without you for ${days} ${word(days, { one: "day", other: "days" })} after it last did, ${most} at most.`,
  remembered: "Your answer is remembered until you take it back in your account.",
  eachTime: "You are asked at each sign-in, and can take it back in your account.",
  allow: "Allow",
  decline: "Do not allow",
};

/** The way back to a site that is told by a form; with JavaScript it is left at once. */
export const returning = {
  heading: (site: string) => `Back to ${datum(site)}`,
  headingUnnamed: "Back to the site",
  body: "This page goes on by itself. If it does not, press the button.",
  go: "Go on",
  otherAccount: {
    heading: "You sign in with another account",
    body: "In this browser somebody was signed in with another account. That sign-in ends here, and yours goes on.",
  },
};

export const signingOut = {
  confirm: {
    heading: "Sign out of E-num as well?",
    headingAlone: "Sign out of E-num?",
    body: "E-num knows you in this browser: sites that you sign in to do not ask for your phone again.",
    asked: (site: string) => `You are leaving ${datum(site)}. E-num still knows you in this browser.`,
    out: "*Sign out:* E-num forgets you in this browser, and the next sign-in asks for your phone again.",
    told: "These sites are told, and end your visit there as well:",
    others: "A site that does not ask to be told keeps you signed in until you sign out there.",
    staying: (site: string) => `*Stay signed in:* you leave only ${datum(site)}.`,
    stayingAlone: "*Stay signed in:* nothing changes.",
    yes: "Sign out",
    stay: "Stay signed in",
  },
  done: {
    heading: "You are signed out",
    body: "The next sign-in in this browser asks for your phone again.",
  },
  stayed: {
    heading: "You are still signed in to E-num",
    body: "The next sign-in in this browser does not ask for your phone. Is this not your browser? Then sign out.",
    left: (site: string) =>
      `You have left ${datum(site)} alone. The next sign-in in this browser does not ask for your phone. Is this not your browser? Then sign out.`,
    signOut: "Sign out of E-num",
  },
};

export const home = {
  heading: "Sign in with the phone in your hand",
  body: "No password, and no SMS that somebody could read on the way.",
  show: "The site shows a check number.",
  enter: "You enter it on your phone.",
  type: "You type the phone’s response into the site.",
  bound: "For a payment the response also fits the amount and the payee: it is worth nothing for any other.",
  register: "Register",
  account: "Your account",
  open: "Open E-num",
  developers: "For developers",
  developersBody: "OpenID Connect with any client library. Give it this issuer:",
  discovery: "Discovery document",
  outbox: "Mails and SMS of this development server",
};

/** Which clients there are beside the web client. */
export const phone = {
  heading: "E-num clients",
  body: "An E-num client turns a check number into a response. What it knows stays on the device, under your PIN, and it needs no network to answer.",
  commandLine: "On the command line",
  commandLineBody: "This client comes with E-num ID and runs wherever Node.js does. Ask it for what it can do:",
  activate: "To connect it, take the activation code from the page that shows it:",
  others: "Other clients",
  othersBody: "Any client that speaks the E-num protocol can be connected, with the same activation code.",
  web: "In this browser, or on a phone",
  webBody: "The web client needs no installation: open it on the phone that you carry with you.",
  open: "Open E-num",
  /** As a system shows the client before it is installed, and in the menu of its icon. */
  installed: {
    description:
      "Turns check numbers into responses: signs you in to sites and confirms operations, without a password.",
    scan: "Scan a code",
    screenshots: {
      "home-requests": "Requests that wait for your answer, and what else a page can ask for",
      "payment-agree": "Everything that a payment’s response is bound to, before the PIN",
      answer: "The response, to be typed on the page",
    },
  },
  starting: {
    heading: "E-num does not start",
    body: "Check the network and open this page again. If that changes nothing, this browser may be too old for it: update it, or take another.",
  },
  noScript: {
    heading: "E-num needs JavaScript here",
    body: "This client computes on your device, so that its secret never leaves it. Switch JavaScript on for this site and load the page again.",
    others: "Clients that do without",
  },
};

export const outbox = {
  heading: "Outbox",
  body: "In development mails and SMS are not sent. They are shown here.",
  none: "Nothing has been sent yet.",
  mail: "Mail",
  sms: "SMS",
};
