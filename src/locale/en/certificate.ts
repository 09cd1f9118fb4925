import { dayAndTimeOfDay, dayOf } from "../format.ts";

const day = dayOf("en");
const moment = dayAndTimeOfDay("en");

/** Client certificates: the list, the page of each, a new one, and its revocation. */
export const certificate = {
  heading: "Your certificates",
  body: "With a certificate a program or a browser of yours shows sites that it is yours, without a phone: it stands for one WMID, lives for two years, and the secret key to it stays with you alone.",
  live: "Valid now",
  none: "You have no certificate.",
  noWmid: {
    title: "Your account has no WMID",
    help: "A certificate stands for a WMID, and can be given to you once your account has one. A service that knows your WMID adds it, or the people who run E-num do.",
  },
  add: "Get a certificate",
  ended: "Ended in the last 90 days",
  wmid: "WMID",
  until: (at: Date) => `Valid until ${day(at)}`,
  endedOn: {
    expired: (at: Date) => `Ran out on ${day(at)}`,
    revoked: (at: Date) => `Revoked on ${day(at)}`,
  },
  manage: "See it",
  back: "Back to your account",
  toList: "All your certificates",
  headingNew: "Get a certificate",
  newBody:
    "A certificate needs a key of its own, and a certification request made with it. Your phone then asks you to confirm it.",
  make: {
    title: "In this browser",
    body: "The key is made here and stays here, for a day, until you have saved it with the certificate in one file.",
    failed: "This browser could not make or keep a key. Use the other way.",
    button: "Make the key here",
    other: "With a program of yours",
    file: "Its request, from a file",
  },
  save: {
    title: "Save key and certificate in one file",
    body: "The key was made in this browser, and is nowhere else. Save it now: programs and browsers import the file (PKCS #12, .p12) with the password that you choose here. We see neither.",
    systems:
      "Windows imports it from Windows 10 of autumn 2017 (version 1709) on. If a system calls the right password wrong, it cannot read AES-256: import the file into Firefox there, which keeps certificates by itself.",
    failed: "The file could not be made. Try again.",
    password: "Password for the file",
    passwordHint: "8 characters or more. Nobody can find it again for you.",
    short: "8 characters at least",
    button: "Save the file",
    forget: "I have the file: remove the key from this browser",
  },
  choose: "For which WMID?",
  csr: "Certification request",
  csrHint: "The whole text, from BEGIN CERTIFICATE REQUEST on. An ECDSA key on P-256, or RSA of 2048 to 4096 bits.",
  how: "How to make one",
  howBody:
    "With OpenSSL this makes both, the key in key.pem and the request in request.pem. Keep the key to yourself: we never need it.",
  next: "Go on to confirm it",
  headingOf: "Your certificate",
  state: {
    live: { title: "It is valid", help: "Save it beside your key. We have told you of it by mail." },
    expired: { title: "It has run out", help: "Sites refuse it. Get a new one, with a new key." },
    revoked: { title: "It is revoked", help: "Sites refuse it once they have the newest list of revoked ones." },
  },
  serial: "Serial number",
  kind: "Key",
  fingerprint: "Key’s fingerprint",
  issued: "Issued",
  ends: "Valid until",
  revokedAt: "Revoked",
  reasonLabel: "Why",
  at: (at: Date) => moment(at),
  by: { account: "On this page", operator: "By the people who run E-num", recovery: "By a recovery" },
  download: "Save the certificate",
  downloadBody: "One file in PEM: the certificate, and that of the authority which has signed it.",
  renew: "Renew it",
  renewBody:
    "A new certificate needs a new key. The old one stays valid until its time is over, so that you can change over in between.",
  revoke: "Revoke it",
  revocation: {
    heading: "Revoke this certificate?",
    body: "Sites refuse it as soon as they look into the list of revoked ones, at the latest when they next fetch it. It cannot be taken back; you can get another, with another key.",
    why: "Why?",
    reasons: {
      "key-compromise": "Somebody else may have the key, or it is lost",
      superseded: "I have a new certificate",
      "no-longer-used": "I no longer use it",
      unspecified: "I do not want to say",
    },
    notChosen: { title: "Choose why it is revoked", help: "Sites are told." },
    submit: "Revoke",
    keep: "Keep it",
  },
  errors: {
    empty: { title: "Paste the certification request", help: "" },
    unreadable: {
      title: "This is no certification request",
      help: "It begins with BEGIN CERTIFICATE REQUEST, and nothing in between may be missing. Never paste a private key.",
    },
    unproven: {
      title: "The request is not signed by its own key",
      help: "Make it anew with the key, signed with SHA-256 or longer.",
    },
    "key-kind": { title: "We do not take this kind of key", help: "Use ECDSA on P-256, or RSA of 2048 to 4096 bits." },
    "weak-key": { title: "This key is too weak", help: "An RSA key needs 2048 bits at least and the exponent 65537." },
    "used-key": { title: "This key has had a certificate already", help: "Make a new key for each certificate." },
    full: {
      title: "This WMID has five certificates",
      help: "Revoke one that you no longer use, then ask again.",
    },
    "too-many": { title: "Too many requests today", help: "Try again tomorrow. Your certificates go on working." },
  },
  /** The button of a sign-in, and what may come of it. */
  signIn: {
    button: "Sign in with a certificate",
    hint: "Your browser asks which one.",
    /** The site asks for one and takes no response. */
    asked: "This site asks for a certificate. A response from the phone is not enough for it.",
    askedEither: "This site asks for a passkey or a certificate. A response from the phone is not enough for it.",
    errors: {
      none: {
        title: "Your browser showed no certificate",
        help: "It has none from us, or you chose none. Import the file with your certificate, then try again. If your browser does not ask any more, close all its windows and open it again: it keeps the choice until then.",
      },
      foreign: {
        title: "That certificate is not from us",
        help: "Nobody was signed in. To choose another, close all windows of your browser and open it again: it keeps the choice until then. Or go on with your phone.",
      },
      expired: {
        title: "That certificate has run out",
        help: "Nobody was signed in. Sign in with your phone, and get a new one on the page of your account.",
      },
      revoked: {
        title: "That certificate is revoked",
        help: "Nobody was signed in. Sign in with your phone, and get a new one on the page of your account.",
      },
      "wmid-gone": {
        title: "That certificate’s WMID is no longer your account’s",
        help: "Nobody was signed in. Go on with your phone.",
      },
      late: { title: "That took too long", help: "Use the certificate once more. Nothing is wrong." },
      "too-many": {
        title: "Too many certificates that did not fit",
        help: "From your address none is looked at for up to an hour. Go on with your phone.",
      },
    },
  },
  /** As the phone shows the operation by which a certificate is given. */
  operation: {
    setting: (wmid: string) => `Certificate of WMID ${wmid}`,
    from: "None for this key",
    to: (key: string) => `For the key ${key}`,
  },
};
