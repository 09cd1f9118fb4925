import { dayAndTimeOfDay, dayOf } from "../format.ts";
import { datum } from "../markup.ts";

const day = dayOf("en");
const moment = dayAndTimeOfDay("en");

/** The own phones: the list on the account page, the page of each, and its removal. */
export const device = {
  heading: "Your phones",
  body: "Each of them answers for you. You can connect up to five.",
  platforms: { web: "In a browser", android: "Android phone", ios: "iPhone or iPad", cli: "Command line" },
  added: (platform: string, at: Date) => `${platform}, connected on ${day(at)}`,
  begun: (platform: string, at: Date) => `${platform}, begun ${moment(at)}`,
  used: (at: Date) => `Last used ${moment(at)}`,
  here: "You signed in here with it",
  pending: "Not connected yet",
  locked: "Locked",
  lockedUntil: (at: Date) => `Locked until ${moment(at)}`,
  lockedHelp: "After too many wrong answers it sends none. Its responses can still be typed.",
  renewing: "New secret",
  renewingHelp: "It takes the old one’s place with its first response.",
  manage: "Rename or remove",
  add: "Connect another phone",
  addBody: "You confirm it with a phone that you have: being signed in is not enough.",
  full: "Five phones are connected, and more are not possible. To connect another, remove one first.",
  noPhone: {
    title: "No phone is connected",
    help: "Nobody can sign in or confirm with this account, not even you, until a phone is connected again. Tell us, at the address below or where you first heard of this service.",
  },
  closed: "Removed in the last 90 days",
  ended: {
    device: (at: Date) => `Removed on ${day(at)}, by the phone itself`,
    account: (at: Date) => `Removed on ${day(at)}, on this page`,
    operator: (at: Date) => `Removed on ${day(at)}, by the people who run E-num`,
    recovery: (at: Date) => `Removed on ${day(at)}, when your account was recovered`,
    unknown: (at: Date) => `Removed on ${day(at)}`,
  },
  /** As the phone shows the operation by which it allows another. */
  adding: { setting: "Another phone", from: "Not allowed", to: "Allowed once, within 10 minutes" },
  /** As the phone shows the operation by which one is removed. */
  removing: { setting: (name: string) => `Phone: ${name}`, from: "Connected", to: "Removed" },
  headingOf: (name: string) => `Your phone ${datum(name)}`,
  name: "Name",
  nameHint: "Up to 40 characters. You alone see it, and whom you tell.",
  rename: "Save the name",
  removeHeading: "Lost it, or no longer in use?",
  removeLead: "A removed phone answers for you no more, from that moment on. You can connect it again later.",
  remove: "Remove this phone",
  back: "Back to your phones",
  removal: {
    heading: (name: string) => `Remove ${datum(name)}?`,
    body: "From that moment on its responses open nothing and confirm nothing, and what is open on it ends. We tell you by e-mail and SMS. It cannot be taken back; the phone can be connected anew.",
    last: {
      title: "It is the only phone of your account",
      help: "After this nobody can sign in or confirm with your account, not even you, until your account is recovered and a phone is connected again. Sites where you are signed in already go on until you sign out there. If you only change phones, connect the new one first.",
    },
    ways: {
      confirm: {
        title: "With a phone at hand",
        help: "You scan a code with any of your phones, and it shows what is removed.",
        button: "Confirm with a phone",
      },
      email: {
        title: "Without any of your phones",
        help: "We send a code to your e-mail, and you enter it here.",
        button: "Send a code by e-mail",
      },
    },
    lastWays: {
      email: {
        title: "It is lost or stolen",
        help: "We send a code to your e-mail, and you enter it here.",
        button: "Send a code by e-mail",
      },
      confirm: {
        title: "It is at hand",
        help: "You scan a code with it, and it shows what is removed.",
        button: "Confirm with the phone",
      },
    },
    pendingBody:
      "It was never connected: it waits for its first response, and answers for nobody. Removing it ends its activation code.",
    removePending: "Remove it",
    keep: "Keep it",
  },
  emailCode: {
    heading: "Enter the code from the e-mail",
    body: (email: string, name: string) =>
      `We have sent it to ${datum(email)}. With it ${datum(name)} is removed at once. It is good for 10 minutes.`,
    last: "After this nobody can sign in with your account until a phone is connected again.",
    label: "Code from the e-mail",
    hint: "8 letters and digits",
    next: "Remove the phone",
    resendQuestion: "No e-mail? Look into the spam folder as well.",
    resend: "Send a new code",
    change: "Do not remove it this way",
    resent: { title: "A new code is on its way", help: "Enter the one from the newest e-mail." },
  },
};
