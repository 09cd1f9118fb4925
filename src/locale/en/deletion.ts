import { dayAndTimeOfDay } from "../format.ts";

const moment = dayAndTimeOfDay("en");

/** The deletion of an account: its pages, the operation that a phone confirms. */
export const deletion = {
  /** As the phone shows the operation by which it confirms. */
  operation: {
    setting: "The whole account",
    from: "Kept",
    to: "Deleted after 14 days",
  },
  heading: "Delete your account",
  lead: "All that E-num keeps about you is deleted 14 days after you ask for it. Until then you can stop it.",
  goes: "At once you are signed out everywhere else, and no site gets a sign-in or a confirmation by this account any more. After 14 days your phones, passkeys and certificates end, keys in E-num Storage are deleted, and your e-mail, phone number and WMIDs can be registered anew. A new account is a stranger to the sites that know this one.",
  stays:
    "What sites have received stays with them. Here stays, without your name or anything of yours, that something was confirmed for a site, and that a certificate was revoked.",
  goOn: "Go on",
  data: "Save your data first",
  back: "Back to your account",
  told: {
    stopped: { title: "Your account stays", help: "All is as it was. Sites ask you to sign in again." },
    unchanged: { title: "Nothing has changed", help: "It was not confirmed, or too long ago. All is as it was." },
  },
  waits: {
    heading: "Your account will be deleted",
    title: (at: Date) => `This account will be deleted on ${moment(at)}.`,
    /** By whom it was asked for: somebody who was signed in, or those who run E-num. */
    help: {
      account:
        "Until then no site gets a sign-in or a confirmation by it. If you did not ask for this, keep the account and sign out everywhere.",
      operator:
        "The people who run E-num have ordered it. Until then no site gets a sign-in or a confirmation by it. If you did not ask them for this, keep the account and tell them, where you first heard of this service or at the address below.",
    },
    stop: "Keep the account",
  },
  confirm: {
    heading: "Delete your account?",
    lead: "It is deleted 14 days from now. We tell you by mail and SMS, with a link that stops it.",
    byPhone: {
      title: "With your phone",
      help: "You scan a code with your E-num client, and it shows what is to be deleted.",
      button: "Confirm with the phone",
    },
    without: {
      title: "Without the phone",
      help: "Your sign-in is enough, where it is not older than 10 minutes. If it is, you sign in once more.",
      button: "Delete it in 14 days",
    },
    keep: "Keep the account",
  },
  closing: {
    heading: "Your account is about to be deleted",
    body: (at: Date) => `It will be deleted on ${moment(at)}. Until then no site gets a sign-in by it.`,
    help: "If you want to sign in, keep the account first. Then begin again at the site.",
    look: "Keep or delete the account",
  },
};

interface Mail {
  subject: string;
  text: string;
}

interface Told {
  time: string;
  until: string;
  stop?: string | undefined;
  by: "account" | "operator";
  issuer: string;
}

interface Sms {
  stop: string | undefined;
  host: string;
}

/** Mails and SMS, in plain text. */
export const deletionMessages = {
  mail: {
    waiting: ({ until, stop, by, issuer }: Told): Mail => ({
      subject: "Your E-num account is to be deleted",
      text: `Hello,

${by === "operator" ? "the people who run E-num delete your account" : "somebody who is signed in to your E-num account has asked to delete it"}. It will be deleted on ${until}, with all that is in it. Until then no site gets a sign-in or a confirmation by it.

To keep the account, stop it here:

    ${stop}

${by === "operator" ? `If you did not ask them for this, tell them so: ${issuer}` : `If it was not you who asked, sign in then at ${issuer}/account and press "Sign out everywhere".`}

${by === "operator" ? "If you asked them" : "If it was you"}, there is nothing to do. You can save your data until then at ${issuer}/account/data.
`,
    }),
    "put-off": ({ time, until, issuer }: Told): Mail => ({
      subject: "The deletion of your E-num account waits",
      text: `Hello,

your E-num account was to be deleted now (${time}). Somebody is recovering it, so the deletion waits. The account will be deleted on ${until}, unless it has been recovered or the deletion has been stopped by then.

If it is you who recovers it, go on: that stops the deletion.

If you want to keep the account, stop the deletion by the link in the first message about it, or at ${issuer}/account.

If you want it to be deleted, and it is not you who recovers it, stop the recovery by the link in the messages about it, or at ${issuer}/account.
`,
    }),
    stopped: ({ time, by, issuer }: Told): Mail => ({
      subject: "Your E-num account stays",
      text: `Hello,

the deletion of your E-num account was stopped (${time}). All is as it was.

${by === "operator" ? `The people who run E-num had ordered it. If you never asked them for it, tell them so: ${issuer}` : `If you never asked for it, sign in at ${issuer}/account and press "Sign out everywhere".`}
`,
    }),
    done: ({ time, issuer }: Told): Mail => ({
      subject: "Your E-num account is deleted",
      text: `Hello,

your E-num account was deleted, with all that was in it (${time}). This is the last message about it.

With this e-mail and your phone number you can register anew at ${issuer} at any time.
`,
    }),
  },
  sms: {
    waiting: ({ stop }: Sms) => `Your E-num account is to be deleted in 14 days. To keep it: ${stop}`,
    "put-off": ({ host }: Sms) =>
      `The deletion of your account at ${host} waits, since the account is being recovered.`,
    stopped: ({ host }: Sms) => `Your account at ${host} stays: its deletion was stopped.`,
    done: ({ host }: Sms) => `Your account at ${host} is deleted, with all that was in it.`,
  },
};
