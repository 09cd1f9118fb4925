import { dayAndTime, timeOfDay } from "../format.ts";
import { datum } from "../markup.ts";
import { screens } from "./screens.ts";

const clock = timeOfDay("en");

/** A person approves one operation; receipts. What the operation itself says is in `config/operations/`. */
export const confirmation = {
  operation: {
    purse: "Purse",
    firstPayee: {
      purse: "The first time for this purse",
      wmid: "The first time for this WMID",
      help: "You have not confirmed anything for it before. Compare it, digit by digit, with the one that you know.",
    },
    scanHeading: "Scan this code with your phone",
    instruction: {
      payment: `On the phone choose *${screens.payment}* and enter check number, amount and purse.`,
      paymentToWmid: `On the phone choose *${screens.payment}* and enter check number, amount and WMID.`,
      confirm: `On the phone choose *${screens.confirm}* and enter the check number.`,
      scan: "Scan it with the E-num client: it shows the number below and every detail. Only the response to the scanned code fits.",
      scanOnline:
        "Scan it with the E-num client. The details are too long for the code, so *the phone must be online*: it fetches them, and shows the number below and every detail. Only the response to the scanned code fits.",
    },
    scan: "Or scan it: the phone shows every detail",
    scanOnline: "Or scan it with a phone that is online: it fetches every detail and shows it",
    qrAlternative: "QR code with every detail of this page, for the E-num client",
    qrAlternativeOnline: "QR code that names this request, for an E-num client that is online",
    refuse: "Did you start this? If not, press *Decline*; nothing is confirmed.",
    decline: "Decline",
    why: "Did you start this, and is every detail right? If not, decline: nothing is confirmed.",
    reasons: {
      not_me: "It was not me",
      wrong_details: "The details are wrong",
      changed_mind: "I changed my mind",
    },
    notMeHelp: "We then close all open requests of your account and alert you.",
  },
  /** Why more is demanded, or nothing is confirmed; `limit` is money. */
  because: {
    each: (limit: string) => `It is more than ${datum(limit)}, the limit for one operation.`,
    day: (limit: string) => `With it the day would come to more than ${datum(limit)}.`,
    week: (limit: string) => `With it the week would come to more than ${datum(limit)}.`,
    month: (limit: string) => `With it the month would come to more than ${datum(limit)}.`,
    person: "You have asked for more care with your account.",
    security: "For now we ask for more care here.",
    deletion: "Your account is about to be deleted. To confirm this, keep the account first.",
    recovery:
      "Your account is being recovered: until that has ended no code by SMS confirms anything. If it is not you who recovers it, stop it on your account page or by the link in our mail.",
  },
  refused: {
    heading: "This cannot be confirmed now",
    safe: "Nothing was confirmed. Your account is safe.",
    told: (site: string) => `${datum(site)} is told so when you go back.`,
  },
  identifier: {
    heading: "To confirm, say who you are",
    body: "You will not be signed in: your phone answers this one question.",
  },
  declined: {
    heading: "Nothing was confirmed",
    body: "You have declined.",
    told: (site: string) => `You have declined. ${datum(site)} is told so when you go back.`,
    requestsClosed:
      "All open requests of your account are closed, and we have alerted you. Nobody can do anything with your account without your phone.",
    suspicion:
      "If you did not start this, somebody may know your e-mail. That alone confirms nothing: without your phone nobody can. Never read a check number or a response to anyone.",
  },
  locked: {
    heading: "Too many wrong responses",
    until: (until: Date) => `Confirming from this browser is closed until ${clock(until)}.`,
    safe: "Nothing was confirmed. Your account is safe.",
    suspicion:
      "Was it not you? Then somebody has tried to confirm something in your name, and did not succeed. There is nothing that you must do.",
  },
  receipt: {
    heading: "Check a receipt",
    body: "A receipt proves that somebody confirmed something with E-num. Paste it here, and we say what it proves.",
    label: "Receipt",
    hint: "Long text without spaces, in three parts with a full stop between them",
    submit: "Check the receipt",
    another: "Another receipt",
    genuine: "This receipt is genuine",
    genuineBody: "We have signed it, and not one character was changed since.",
    what: "How it was confirmed",
    site: "For the site",
    confirmedAt: "When",
    at: dayAndTime("en-GB"),
    id: "Number of the confirmation",
    how: "In what way",
    bindings: {
      payment:
        "Typed on the phone: check number, amount and payee. The response fits only this amount and payee; the other details are the site’s word.",
      confirm:
        "Typed on the phone: the check number alone. The phone did not show the details; they are the site’s word.",
      operation: "On the phone, which showed every detail. The response fits exactly these details.",
      sms: "With a code that was sent by SMS for this operation only.",
    },
    whose: "Whose word it is",
    signed: "The person’s own device has signed this as well, with a key that we do not have.",
    unsigned: "Ours alone: the person’s device did not sign. Who believes this receipt, believes us.",
    limits: "What it does not say",
    limitDone: "That it was carried out. That is up to the site; we move no money.",
    limitWho: "Who the person is by name. It holds only what the site itself knows the account by.",
    refused: {
      "not-a-receipt": {
        heading: "This is not a receipt",
        body: "It is not written as a receipt is. Perhaps its beginning or end was lost: copy it once more, whole.",
      },
      "other-issuer": {
        heading: "This receipt is not from us",
        body: "It names another service. Check it there; what it says, we can neither confirm nor deny.",
      },
      "bad-signature": {
        heading: "This receipt is not genuine",
        body: "We have not signed this text. It was changed or made up: do not rely on anything in it.",
      },
      "wrong-type": {
        heading: "This is no receipt",
        body: "It is something else that E-num has signed. It does not prove that anything was confirmed.",
      },
    },
  },
};
