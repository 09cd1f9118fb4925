/** Mails and SMS: plain text, without markup. A code stands alone on its line, so that it is found and copied easily. */

interface Mail {
  subject: string;
  text: string;
}

/** Of an operation that a code confirms; `payee` is a purse or a WMID, with a name where the site gave one. */
interface OperationWords {
  code: string;
  site: string;
  noun: string;
  amount: string | undefined;
  payee: string | undefined;
}

const forSite = (site: string | undefined) => (site === undefined ? "" : ` to go on to ${site}`);

const REMOVED_BY = {
  device: "by the phone itself",
  account: "on your account page",
  operator: "by the people who run E-num",
  recovery: "since your account was recovered",
};

/** What an operator does is never the owner's own doing, but it may have been asked for. */
const YOURS = { yes: "If this was you", no: "If it was not you" };
const ASKED = { yes: "If you asked for this", no: "If you did not" };
const yours = (by: keyof typeof REMOVED_BY) => (by === "operator" ? ASKED : YOURS);

const KEPT = {
  "backed-up": "were put into E-num Storage",
  changed: "were replaced in E-num Storage by a new version",
  retrieved: "were retrieved from E-num Storage",
  moved: "were moved out of E-num Storage. There they can be retrieved for seven more days, and then they are gone",
  deleted: "were deleted from E-num Storage, with all their versions",
};

interface Kept {
  event: keyof typeof KEPT;
  wmid: string;
  site: string;
  time: string;
  issuer: string;
}

interface Removed {
  device: string;
  by: keyof typeof REMOVED_BY;
  last: boolean;
  time: string;
  issuer: string;
}

interface OfCertificate {
  wmid: string;
  serial: string;
  time: string;
  issuer: string;
}

interface WmidAdded {
  wmid: string;
  site: string | undefined;
  time: string;
  issuer: string;
}

interface WmidRemoved {
  wmid: string;
  certificates: boolean;
  /** When the keys that are kept of it are deleted. */
  until: string | undefined;
  time: string;
  issuer: string;
}

interface OfPasskey {
  name: string;
  time: string;
  issuer: string;
}

