import { datum } from "../markup.ts";

/** The web client at an origin that it has left. */
export const webPhoneMoved = {
  title: "E-num has moved",
  notice: (where: string) =>
    `Its new address is ${datum(where)}. It goes on answering here until you have connected the new one.`,
  how: "How to change over",
  heading: "Change over to the new E-num",
  why: "What this device knows cannot be taken along: a browser gives it to no other address. So the new E-num is connected like another phone, and this one is removed at the end. For this you need a network.",
  connect:
    "Open the phones of your account and press *Connect another phone*. It asks for an answer from here: give it as always.",
  account: (who: string) => `Phones of ${datum(who)}`,
  code: (where: string) =>
    `The page then shows an activation code. Its link leads to the new E-num at ${datum(where)}; choose a PIN there, if you like the one that you have here.`,
  open: "Open the new E-num",
  last: "When the new E-num has given its first response, remove this one. Not before: it could not be brought back.",
  remove: (who: string) => `Remove from ${datum(who)}`,
  left: (where: string) => `No account is left at this address. E-num is now at ${datum(where)}.`,
};
