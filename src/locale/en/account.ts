import { dayAndTimeOfDay, dayOf, inList, placeIn } from "../format.ts";
import { datum } from "../markup.ts";

const day = dayOf("en");
const moment = dayAndTimeOfDay("en");
const placeOf = placeIn("en");

/** The account page: who I am, and what is behind it; and the switches by which I demand more for my account. */
export const account = {
  heading: "Your E-num account",
  email: "E-mail",
  phone: "Phone number",
  wmid: "WMID",
  noWmid: "None yet.",
  noWmidHelp:
    "It is your number at WebMoney. A service that knows it adds it here, or the people who run E-num do. You can sign in without one.",
  sinceLabel: "Account opened",
  since: (at: Date) => day(at),
  groups: {
    proof: "Proving that it is you",
    use: "Where your account is used",
    settings: "Settings",
    kept: "What E-num keeps of yours",
  },
  /** What is behind the account page, by the word of its address. */
  sections: {
    devices: { name: "Your phones", help: "Connect, rename or remove a phone" },
    contact: { name: "Your e-mail and phone number", help: "Change them, or stop a change that waits" },
    "recovery-codes": { name: "Your recovery codes", help: "Ten codes on paper, for when the phone is lost" },
    passkeys: { name: "Your passkeys", help: "Sign in by finger, face or PIN of a device" },
    sites: { name: "Sites that you use", help: "What each may see and do; take it back" },
    certificates: { name: "Your certificates", help: "Get, renew or revoke a certificate for a WMID" },
    sessions: { name: "Browsers and sessions", help: "Where you are signed in; end it, or have a browser forgotten" },
    data: { name: "Your data", help: "All that E-num keeps about you, as one file" },
    history: { name: "History", help: "Every sign-in, confirmation and change; search it, save it" },
    keys: { name: "Your keys in E-num Storage", help: "See what programs keep for you, and delete it" },
    "till-code": { name: "Your code for tills and calls", help: "Only sites that were told it may ask on your phone" },
    notifications: { name: "Notifications", help: "Which mails you get, and which are always sent" },
    language: { name: "Language", help: "Of pages, messages and phones" },
    care: { name: "More care with your account", help: "No codes by SMS, payments by scanning, sites that always ask" },
    deletion: { name: "Delete your account", help: "After 14 days, in which you can stop it" },
  },
  back: "Back to your account",
  care: "More care with your account",
  careBody:
    "A switch works at once. To switch it off you scan a code with your phone, so that somebody at your browser cannot.",
  on: "On",
  off: "Off",
  switchOn: "Switch on",
  switchOff: "Switch off",
  settings: {
    "no-sms": {
      name: "No codes by SMS",
      help: "A code that came by SMS no longer proves that it is you. Your E-num client answers as before.",
    },
    operation: {
      name: "Payments by scanning only",
      help: "Everything with an amount is confirmed by scanning its code: the phone then shows every detail before it answers.",
    },
  },
  sites: "A response at every sign-in",
  sitesBody:
    "You have signed in to these sites. Where it is on, your phone is asked each time, even while E-num knows you in this browser.",
  noSites: "You have not signed in to any site yet.",
  more: "More sites",
  first: "To the first sites",
  /** As the phone shows it before it is switched off, and a mail afterwards. */
  everySignIn: (site: string) => `A response at every sign-in: ${site}`,
  told: {
    on: { title: "It is switched on", help: "We have sent you a mail about it." },
    off: { title: "It is switched off", help: "You have confirmed it, and we have sent you a mail about it." },
    unchanged: { title: "Nothing has changed", help: "It was not confirmed, or too long ago. All is as it was." },
    renamed: { title: "The name is saved", help: "" },
    removed: {
      title: "The phone is removed",
      help: "It answers for you no more. If it was lost or stolen, press *Sign out everywhere* on your account page as well.",
    },
    "removed-last": {
      title: "Your only phone is removed",
      help: "Nobody can sign in or confirm with your account now, until a phone is connected again.",
    },
    full: { title: "Five phones are connected", help: "To connect another, remove one first." },
    "no-phone": { title: "No phone is there to confirm it", help: "Another phone is allowed by one that works." },
    "keys-deleted": {
      title: "The keys are deleted",
      help: "E-num keeps them no more, and has sent you a mail about it.",
    },
    "passkey-added": { title: "The passkey is added", help: "We have sent you a mail about it." },
    "passkey-renamed": { title: "The name is saved", help: "" },
    "passkey-removed": {
      title: "The passkey is removed",
      help: "Sessions that a passkey opened have ended. To end all, press *Sign out everywhere* on your account page.",
    },
    "passkey-full": { title: "You have ten passkeys", help: "To add another, remove one first." },
    "till-code-set": {
      title: "The code is set",
      help: "We have sent you a mail about it. Tell it only where you want to be asked.",
    },
    "till-code-removed": { title: "You have no code any more", help: "We have sent you a mail about it." },
    ended: { title: "It is ended", help: "Nobody is signed in there any more." },
    "ended-others": { title: "All others are ended", help: "You are signed in here alone." },
    forgotten: { title: "The browser is forgotten", help: "A sign-in from it is that of a new browser." },
    withdrawn: { title: "It is taken back", help: "The site may see and do nothing any more, until you let it again." },
    "taken-back": { title: "It is taken back", help: "If the site asks for it again, you are asked first." },
    "wmid-chosen": { title: "The choice is saved", help: "" },
    "notice-on": { title: "It is switched on", help: "" },
    "notice-off": { title: "It is switched off", help: "" },
    "language-chosen": { title: "The language is saved", help: "" },
    "data-spent": {
      title: "Nothing was saved",
      help: "One confirmation gives one file, for ten minutes. If you do not have it, get it anew.",
    },
    spent: {
      title: "That confirmation is used up",
      help: "It has given one activation code. If you do not see it in another tab, begin again here.",
    },
  },
  sessionsPage: {
    body: "You are signed in to E-num in these browsers. Ending one takes back what sites were given in it, and tells those that can be told.",
    unknown: "A browser",
    here: "This browser",
    since: (at: Date) => `Signed in ${moment(at)}`,
    place: (country: string | undefined, ip?: string) => placeOf(country, ip),
    sites: (names: readonly string[]) => `Led to: ${inList(names)}`,
    end: "End it",
    more: "There are more. End some, and the others are shown.",
    again:
      "To end another one, first sign in once more. Phone lost or stolen? *Sign out everywhere* on your account page needs no phone.",
    signInAgain: "Sign in once more",
    endOthers: "End all but this one",
    known: "Browsers that E-num knows",
    knownBody:
      "From these you have signed in before: wrong responses elsewhere do not lock them, and your phone may answer for them by itself. One that is not yours, or that you use no more, can be forgotten. That ends no visit.",
    firstAt: (at: Date) => `First used on ${day(at)}`,
    lastAt: (at: Date) => `Last sign-in ${moment(at)}`,
    forget: "Forget it",
    moreKnown: "There are more. Have some forgotten, and the others are shown.",
  },
  sitesPage: {
    body: "Open one to see what it may, which WMID it sees, and to take that back.",
    lastAt: (at: Date) => `Last sign-in ${moment(at)}`,
    headingOf: (site: string) => datum(site),
    address: "Address",
    since: "Since",
    day: (at: Date) => day(at),
    last: "Last sign-in",
    moment: (at: Date) => moment(at),
    may: "What it may",
    nothing: "Nothing but recognise you when you sign in.",
    signsIn: "Recognise you when you sign in",
    signsInHint: "That is the sign-in itself. It goes only with all the rest, below.",
    takeBack: "Take back",
    takeBackHint:
      "You can take back each one alone, at once and in every browser. What the site has seen before, it may remember.",
    scopes: {
      email: "See your e-mail",
      phone: "See your phone number",
      profile: "See your language, and when your account last changed",
      wmid: "See your WMID",
      offline_access: "Use all this while you are away",
    },
    at: (server: string) => `At ${datum(server)} it may:`,
    firstParty:
      "It is run together with E-num, and needs no leave: what it asks for at your next sign-in, it has again.",
    choose: "Which WMID does it see?",
    chooseHint: "From now on it sees this one. What it has seen before, it may remember.",
    save: "Save the choice",
    revokeHeading: "Take all of it back",
    revokeBody:
      "All this ends at once, in every browser, and the site is told to end your visit, if it can be told. When you sign in there again, you are asked anew.",
    revoke: "Take back all that it may",
    back: "Back to the sites",
  },
  languagePage: {
    choose: "In which language shall E-num speak to you?",
    hint: "Messages are written in it from the next one. Pages follow at once, here and in your other browsers, unless another language was chosen there. An E-num client on your phone follows when it is opened, unless one was chosen in it.",
    save: "Save",
  },
  everywhere: "In other browsers",
  everywhereBody:
    "After a lost phone, or where you forgot to sign out: this ends all visits in every browser, here as well.",
  signOutEverywhere: "Sign out everywhere",
  signOut: "Sign out",
  front: "Front page",
  stopped: {
    heading: "You are not signed in",
    body: "To see your account, sign in. Nothing has changed in it.",
    again: "Sign in",
  },
};
