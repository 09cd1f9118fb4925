import { datum } from "../markup.ts";

export const registration = {
  step: (step: number, of: number) => `Step ${step} of ${of}`,
  start: {
    heading: "Register for E-num",
    body: "E-num knows you by the phone in your hand. There is no password to remember, and none to steal.",
    email: "E-mail",
    emailHint: "We send you a code first.",
    phone: "Phone number",
    phoneHint: "With its country code, for example +44 7700 900123",
    next: "Next",
    haveAccount: "I have an account already",
  },
  emailCode: {
    heading: "Enter the code from the e-mail",
    body: (email: string) => `We have sent it to ${datum(email)}. It is good for 10 minutes.`,
    label: "Code from the e-mail",
    hint: "8 letters and digits",
    next: "Next",
    resendQuestion: "No e-mail? Look into the spam folder as well.",
    resend: "Send a new code",
    change: "Change the e-mail",
  },
  phoneCode: {
    heading: "Enter the code from the SMS",
    body: (phone: string) => `We have sent it to ${datum(phone)}. It is good for 5 minutes.`,
    label: "Code from the SMS",
    hint: "6 digits",
    next: "Next",
    resendQuestion: "No SMS after a minute?",
    resend: "Send a new code",
    change: "Change the number",
  },
  closed: {
    heading: "Registration is closed",
    body: "New accounts are not opened here at present. If you have an E-num account already, you can sign in with it.",
  },
};