export const mail = {
  emailCode: ({ code, site }: { code: string; site?: string | undefined }): Mail => ({
    subject: `${code} is your E-num code`,
    text: `Hello,

your code${forSite(site)} is

    ${code}

It is good for 10 minutes. Type it only into the page where you asked for it, and read it to nobody.

If you did not ask for it, do nothing: without the code nothing happens.
`,
  }),
  registrationCode: ({ code, issuer }: { code: string; issuer: string }): Mail => ({
    subject: `${code} is your code to register for E-num`,
    text: `Hello,

somebody, most likely you, registers this e-mail for E-num at ${issuer}. The code for this is

    ${code}

It is good for 10 minutes. Type it only into the page where you asked for it, and read it to nobody.

If it was not you, somebody has mistyped an address. Do nothing: without the code there is no account with your e-mail, and you can register it yourself whenever you like.
`,
  }),
  alreadyRegistered: ({ issuer }: { issuer: string }): Mail => ({
    subject: "You have an E-num account already",
    text: `Hello,

somebody, most likely you, has just tried to register this e-mail for E-num. It has an account already at ${issuer}, so nothing was changed.

Sign in with it at any site that takes E-num.

If it was not you, do nothing. Who tried has not been told that this account exists.
`,
  }),
  deviceActivated: ({ device, time, issuer }: { device: string; time: string; issuer: string }): Mail => ({
    subject: "A phone was connected to your E-num account",
    text: `Hello,

the phone "${device}" was connected to your account (${time}). From now on it answers for you.

If this was you, there is nothing to do.
If it was not you, tell us at once: ${issuer}
`,
  }),
  deviceRemoved: ({ device, by, last, time, issuer }: Removed): Mail => ({
    subject: "A phone was removed from your E-num account",
    text: `Hello,

the phone "${device}" was removed from your account, ${REMOVED_BY[by]} (${time}). It answers for you no more, and what was open for it has ended.
${last ? "\nNo other phone is connected. Until one is, nobody can sign in or confirm with this account.\n" : ""}
${yours(by).yes}, there is nothing to do${by === "account" ? ". If the phone was lost or stolen, sign out everywhere on that page as well" : ""}.
${yours(by).no}, look at ${issuer}/account, and tell us at once.
`,
  }),
  deviceRemovalCode: ({ code, device, issuer }: { code: string; device: string; issuer: string }): Mail => ({
    subject: `${code} removes a phone from your E-num account`,
    text: `Hello,

somebody who is signed in to your account wants to remove the phone "${device}" from it. The code for this is

    ${code}

It is good for 10 minutes. Type it only into the page where you asked for it, and read it to nobody.

If you did not ask for it, do not use it: somebody is signed in to your account in a browser. Look at ${issuer}/account, and tell us at once.
`,
  }),
  notMe: ({ site, time, issuer }: { site: string; time: string; issuer: string }): Mail => ({
    subject: "A request was refused with your E-num account",
    text: `Hello,

in a browser that is signed in to your account, a request of ${site} was answered with "It was not me" (${time}). Nothing was confirmed, and all open requests of your account have ended.

If this was you, there is nothing to do.
If it was not you, somebody uses your browser: sign out there, and tell us at once: ${issuer}
`,
  }),
  notMeOnDevice: ({
    site,
    time,
    issuer,
    device,
  }: {
    site: string;
    time: string;
    issuer: string;
    device: string;
  }): Mail => ({
    subject: "A request was refused with your E-num account",
    text: `Hello,

on the phone "${device}" a request of ${site} was answered with "It was not me" (${time}). Nothing was confirmed, and all open requests of your account have ended. For a day your phones are shown no requests from browsers that you have not used before; a response can still be typed.

If this was you, there is nothing to do. Somebody knows your e-mail; that alone opens nothing.
If it was not you, somebody uses your phone: tell us at once: ${issuer}
`,
  }),
  padRenewed: ({ device, time, issuer }: { device: string; time: string; issuer: string }): Mail => ({
    subject: "A phone of your E-num account has a new secret",
    text: `Hello,

the phone "${device}" has taken a new secret (${time}), as when its PIN is changed. The old one works no more.

If this was you, there is nothing to do.
If it was not you, tell us at once: ${issuer}
`,
  }),
  deviceLocked: ({ device, until, issuer }: { device: string; until: string; issuer: string }): Mail => ({
    subject: "Wrong answers from your phone",
    text: `Hello,

the phone "${device}" has sent five wrong answers in a row. It sends no more until ${until}; nobody got in. Its responses can still be typed.

If this was you, there is nothing to do: a wrong PIN gives wrong responses.
If it was not you, somebody has your phone: tell us at once: ${issuer}
`,
  }),
  setting: ({ setting, on, time, issuer }: { setting: string; on: boolean; time: string; issuer: string }): Mail => ({
    subject: on ? "Switched on for your E-num account" : "Switched off for your E-num account",
    text: `Hello,

for your account this was switched ${on ? "on" : "off, and confirmed on your phone"} (${time}):

    ${setting}

If this was you, there is nothing to do.
If it was not you, somebody uses ${on ? "your browser: sign out there" : "your phone and your browser"}, look at ${issuer}/account, and tell us at once.
`,
  }),
  certificateIssued: ({ wmid, serial, time, until, issuer }: OfCertificate & { until: string }): Mail => ({
    subject: `A certificate was issued for your WMID ${wmid}`,
    text: `Hello,

for your WMID ${wmid} a certificate was issued, which you have confirmed on your phone (${time}). Whoever has its key can show sites that it is you, until ${until}. Its serial number is

    ${serial}

If this was you, there is nothing to do.
If it was not you, revoke it at ${issuer}/account/certificates, and tell us at once.
`,
  }),
  certificateExpiring: ({ wmid, serial, until, issuer }: Omit<OfCertificate, "time"> & { until: string }): Mail => ({
    subject: `A certificate of your WMID ${wmid} runs out`,
    text: `Hello,

a certificate of your WMID ${wmid} is valid until ${until}. Sites refuse it then. Its serial number is

    ${serial}

If you still use it, get the next one now, with a new key, and put it in place of this one before that: ${issuer}/account/certificates
If you no longer use it, there is nothing to do.
`,
  }),
  certificateRevoked: ({
    wmid,
    serial,
    by,
    time,
    issuer,
  }: OfCertificate & { by: "account" | "operator" | "recovery" }): Mail => ({
    subject: `A certificate of your WMID ${wmid} was revoked`,
    text: `Hello,

a certificate of your WMID ${wmid} was revoked, ${REMOVED_BY[by]} (${time}). Sites refuse it from now on. Its serial number is

    ${serial}

${yours(by).yes}, there is nothing to do.
${yours(by).no}, look at ${issuer}/account/certificates, and tell us at once.
`,
  }),
  keptKeys: ({ event, wmid, site, time, issuer }: Kept): Mail => ({
    subject: `Keys of WMID ${wmid}: E-num Storage`,
    text: `Hello,

the keys of your WMID ${wmid} ${KEPT[event]} (${time}). It was asked for by ${site}, and confirmed on your phone.

If this was you, there is nothing to do.
If it was not you, somebody uses your phone: look at ${issuer}/account/keys, change the keys of this WMID, and tell us at once.
`,
  }),
  wmidAdded: ({ wmid, site, time, issuer }: WmidAdded): Mail => ({
    subject: `WMID ${wmid} was added to your E-num account`,
    text: `Hello,

the WMID ${wmid} was added to your account ${site === undefined ? REMOVED_BY.operator : `by ${site}, which vouches that it is yours`} (${time}). You can sign in with it now, and let sites see it.

If this was you, there is nothing to do.
If it is not your WMID, tell us at once: ${issuer}
`,
  }),
  wmidRemoved: ({ wmid, certificates, until, time, issuer }: WmidRemoved): Mail => ({
    subject: `WMID ${wmid} was removed from your E-num account`,
    text: `Hello,

the WMID ${wmid} was removed from your account ${REMOVED_BY.operator} (${time}). Sites see it no more, and nobody signs in to your account with it.
${certificates ? "\nThe certificates of this WMID were revoked.\n" : ""}${until === undefined ? "" : `\nThe keys of this WMID in E-num Storage are kept until ${until}, and then deleted. They are not given out meanwhile.\n`}
If you asked for this, there is nothing to do.
If you did not, tell us at once: ${issuer}
`,
  }),
  passkeyAdded: ({ name, time, issuer }: OfPasskey): Mail => ({
    subject: "A passkey was added to your E-num account",
    text: `Hello,

the passkey "${name}" was added to your account, which you have confirmed on your phone (${time}). Whoever has it can sign in as you.

If this was you, there is nothing to do.
If it was not you, remove it at ${issuer}/account/passkeys, and tell us at once.
`,
  }),
  passkeyRemoved: ({ name, time, issuer }: OfPasskey): Mail => ({
    subject: "A passkey of your E-num account was removed",
    text: `Hello,

the passkey "${name}" was removed from your account (${time}). Nobody signs in with it any more.

If this was you, there is nothing to do.
If it was not you, look at ${issuer}/account/passkeys, and tell us at once.
`,
  }),
  locked: ({ until }: { until: string }): Mail => ({
    subject: "Wrong responses for your E-num account",
    text: `Hello,

from a browser that you have not used before, five wrong responses were given for your account. Nobody got in. Such browsers are closed out until ${until}.

Your own browsers and phones go on working. There is nothing that you must do.
`,
  }),
};

