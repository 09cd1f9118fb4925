import { datum } from "../markup.ts";

/** What the phone has done to a request, told on the page that waits. */
export const request = {
  declined: {
    heading: "Declined on the phone",
    body: "Nobody was signed in and nothing was confirmed.",
    told: (site: string) =>
      `Nobody was signed in and nothing was confirmed. ${datum(site)} is told so when you go back.`,
    alarmed:
      "“It was not me” was pressed on the phone. All open requests of the account are closed, and its owner is alerted.",
    mistaken: "Was it a slip? Then go back and begin again.",
  },
};
