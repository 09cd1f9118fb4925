import { timeOfDay } from "../format.ts";
import { datum } from "../markup.ts";

const time = timeOfDay("en");

/** Signing in on a device that only shows a code (RFC 8628). */
export const userCode = {
  enter: {
    heading: "Enter the code from your other device",
    body: "A television, a terminal or another device without a browser shows a code. Here you sign in to it.",
    label: "Code",
    hint: "8 letters, such as BCDF-GHJK.",
    next: "Next",
    warning:
      "Enter only a code that you see on a device in front of you. Whoever sends you one, or reads it out, wants to be signed in as you.",
  },
  confirm: {
    heading: (site: string) => `Sign in to ${datum(site)} on another device?`,
    headingUnnamed: "Sign in on another device?",
    headingOperation: (site: string) => `Confirm something for ${datum(site)} on another device?`,
    headingOperationUnnamed: "Confirm something on another device?",
    compare: "The device must show exactly this code:",
    asked: "Asked for at",
    at: (moment: Date) => time(moment),
    from: "From the address",
    warning: {
      title: "Did you start this yourself?",
      help: "Nobody from the site or from E-num asks you for this by phone, mail or message. If the device is not in front of you, press *Not my device*, and nothing happens.",
    },
    yes: "It is my device: go on",
    no: "Not my device",
  },
  end: {
    "signed-in": {
      heading: "The device is signed in",
      body: "Go on there: it notices within some seconds. You can close this page.",
    },
    confirmed: {
      heading: "It is confirmed",
      body: "Go on at your device: it notices within some seconds. You can close this page.",
    },
    stopped: {
      heading: "The device was not let in",
      body: "Nothing was done, and your account is safe. The device is told. If you did not start this, there is nothing more that you need to do.",
    },
  },
};
