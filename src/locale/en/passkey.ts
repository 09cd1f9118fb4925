import { dayAndTimeOfDay, dayOf } from "../format.ts";
import { datum } from "../markup.ts";

const day = dayOf("en");
const moment = dayAndTimeOfDay("en");

/** Passkeys: the button of a sign-in, and the pages on which they are added, named and removed. */
export const passkey = {
  signIn: "Sign in with a passkey",
  /** The site asks for it and takes no response. */
  asked: "This site asks for a passkey. A response from the phone is not enough for it.",
  failed: {
    get: "Nothing came of the passkey. Try again, or go on with your phone.",
    create: "No passkey was made. Try again.",
  },
  known: "This device has a passkey for your account already.",
  errors: {
    refused: {
      title: "That passkey was not accepted",
      help: "It may have been removed from the account. Nobody was signed in. Go on with your phone.",
    },
    expired: { title: "That took too long", help: "Use the passkey once more. Nothing is wrong." },
    "too-many": {
      title: "Too many passkeys that did not fit",
      help: "From your address none is looked at for up to an hour. Go on with your phone.",
    },
    "not-added": {
      title: "The passkey was not added",
      help: "It took too long, or your device did not ask you for its PIN, finger or face. Try again.",
    },
  },
  heading: "Your passkeys",
  body: "With a passkey you sign in by your finger, your face or the PIN of a device, also where no phone is at hand. A copied page gets nothing from it. Payments are confirmed with your E-num client as before.",
  none: "You have no passkey.",
  full: "You have ten passkeys. To add another, remove one first.",
  addBody: "Your phone asks you to confirm it first.",
  add: "Add a passkey",
  manage: "Name or remove",
  added: (at: Date) => `Added on ${day(at)}`,
  used: (at: Date) => `Last used ${moment(at)}`,
  unused: "Not used yet",
  kinds: {
    "single-device": "On one device alone",
    "multi-device": "Your other devices may have it as well",
  },
  unnamed: (number: number) => `Passkey ${number}`,
  operation: { setting: "Passkeys for signing in", to: "One more" },
  headingNew: "Add a passkey",
  newBody: "Your phone has confirmed it. Now your browser asks where the passkey is to be kept.",
  without: {
    title: "This browser cannot make a passkey",
    help: "It needs JavaScript and a recent browser. Nothing has changed: you can begin again in another one.",
  },
  make: "Make the passkey",
  toList: "All your passkeys",
  headingOf: (name: string) => datum(name),
  name: "Name",
  nameHint: "At most 40 characters, such as the device that has it.",
  rename: "Save the name",
  removeHeading: "Do you no longer use it?",
  removeLead: "Remove it if the device is lost, sold or somebody else’s.",
  remove: "Remove it",
  removal: {
    heading: (name: string) => `Remove “${datum(name)}”?`,
    body: "Nobody signs in with it any more, and all who are signed in with a passkey of yours are signed out, here as well if you are. Your phones go on working. Delete it on the device too: we cannot.",
    submit: "Remove it",
    keep: "Keep it",
  },
};
