import { dayAndTimeOfDay, dayOf, plurals } from "../format.ts";

const day = dayOf("en");
const moment = dayAndTimeOfDay("en");
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
    help: "Without them you come back at once only with another of your phones; by your e-mail and your phone number it takes 48 hours.",
  },
  left: (count: number, at: Date) => `${codes(count)} left, made on ${day(at)}.`,
  few: { title: "Few are left", help: "Make new ones before you need them." },
  shown: {
    title: "They were shown already",
    help: "One confirmation gives one list. If you have not kept it, make new ones.",
  },
  make: "Make 10 new codes",
  makeHelp: {
    first: "You confirm it with your phone.",
    anew: "You confirm it with your phone. The old ones are void from then on.",
  },
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
    phone: {
      title: "Your e-mail and your phone number",
      help: "After 48 hours. You need the codes that we send to both, now and once more then. Until then your phones go on working, and whoever reads our messages to you can stop it.",
      button: "Recover in 48 hours",
    },
    operator: {
      title: "None of these",
      help: "Open a case here, and tell us its number. We make sure that it is you, and that takes time; then 48 hours more.",
      open: "Open a case",
      look: "Look after your case",
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
    body: "All phones that are connected are removed with it, with passkeys and certificates, and every browser is signed out. Then you connect a phone anew.",
    label: "Recovery code",
    hint: "16 letters and digits, for example 7K2M-QX4T-9WBA-3FZC",
    next: "Recover the account",
    phone: "I have no recovery code",
    back: "Another way back",
  },
  /** Before the SMS: what follows from it. */
  phone: {
    heading: "Recover by e-mail and phone number",
    body: "Your e-mail is proven. Now we send a code by SMS to the account’s phone number.",
    steps: {
      wait: "Then 48 hours must pass. We write to your e-mail and phone number at once, with a link that stops the recovery.",
      meanwhile:
        "Until then your phones go on working, and no code by SMS confirms a payment or anything else that is confirmed on the phone.",
      after: "After that you have 7 days to come back here, prove both once more, and connect a phone anew.",
    },
    /** In the place of these steps, where a recovery of the account was begun before. */
    begun: {
      waiting: (due: Date) =>
        `A recovery of this account waits already, until ${moment(due)}. The code makes it neither longer nor shorter.`,
      ready: (until: Date) =>
        `The 48 hours are over. Once the phone number is proven as well, you can recover the account and connect a phone anew, until ${moment(until)}.`,
    },
    send: "Send the SMS",
    code: "I have a recovery code: that is at once",
    back: "Another way back",
    problems: {
      unsent: {
        title: "No SMS can be sent to the account’s number",
        help: "Its country is not served. Choose another way back.",
      },
      "too-many": { title: "Too many SMS were asked for", help: "Wait an hour, then try again. Your account is safe." },
    },
  },
  phoneCode: {
    heading: "Enter the code from the SMS",
    body: "We have sent an SMS to the account’s phone number. The code is good for 5 minutes.",
    label: "Code from the SMS",
    hint: "6 digits",
    next: "Next",
    resendQuestion: "No SMS?",
    resend: "Send a new code",
    change: "Another way back",
    resent: { title: "A new code is on its way", help: "Enter the one from the newest SMS." },
  },
  /** To who has proven both. */
  wait: {
    waiting: {
      heading: "Your recovery waits",
      body: (due: Date, until: Date) =>
        `Come back here from ${moment(due)} on, and before ${moment(until)}. Then prove your e-mail and phone number once more.`,
      told: "We have written to both, with a link that stops it. Whoever begins a recovery meanwhile makes it neither longer nor shorter.",
      found: "Have you found a phone or a recovery code meanwhile? Either brings you back at once.",
      back: "Another way back",
    },
    ready: {
      heading: "Recover the account now?",
      body: "The wait is over. All phones that were connected are removed now, with passkeys, certificates and recovery codes, and every browser is signed out. Then you connect a phone anew.",
      until: (until: Date) => `You can do this until ${moment(until)}.`,
      button: "Recover the account",
    },
    over: {
      heading: "No recovery waits",
      body: "It was stopped or was taken up, or its time is over. If it was not you who stopped it, somebody else reads your messages or uses your phone.",
      again: "To the ways back",
    },
  },
  caseStart: {
    heading: "Open a case with us",
    body: "For who has neither phone nor recovery code, and cannot read the e-mail or the SMS any more.",
    steps: {
      get: "You get a number for us, and a code for yourself.",
      tell: "You tell us the number, and we make sure that it is you.",
      wait: "If we allow it, we write to all that we know of the account. After 48 hours you come back here with the code.",
    },
    next: "Open the case",
    back: "Another way back",
  },
  caseOpened: {
    heading: "Your case is open",
    body: "Write both down now: you will not see them again.",
    reference: "Number, for us",
    code: "Code, for you alone",
    steps: {
      tell: "Tell us the number, where you first heard of this service or at the address below. We say nothing here of whether there is such an account.",
      keep: "The code is asked for by this page alone. Nobody of us asks for it.",
      closed: "A case that we cannot decide within 30 days is closed.",
    },
    look: "Look after your case",
  },
  case: {
    heading: "Look after your case",
    body: "If we have allowed it and its 48 hours are over, all phones, passkeys, certificates and recovery codes are removed now, every browser is signed out, and you connect a phone anew.",
    reference: { label: "Number of the case", hint: "8 letters and digits, for example 7K2M-QX4T" },
    code: { label: "Code of the case", hint: "16 letters and digits, for example 7K2M-QX4T-9WBA-3FZC" },
    next: "Next",
    back: "Another way back",
  },
  caseState: {
    open: {
      heading: "Your case is not decided yet",
      body: "If you have not told us its number yet, do it now: until then nobody looks at it.",
    },
    refused: {
      heading: "We have refused your case",
      body: "We could not make sure that the account is yours. Nothing has changed. Ask us why, with the number of the case.",
    },
    waiting: {
      heading: "We have allowed your case, and it waits",
      body: (due: Date, until: Date) =>
        `We have written to all that we know of the account. Come back from ${moment(due)} on, and before ${moment(until)}, with number and code.`,
    },
    over: {
      heading: "Your case is over",
      body: "What we had allowed was stopped by whoever reads our messages to the account, was taken up, or its time is over. Ask us, with the number of the case.",
    },
  },
  /** On every page of who is signed in at the account, while it is being recovered. */
  banner: {
    title: "Your account is being recovered",
    waiting: (due: Date) =>
      `Somebody has proven its e-mail and phone number, or has our leave. From ${moment(due)} on all your phones can be replaced.`,
    ready: (until: Date) =>
      `Somebody has proven its e-mail and phone number, or has our leave, and the wait is over: all your phones can be replaced now, until ${moment(until)}.`,
    stop: "Stop the recovery",
  },
};
