import { dayAndTimeOfDay } from "../format.ts";
import { datum } from "../markup.ts";

const moment = dayAndTimeOfDay("en");

/** The page that the link of a message opens. */
export const stop = {
  change: {
    heading: "Stop the change?",
    body: {
      email: (to: string, at: Date) => `The e-mail of an E-num account is to change to ${datum(to)} on ${moment(at)}.`,
      phone: (to: string, at: Date) =>
        `The phone number of an E-num account is to change to ${datum(to)} on ${moment(at)}.`,
    },
    help: "If you did not ask for this, stop it. Nothing else changes, and the account's owner is told.",
    button: "Stop the change",
  },
  deletion: {
    heading: "Keep the account?",
    body: (at: Date) => `An E-num account is to be deleted, with all that is in it, on ${moment(at)}.`,
    help: "If you did not ask for this, or want to keep it, stop it. All stays as it was, and the account's owner is told.",
    button: "Keep the account",
  },
  recovery: {
    heading: "Stop the recovery?",
    body: (at: Date) => `An E-num account is being recovered. From ${moment(at)} on all its phones can be replaced.`,
    ready: (until: Date) =>
      `An E-num account is being recovered. Now, and until ${moment(until)}, all its phones can be replaced.`,
    help: {
      contacts:
        "If you did not ask for this, stop it. Nothing else changes, and the account’s owner is told. Then somebody else reads e-mail and SMS of this account: change the password of the mailbox, and ask your phone company.",
      operator:
        "The people who run E-num have allowed it to somebody who says that phone, e-mail and number are lost. If you did not ask them for this, stop it. Nothing else changes, and the account’s owner is told. Then tell them, at the address below.",
    },
    button: "Stop the recovery",
  },
  stopped: {
    heading: "It is stopped",
    body: {
      /** By whom it was asked for: somebody who was signed in, those who run E-num, or whoever recovers the account. */
      account:
        "Nothing has changed. Is it your account, and you did not ask for this? Then somebody else has been signed in to it: sign in and press *Sign out everywhere*.",
      operator:
        "Nothing has changed. The people who run E-num had ordered it. Is it your account, and you did not ask them for this? Then tell them, at the address below.",
      recovery:
        "Nothing has changed. Is it your account, and you did not ask for this? Then somebody else may read its e-mail and SMS: change the password of your mailbox, and ask your phone company.",
      allowed:
        "Nothing has changed. The people who run E-num had allowed it. Is it your account, and you did not ask them for this? Then tell them, at the address below.",
    },
    account: "To your account",
  },
  over: {
    heading: "There is nothing to stop",
    body: "The link is old: what it was about was done, or something else has taken its place. Sign in to see what stands now. If it is not yours, tell us at the address below.",
  },
};
