import { placeIn } from "../format.ts";
import { plain } from "../markup.ts";

const placeOf = placeIn("en");

interface NewBrowser {
  site: string;
  time: string;
  browser: string;
  country: string | undefined;
  ip: string;
  by: "response" | "sms" | "passkey" | "certificate";
  issuer: string;
}

const BY = {
  response: "a response from your phone",
  sms: "a code by SMS",
  passkey: "a passkey",
  certificate: "a client certificate",
};

const ADVICE = {
  response: () => "Somebody has a response from your phone: give one only to a page that you have opened yourself.",
  sms: (issuer: string) =>
    `Somebody reads your mails and SMS: switch codes by SMS off at ${issuer}/account/care, and take care of both.`,
  passkey: (issuer: string) => `Somebody has a passkey of yours: remove it at ${issuer}/account/passkeys.`,
  certificate: (issuer: string) =>
    `Somebody has the key of a certificate of yours: revoke it at ${issuer}/account/certificates.`,
};

/** A mail about a sign-in; its lines stand one under another. */
export const noticeMessages = {
  newBrowser: ({ site, time, browser, country, ip, by, issuer }: NewBrowser) => ({
    subject: "A sign-in to your E-num account from a new browser",
    text: `Hello,

somebody, most likely you, has signed in with your account from a browser that had not been used for it before:

Site: ${site}
Time: ${time}
Browser: ${browser || "unknown"}
Place: ${plain(placeOf(country, ip || undefined)) || "unknown"}
By: ${BY[by]}

If this was you, there is nothing to do: from now on this browser is known.
If it was not you, end that visit and have the browser forgotten at ${issuer}/account/sessions, and tell us at once. ${ADVICE[by](issuer)}
`,
  }),
  /** What an operator sends to see whether it arrives. */
  test: ({ issuer, time }: { issuer: string; time: string }) => ({
    subject: "A test of E-num's mail",
    text: `Hello,

the people who run ${issuer} have sent this (${time}) to see whether their mail arrives. Nothing has happened.

There is nothing to do.
`,
  }),
  smsTest: ({ host, time }: { host: string; time: string }) => `A test of ${host} (${time}). Nothing has happened.`,
};

/** The account's page of notices: those that can be switched off, and those that are always sent. */
export const notice = {
  body: "E-num tells you by mail, and of what concerns a phone, your contacts or the whole account by SMS as well. These can be switched off:",
  on: "On",
  off: "Off",
  /** As the phone shows them before they are switched off, and a mail afterwards. */
  kinds: {
    "new-browser": {
      name: "Mails about sign-ins from a new browser",
      help: "Where, when and from which browser. Switched off with your phone, so that who is in your browser cannot silence it.",
    },
    "kept-keys": {
      name: "Mails about your keys in E-num Storage",
      help: "When a program puts, replaces or retrieves them; that they are moved out or deleted is always told. Switched off with your phone.",
    },
    "certificate-expiring": {
      name: "Reminders of certificates that run out",
      help: "A month before, and a week.",
    },
  },
  always: "These are always sent",
  alwaysBody: "Whoever takes over a phone or a browser of yours must not be able to keep you from hearing of it.",
  alwaysKinds: {
    phone: "A phone was connected or removed, has taken a new secret, or has answered wrongly too often",
    locked: "Wrong responses in browsers that you do not use",
    notMe: "A request was answered with *It was not me*",
    contact: "Your e-mail or phone number is to change, has changed, or stays",
    recovery: "Your account was recovered, a recovery waits, or new recovery codes were made",
    ending: "Your account is to be deleted, stays, or all of its data was saved as a file",
    wmid: "A WMID was added or removed",
    passkey: "A passkey was added or removed, or a code for tills and calls was set or removed",
    certificate: "A certificate was issued or revoked",
    keys: "Keys were moved out of E-num Storage, or deleted there",
    setting: "A switch of your account was turned on or off",
  },
  codes: "Codes that you ask for are sent as well.",
};