export const sms = {
  /** The origin-bound line follows: `messaging/templates.ts`. */
  phoneCode: ({ code, host }: { code: string; host: string }) => `${code} is your code for ${host}. Read it to nobody.`,
  signInCode: ({ code, site }: { code: string; site: string }) =>
    `${code} is your code to sign in to ${site}. Read it to nobody.`,
  operationCode: ({ code, site, noun, amount, payee }: OperationWords) =>
    `${code} confirms for ${site}: ${noun}${amount === undefined ? "" : ` ${amount}`}${payee === undefined ? "" : ` to ${payee}`}. Read it to nobody.`,
  deviceActivated: ({ device, host }: { device: string; host: string }) =>
    `The phone "${device}" was connected to your account at ${host}. If it was not you, tell us there at once.`,
  deviceRemoved: ({ device, last, host }: { device: string; last: boolean; host: string }) =>
    `The phone "${device}" was removed from your account at ${host}.${last ? " No other is connected." : ""} If it was not you, tell us there at once.`,
  padRenewed: ({ device, host }: { device: string; host: string }) =>
    `The phone "${device}" of your account at ${host} has a new secret. If it was not you, tell us there at once.`,
  notMe: ({ site, host }: { site: string; host: string }) =>
    `A request of ${site} was refused with your account at ${host}. Nothing was confirmed. If it was not you, tell us there at once.`,
  alreadyRegistered: ({ host }: { host: string }) =>
    `Somebody tried to register this number at ${host}. It has an account there already; nothing was changed.`,
};
