/** The file of all that is kept about the own account: its pages, the operation that a phone confirms, and the mail. */
export const ownData = {
  /** As the phone shows the operation by which it allows one file. */
  operation: {
    setting: "All data of the account",
    from: "Kept by E-num",
    to: "Given to the browser as a file",
  },
  heading: "Your data",
  lead: "You can have all that E-num keeps about you as one file, which programs can read.",
  inIt: "In it are your e-mail, phone number and WMIDs, phones, passkeys and certificates, browsers and sessions, the sites that you use and what they may, and all that ever happened in your account, with the receipts of what you confirmed.",
  notInIt:
    "Not in it is whatever opens something: secrets of phones, codes, and the keys in E-num Storage, which only the program that keeps them can have.",
  help: "You confirm it with your phone, so that somebody at your browser cannot have it. We send you a mail about it.",
  button: "Get the file",
  back: "Back to your account",
  ready: {
    heading: "Save the file now?",
    body: "It says much about you: save it where nobody else reads it. One confirmation gives one file.",
    button: "Save the file",
    done: "To the page of your data",
  },
};

interface Mail {
  subject: string;
  text: string;
}

export const ownDataMessages = {
  given: ({ time, issuer }: { time: string; issuer: string }): Mail => ({
    subject: "All data of your E-num account were saved as a file",
    text: `Hello,

all that E-num keeps about your account was given to a browser as a file (${time}). It was confirmed with your phone.

If this was not you, somebody uses your phone: tell us at once at ${issuer}.
`,
  }),
};
