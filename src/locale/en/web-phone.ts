import { datum } from "../markup.ts";

/** The web client at `/phone`; it is bundled with every language. */
export const webPhone = {
  product: "E-num",
  language: "Language",
  error: "Error:",
  back: "Back",
  home: {
    heading: "What does the page ask for?",
    body: "Choose here what the page names.",
    answersAs: (who: string, where: string) => `${datum(who)} at ${datum(where)}`,
  },
  welcome: {
    heading: "Make this device your E-num",
    body: "It will turn check numbers into responses, without a password and without a network.",
    how: "Open the site that you want to sign in to, register there, and come back here with the activation code that it shows.",
    connect: "I have an activation code",
  },
  update: {
    body: "A newer version of this client is here.",
    now: "Use it now",
  },
  closed: "Nothing was touched for a minute, so everything that was on the screen has been closed.",
  broken: {
    heading: "This browser keeps nothing",
    body: "An E-num client must keep its secret on the device. Open this page in a window that is not private, or in another browser.",
  },
};

/** A language of the client is complete or does not compile. */
export type WebPhoneWords = typeof webPhone;
