import { dayOf } from "../format.ts";

const day = dayOf("en");

/** The code by which sites may ask on the phone: whether there is one, and a new one. */
export const tillCode = {
  heading: "Your code for tills and calls",
  lead: "Shops and call centres can ask you on your phone, where you look at no page. With a code of your own only those can to whom you have told it, so that requests you do not expect stay away. It opens nothing: you answer each request on your phone as before.",
  none: "You have no code: sites ask you without one.",
  has: (at: Date) => `You have had a code since ${day(at)}: sites ask you only with it.`,
  setHelp: "Your phone asks you to confirm it first.",
  set: "Set a code",
  change: "Set another code",
  remove: "Do without a code",
  operation: {
    setting: "Code for tills and calls",
    to: { set: "A new code", remove: "No code" },
  },
  new: {
    heading: "Choose a code",
    body: "Your phone has confirmed it. Choose one that you can say aloud at a till, and that you use nowhere else.",
    label: "Code",
    hint: "4 to 16 Latin letters and digits. Capitals and spaces do not count.",
    save: "Save the code",
    back: "Leave it as it is",
  },
  errors: {
    empty: { title: "Choose a code", help: "" },
    malformed: { title: "A code has 4 to 16 Latin letters and digits", help: "" },
    "too-easy": {
      title: "Anybody would try that one first",
      help: "Choose one whose letters and digits do not follow one another.",
    },
  },
};

interface Told {
  time: string;
  issuer: string;
}

/** Mails, in plain text. */
export const tillCodeMessages = {
  set: ({ time, issuer }: Told) => ({
    subject: "A code for tills and calls was set for your E-num account",
    text: `Hello,

your E-num account has a new code for tills and calls, which you have confirmed on your phone (${time}). From now on sites ask you on your phone only if you have told it to them.

If this was you, there is nothing to do.
If it was not you, somebody uses your phone: look at ${issuer}/account/till-code, and tell us at once.
`,
  }),
  removed: ({ time, issuer }: Told) => ({
    subject: "Your E-num account has no code for tills and calls any more",
    text: `Hello,

your E-num account demands no code for tills and calls any more (${time}): it was removed with your phone, or went when your account was recovered. Sites ask you on your phone without one, and you answer there as before.

If this was you, there is nothing to do.
If it was not you, somebody uses your phone: look at ${issuer}/account/till-code, and tell us at once.
`,
  }),
};
