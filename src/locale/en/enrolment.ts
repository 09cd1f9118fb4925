import { datum } from "../markup.ts";

export const enrolment = {
  activate: {
    heading: "Connect your phone",
    code: "Activation code",
    stepOpen: "Open the E-num client on the phone:",
    stepScan: "Or scan the QR code with it.",
    stepHere: "Is it this device?",
    openHere: "Open E-num here",
    stepEnter: (email: string) => `Enter your e-mail ${datum(email)} and this code:`,
    stepReturn: "Then come back to this page.",
    answered: "I have entered it",
    phoneAnswered: "The phone has the code",
    lasts: "Good for {m} min {s} s after this page was shown",
    leftMinutes: "{m} min {s} s left",
    leftSeconds: "{s} s left",
    lastMinute: "One minute left for this code",
    secret: "Nobody will ever ask you for this code. Do not read it to anyone.",
    notYet: {
      title: "No phone has entered the code yet",
      help: "Enter it in the E-num client, wait until the client shows *Activate*, then press the button again.",
    },
    expired: {
      heading: "This code has run out",
      body: "An activation code is good for ten minutes. Nothing is wrong: take a new one.",
      spent: "Run out",
    },
    newCode: "Show a new code",
    scan: "Scan with the E-num client",
    qrAlternative: "QR code with the activation code, for the E-num client",
    command: "On the command line",
  },
  firstResponse: {
    heading: "Check that the phone answers",
    instruction: (device: string) => `${datum(device)} has the code. There choose *Activate* and enter this number.`,
    submit: "Connect the phone",
    suspicion: "Is this not your phone? Then press *It was not me*; it will not be connected.",
  },
  ended: {
    heading: "The phone was not connected",
    body: "Five responses did not fit, or you said that the phone is not yours. The activation code is used up; your account is safe, and nothing about it has changed.",
    next: "Begin again with a new code. On the phone remove the account first, and choose the PIN anew.",
    again: "Show a new code",
  },
  done: {
    heading: "Your phone is connected",
    body: (device: string) => `From now on ${datum(device)} answers for you. We have told you so by e-mail as well.`,
    next: "Finish",
    nextTo: (site: string) => `Sign in to ${datum(site)}`,
    advice: "One more response from the phone signs you in.",
  },
};
