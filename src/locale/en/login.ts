import { timeOfDay } from "../format.ts";
import { datum } from "../markup.ts";

const clock = timeOfDay("en");

export const login = {
  identifier: {
    heading: "Sign in",
    headingTo: (site: string) => `Sign in to ${datum(site)}`,
    label: "E-mail, WMID or phone",
    hint: "A WMID has 12 digits. A phone number begins with +.",
    next: "Next",
    registerQuestion: "No E-num yet?",
    register: "Register",
    recover: "Lost your phone?",
  },
  challenge: {
    heading: "Enter this number on your phone",
    instruction: {
      login: "In the E-num client choose *Log in*.",
      confirm: "In the E-num client choose *Confirm*.",
      payment: "In the E-num client choose *Payment*.",
      activate: "In the E-num client choose *Activate*.",
    },
    number: "Check number",
    response: "Response from the phone",
    responseHint: "7 digits",
    submit: "Sign in",
    answeredQuestion: "Answered on the phone itself?",
    answered: "Go on",
    /** To who is signed in: one of the account's phones has the request in its list. */
    reached: "Your phone shows this request.",
    phoneAnswered: "News from the phone: going on",
    notYet: {
      title: "The phone has not answered yet",
      help: "Answer there, or enter the response that it shows here.",
    },
    /** Without scripts nothing counts down, so the time is told from a moment that is known. */
    lasts: "Good for {m} min {s} s after this page was shown",
    leftMinutes: "{m} min {s} s left",
    leftSeconds: "{s} s left",
    lastMinute: "One minute left for this number",
    expired: {
      heading: "This number has run out",
      body: "A number is good for a few minutes, so that nobody can use an old one. Nothing is wrong: take a new number.",
      spent: "Run out",
    },
    exhausted: {
      heading: "This number is used up",
      body: "Three responses did not fit it. Your account is safe. Take a new number, and check that it is the same on the phone.",
      spent: "Used up",
    },
    newNumber: "Show a new number",
    scan: "Or scan it with the E-num client",
    sameDevice: "Open in E-num on this phone",
    scanElsewhere: "Show a QR code for another phone",
    fill: "Fill the screen",
    close: "Close",
    qrAlternative: "QR code with the check number, for the E-num client",
    suspicion: "Did you start this? If not, press *It was not me*; nobody gets in.",
    decline: "It was not me",
    sms: "Code by SMS (less safe)",
    noPhone: "I have no phone client yet, or lost it",
    other: "Wrong e-mail? Use another one",
  },
  emailCode: {
    heading: "Enter the code from your e-mail",
    why: "Many check numbers were shown for this account today without an answer. Your account is safe: without the right response nobody gets in.",
    body: "We have sent a code to the e-mail of this account. Enter it, then we show a check number. The code is good for 10 minutes.",
    label: "Code from the e-mail",
    hint: "8 letters and digits",
    next: "Next",
    resendQuestion: "No e-mail? Look into the spam folder as well.",
    resend: "Send a new code",
    change: "Use another e-mail, WMID or phone",
    resent: { title: "A new code is on its way", help: "Enter the one from the newest e-mail." },
  },
  emailBeforeSms: {
    why: "We send an SMS only to who reads the e-mail of this account, so that nobody else can have messages sent to its phone.",
    body: "We have sent a code to the e-mail of this account. Enter it, then an SMS follows. The code is good for 10 minutes.",
    change: "Back to the check number",
  },
  smsCode: {
    heading: "Enter the code from the SMS",
    body: "If this account takes codes by SMS, one is on its way to its phone number. It is good for 5 minutes.",
    label: "Code from the SMS",
    hint: "6 digits",
    next: "Sign in",
    resendQuestion: "No SMS after a minute?",
    resend: "Send a new code",
    risk: "Others can come to read an SMS: by a new SIM card in your name, or where messages are forwarded. The E-num client on your phone is safer.",
    safer: "Use the E-num client instead",
    why: "None comes where five were asked for today, where we do not send SMS to its country, or where its owner has switched them off.",
    back: "Back to the check number",
    resent: { title: "A new code is on its way", help: "Enter the one from the newest SMS." },
    tooSoon: {
      title: "The last code is less than a minute old",
      help: "It may still arrive. Wait a little, then send a new one.",
    },
    fate: {
      waiting: "The SMS is about to leave.",
      sent: "The SMS is on its way.",
      delivered: "The SMS has reached your phone.",
      failed: {
        title: "The SMS did not reach your phone",
        help: "Send a new code, or go back and use the E-num client.",
      },
      withheld: {
        title: "No SMS was sent",
        help: "Today’s number of SMS to your phone is used up, or we send none to its country. Go back and use the E-num client.",
      },
    },
    expired: {
      heading: "This code has run out",
      body: "A code is good for five minutes, and only for this one page. Nothing is wrong: send a new one.",
    },
    exhausted: {
      heading: "This code is used up",
      body: "It did not fit three times. Your account is safe. Send a new one, and look at the newest SMS.",
    },
    limited: {
      heading: "No more SMS from here for now",
      body: "From your address three SMS an hour can be asked for, and ten a day. Your account is safe. Go back and use the E-num client, or try again in an hour.",
    },
    suspicion:
      "Did you start this? If not, press *It was not me*; nobody gets in. We never ask for this code by phone.",
  },
  locked: {
    heading: "Too many wrong responses",
    until: (until: Date) => `Signing in from this browser is closed until ${clock(until)}. Your account is safe.`,
    otherwise: "From a browser or phone that you used before you can go on now.",
    suspicion:
      "Was it not you? Then somebody has tried to sign in as you, and did not get in. There is nothing that you must do.",
  },
  closedOut: {
    heading: "New browsers are closed out",
    body: "Many wrong responses were given for this account in new browsers, so none can sign in for now. Your account is safe: nobody got in.",
    how: "Is it you? Then let a new browser in for 15 minutes, in one of two ways:",
    phone: "On your phone",
    phoneBody: "In the E-num client choose *Admit a new browser*. For this the phone needs a network.",
    browser: "In a browser that you used before",
    browserBody: "Sign in there. After the response you are asked whether to let a new browser in.",
    again: "Try again",
    notYet: {
      title: "New browsers are still closed out",
      help: "Use one of the two ways below, then press *Try again*.",
    },
    suspicion:
      "Let one in only when you sign in yourself, never because somebody asks you to. If it was not you, there is nothing that you must do: your phone and your own browsers go on working.",
  },
  admission: {
    heading: "Let a new browser in?",
    body: "Somebody gave many wrong responses for your account in browsers that you do not use. Nobody got in, and your account is safe. New browsers are closed out.",
    question: "Are you about to sign in from a new browser? Then let it in for 15 minutes.",
    next: "No, go on",
    nextTo: (site: string) => `No, go on to ${datum(site)}`,
    admit: "Open for 15 minutes and go on",
    note: "Open only for yourself, never because somebody asks you to.",
  },
  declined: {
    heading: "Nothing was confirmed",
    body: "Nobody was signed in.",
    told: (site: string) => `Nobody was signed in. ${datum(site)} is told so when you go back.`,
    suspicion:
      "If you did not start this, somebody may know your e-mail. That alone opens nothing: without your phone nobody gets in. Never read a check number or a response to anyone.",
  },
  noPhone: {
    heading: "No phone client, or a lost phone",
    notYet: "I have none yet",
    notYetBody:
      "An E-num client turns check numbers into responses, also where the phone has no network. First register, then connect it.",
    register: "Register",
    open: "Which clients there are",
    lost: "I lost my phone",
    lostBody:
      "Without your PIN a finder gets no right response. All the same, take it off your account: on your account page, from a browser where you are still signed in or with another of your phones. If you have neither, the recovery takes it off, and you connect another: at once with a recovery code on paper, else after a wait.",
    recover: "Begin recovery",
    deleted: "I have a phone, but the client is gone",
    deletedBody:
      "Your account is still there, but what the client knew is gone for good: nobody has a copy. The recovery lets you connect the phone anew.",
    back: "Back to the check number",
  },
  elsewhere: {
    heading: "This sign-in went on elsewhere",
    body: "It was finished or begun again in another tab or browser, so this page has nothing left to do. Your account is safe.",
    ended: {
      heading: "This sign-in was ended",
      body: "Meanwhile the sign-ins of the account were ended, for instance by *Sign out everywhere*, and this one with them: nobody got in here. If it was you, begin again.",
    },
    again: "Begin again",
    againAt: (site: string) => `Begin again at ${datum(site)}`,
    close: "You can close this page.",
  },
};
