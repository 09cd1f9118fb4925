import { dayAndTimeOfDay } from "../format.ts";
import { datum } from "../markup.ts";

const moment = dayAndTimeOfDay("en");

/** E-mail and phone of an account, and how they are changed. */
export const contact = {
  /** As the phone shows the operation by which it confirms. */
  operation: { email: "E-mail of the account", phone: "Phone number of the account" },
  heading: "Your e-mail and phone number",
  lead: "We write to both when something changes in your account, and by them you come back after a loss.",
  kinds: { email: "E-mail", phone: "Phone number" },
  change: { email: "Change the e-mail", phone: "Change the phone number" },
  waiting: {
    email: (to: string, at: Date) => `The e-mail changes to ${datum(to)} on ${moment(at)}.`,
    phone: (to: string, at: Date) => `The phone number changes to ${datum(to)} on ${moment(at)}.`,
  },
  waitingHelp: "Until then the old one stands. If you did not ask for this, stop it and sign out everywhere.",
  stopIt: { email: "Stop the change of the e-mail", phone: "Stop the change of the phone number" },
  back: "Back to your account",
  told: {
    changed: {
      title: "It is changed",
      help: "We have told the old and the new one. All other browsers are signed out.",
    },
    waiting: {
      title: "It will change in 48 hours",
      help: "We have written to the old and the new one, with a link that stops it. You can stop it here as well.",
    },
    stopped: {
      title: "The change is stopped",
      help: "Nothing has changed, and we have said so to the old and the new one.",
    },
    unchanged: { title: "Nothing has changed", help: "It was not confirmed, or too long ago. All is as it was." },
    "other-waits": {
      title: "Another change waits already",
      help: "Stop that one first, or confirm the new one with your phone.",
    },
    taken: {
      title: "Nothing has changed",
      help: "Meanwhile it has come to belong to another account. All is as it was.",
    },
  },
  fresh: {
    email: {
      heading: "Your new e-mail",
      body: "We send a code to it, to be sure that it is yours.",
      label: "New e-mail",
      hint: "For example ann@example.com",
    },
    phone: {
      heading: "Your new phone number",
      body: "We send a code to it by SMS, to be sure that it is yours.",
      label: "New phone number",
      hint: "With + and the country code, for example +447700900123",
    },
    next: "Send the code",
    back: "Change nothing",
  },
  code: {
    email: {
      heading: "Enter the code from the e-mail",
      body: (to: string) => `We have written to ${datum(to)}. The code is good for 10 minutes.`,
      label: "Code from the e-mail",
      hint: "8 letters and digits",
      resendQuestion: "No code? Look into the spam folder as well.",
    },
    phone: {
      heading: "Enter the code from the SMS",
      body: (to: string) => `We have sent an SMS to ${datum(to)}. The code is good for 5 minutes.`,
      label: "Code from the SMS",
      hint: "6 digits",
      resendQuestion: "No code? Check the number.",
    },
    next: "Next",
    resend: "Send a new code",
    change: { email: "Another e-mail", phone: "Another number" },
    resent: { title: "A new code is on its way", help: "Enter the one from the newest message." },
  },
  confirm: {
    heading: { email: "Change the e-mail?", phone: "Change the phone number?" },
    from: "Until now",
    to: "From then on",
    byPhone: {
      title: "At once, with your phone",
      help: "You scan a code with your E-num client, and it shows what changes.",
      button: "Confirm with the phone",
    },
    later: {
      title: "In 48 hours, without the phone",
      help: "We write to the old and the new one at once, with a link that stops it. Where you signed in more than 10 minutes ago, you sign in once more.",
      button: "Change it in 48 hours",
    },
    keep: "Change nothing",
  },
};

interface Mail {
  subject: string;
  text: string;
}

interface Change {
  kind: "email" | "phone";
  to: string;
  time: string;
  until: string;
  stop?: string;
  issuer: string;
}

type Sms = Pick<Change, "kind"> & { stop: string | undefined; host: string };

const WHAT = { email: "e-mail", phone: "phone number" };

/** Mails and SMS, in plain text. */
export const contactMessages = {
  code: ({ code, issuer }: { code: string; issuer: string }): Mail => ({
    subject: `${code} makes this the e-mail of your E-num account`,
    text: `Hello,

somebody who is signed in to an E-num account wants to make this its e-mail. The code for it is

    ${code}

It is good for 10 minutes. Type it only into the page of ${issuer} where you asked for it, and read it to nobody.

If you did not ask for it, do nothing: without the code nothing happens.
`,
  }),
  smsCode: ({ code, host }: { code: string; host: string }) =>
    `${code} makes this the number of your account at ${host}. Read it to nobody.`,
  taken: ({ issuer }: { issuer: string }): Mail => ({
    subject: "You have an E-num account already",
    text: `Hello,

somebody, perhaps you, has just tried to make this e-mail that of another E-num account. It has one already at ${issuer}, so nothing was changed.

If it was you: change or delete the other account first.
If it was not you, do nothing. Who tried has not been told that this account exists.
`,
  }),
  smsTaken: ({ host }: { host: string }) =>
    `Somebody tried to give this number to another account at ${host}. It has one already; nothing was changed.`,
  change: {
    waiting: ({ kind, to, until, stop, issuer }: Change): Mail => ({
      subject: `The ${WHAT[kind]} of your E-num account is to change`,
      text: `Hello,

somebody who signed in to your E-num account without its phone client has asked to change its ${WHAT[kind]} to ${to}. It will be changed on ${until}.

If this was not you, stop it here:

    ${stop}

Then sign in at ${issuer}/account and press "Sign out everywhere".

If it was you, there is nothing to do. With the phone client you can confirm it at once.
`,
    }),
    done: ({ kind, to, time, issuer }: Change): Mail => ({
      subject: `The ${WHAT[kind]} of your E-num account was changed`,
      text: `Hello,

the ${WHAT[kind]} of your E-num account is now ${to} (${time}).

If this was not you, tell us at once at ${issuer}.
`,
    }),
    stopped: ({ kind, to, time, issuer }: Change): Mail => ({
      subject: `The ${WHAT[kind]} of your E-num account stays as it was`,
      text: `Hello,

the change of your E-num account's ${WHAT[kind]} to ${to} was stopped (${time}). Nothing has changed.

If you never asked for it, sign in at ${issuer}/account and press "Sign out everywhere".
`,
    }),
    refused: ({ kind, to, time, issuer }: Change): Mail => ({
      subject: `The ${WHAT[kind]} of your E-num account was not changed`,
      text: `Hello,

the ${WHAT[kind]} of your E-num account could not be changed to ${to} (${time}): since you asked for it, that one has come to another account, or yours has been changed otherwise.

What stands now you see at ${issuer}/account.
`,
    }),
  },
  smsChange: {
    waiting: ({ kind, stop }: Sms) =>
      `In 48 hours the ${WHAT[kind]} of your E-num account changes. Not you? Stop it: ${stop}`,
    done: ({ kind, host }: Sms) =>
      `The ${WHAT[kind]} of your account at ${host} was changed. If it was not you, tell us there at once.`,
    stopped: ({ kind, host }: Sms) =>
      `The change of the ${WHAT[kind]} of your account at ${host} was stopped. Nothing has changed.`,
    refused: ({ kind, host }: Sms) =>
      `The ${WHAT[kind]} of your account at ${host} was not changed: it belongs to another account now.`,
  },
};
