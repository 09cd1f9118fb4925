import { dayAndTimeOfDay, dayOf } from "../format.ts";
import { datum } from "../markup.ts";

const day = dayOf("en");
const moment = dayAndTimeOfDay("en");

/** Keys in E-num Storage: the page under the account, and the operation by which they are deleted. */
export const storage = {
  heading: "Your keys in E-num Storage",
  body: "Programs keep the key files of your WMID here, so that you can have them on any computer. They are encrypted by a password that E-num does not know: without it nobody can open them, you neither. Each access is confirmed on your phone, and we send you a mail about it.",
  none: "No keys are kept for you. A program such as WM Keeper puts them here; this page cannot.",
  version: (number: number) => `Version ${number}`,
  read: "Last retrieved",
  by: (at: Date, by: string) => `${moment(at)}, by ${datum(by)}`,
  neverRead: "Never",
  moved: {
    title: "Moved out",
    help: (until: Date) =>
      `A program has taken these keys. They can be retrieved or kept again until ${day(until)}, and then they are gone.`,
  },
  careful:
    "What is deleted cannot be had back. Make sure that you have the keys elsewhere, or the WMID cannot be opened any more.",
  remove: "Delete these keys",
  back: "Back to your account",
  /** As the phone shows it before they are deleted. */
  removing: {
    setting: (wmid: string) => `Keys of WMID ${wmid} in E-num Storage`,
    from: "Kept",
    to: "Deleted, with all versions",
  },
};
