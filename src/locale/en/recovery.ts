import { dayOf, plurals } from "../format.ts";

const day = dayOf("en");
const word = plurals("en");
const codes = (count: number) => `${count} recovery ${word(count, { one: "code", other: "codes" })}`;

/** The codes on paper, on the account's own pages. */
export const recoveryCodes = {
  /** As the phone shows the operation by which it allows new ones. */
  operation: { setting: "Recovery codes", from: "The old ones", to: "10 new ones, shown once" },
  heading: "Your recovery codes",
  lead: "With one of them and your e-mail you come back at once when no phone answers for you any more. Print them, or write them down, and keep them where you keep papers.",
  none: {
    title: "You have none",
    help: "Without them you come back only with another of your phones, or by telling us.",
  },
  left: (count: number, at: Date) => `${codes(count)} left, made on ${day(at)}.`,
  few: { title: "Few are left", help: "Make new ones before you need them." },
  shown: {
    title: "They were shown already",
    help: "One confirmation gives one list. If you have not kept it, make new ones.",
  },
  make: "Make 10 new codes",
  makeHelp: "You confirm it with your phone. The old ones are void from then on.",
  back: "Back to your account",
  ready: {
    heading: "Show the codes now?",
    body: "They are shown once, here and nowhere else: we keep nothing by which we could show them again. Be alone with your screen, and have a printer or a pen at hand.",
    button: "Show 10 new codes",
    keep: "Not now",
  },
  list: {
    heading: "Your 10 recovery codes",
    body: "Each is good once. Print this page or write them down now: you will not see them again.",
    print: "The page prints as it is. Do not keep it on the phone that they are to replace.",
    done: "I have kept them",
  },
};

/** The way back, for who is not signed in. */
export const recovery = {
  heading: "Come back into your account",
  lead: "Choose the first that you have. Your old phones stop answering for you then, and you connect one anew.",
  ladder: {
    device: {
      title: "Another of your phones",
      help: "At once. Sign in with it, remove the lost one and connect the new one.",
      link: "To your phones",
    },
    code: {
      title: "A recovery code on paper",
      help: "At once. You need your e-mail and one of the ten codes that you made on your account page.",
      button: "Recover with a code",
    },
    operator: {
      title: "None of these",
      help: "Tell us, at the address below or where you first heard of this service. We make sure that it is you, and that takes time.",
    },
  },
  start: {
    heading: "Which account?",
    body: "We send a code to its e-mail.",
    next: "Send the code",
    back: "Another way back",
  },
  emailCode: {
    heading: "Enter the code from your e-mail",
    body: "If there is such an account, we have sent a code to its e-mail. It is good for 10 minutes.",
    label: "Code from the e-mail",
    hint: "8 letters and digits",
    next: "Next",
    resendQuestion: "No e-mail? Look into the spam folder as well.",
    resend: "Send a new code",
    change: "Another account",
    resent: { title: "A new code is on its way", help: "Enter the one from the newest e-mail." },
  },
  code: {
    heading: "Enter a recovery code",
    body: "All phones that are connected are removed with it, and every browser is signed out. Then you connect a phone anew.",
    label: "Recovery code",
    hint: "16 letters and digits, for example 7K2M-QX4T-9WBA-3FZC",
    next: "Recover the account",
    back: "Another way back",
  },
};

interface Mail {
  subject: string;
  text: string;
}

/** Mails and SMS, in plain text. */
export const recoveryMessages = {
  emailCode: ({ code, issuer }: { code: string; issuer: string }): Mail => ({
    subject: `${code} begins the recovery of your E-num account`,
    text: `Hello,

somebody wants to recover your E-num account at ${issuer}, since its phone is lost. The code for it is

    ${code}

It is good for 10 minutes. Type it only into the page where you asked for it, and read it to nobody.

If you did not ask for it, do nothing: without one of your recovery codes nothing happens.
`,
  }),
  codesMade: ({ time, issuer }: { time: string; issuer: string }): Mail => ({
    subject: "New recovery codes for your E-num account",
    text: `Hello,

ten new recovery codes were made for your E-num account, and confirmed with your phone (${time}). All older ones are void.

If this was not you, somebody uses your phone: tell us at once at ${issuer}.
`,
  }),
  recovered: ({ left, time, issuer }: { left: number; time: string; issuer: string }): Mail => ({
    subject: "Your E-num account was recovered with a recovery code",
    text: `Hello,

your E-num account was recovered with your e-mail and a recovery code (${time}). All phones that were connected are removed, and every browser is signed out. Left: ${codes(left)}.${left <= 3 ? ` Make new ones soon at ${issuer}/account/recovery-codes.` : ""}

If this was not you, tell us at once at ${issuer}.
`,
  }),
  smsRecovered: ({ host }: { host: string }) =>
    `Your account at ${host} was recovered with a recovery code, and its phones are removed. If it was not you, tell us there at once.`,
};
