import { plurals } from "../format.ts";

const word = plurals("en");
const codes = (count: number) => `${count} recovery ${word(count, { one: "code", other: "codes" })}`;

interface Mail {
  subject: string;
  text: string;
}

type Way = "contacts" | "operator";

interface Wait {
  way: Way;
  at: string;
  due: string;
  until: string;
  stop: string;
  issuer: string;
}

type SmsWait = Pick<Wait, "stop"> & { host: string };

const WAY: Readonly<Record<Way, string>> = {
  contacts: "somebody has proven your e-mail and your phone number",
  operator: "somebody has told us that phone, e-mail and number are lost, has our leave",
};
const BY: Readonly<Record<Way, string>> = {
  contacts: "with your e-mail and your phone number",
  operator: "by who told us that phone, e-mail and number are lost",
};
/** What to do where it was somebody else: by the contacts they have both; by the operator’s leave perhaps neither. */
const THEN: Readonly<Record<Way, (issuer: string) => string>> = {
  contacts: () => "change the password of your mailbox, and ask your phone company whether somebody has your number",
  operator: (issuer) => `tell us at ${issuer} that it was not you`,
};
const NEVER: Readonly<Record<Way, (issuer: string) => string>> = {
  contacts: () =>
    "somebody else reads your e-mail and your SMS: change the password of your mailbox, and ask your phone company",
  operator: (issuer) => `somebody has asked us for it in your name: tell us at ${issuer}`,
};

/** Mails and SMS, in plain text. */
export const recoveryMessages = {
  emailCode: ({ code, issuer }: { code: string; issuer: string }): Mail => ({
    subject: `${code} begins the recovery of your E-num account`,
    text: `Hello,

somebody wants to recover your E-num account at ${issuer}, since its phone is lost. The code for it is

    ${code}

It is good for 10 minutes. Type it only into the page where you asked for it, and read it to nobody.

If you did not ask for it, do nothing: this code alone brings nobody in.
`,
  }),
  codesMade: ({ time, issuer }: { time: string; issuer: string }): Mail => ({
    subject: "New recovery codes for your E-num account",
    text: `Hello,

ten new recovery codes were made for your E-num account, and confirmed with your phone (${time}). All older ones are void.

If this was not you, somebody uses your phone: tell us at once at ${issuer}.
`,
  }),
  recovered: ({ left, time, issuer }: { left: number; time: string; issuer: string }): Mail => ({
    subject: "Your E-num account was recovered with a recovery code",
    text: `Hello,

your E-num account was recovered with your e-mail and a recovery code (${time}). All phones that were connected are removed, with passkeys and certificates, and every browser is signed out. Left: ${codes(left)}.${left <= 3 ? ` Make new ones soon at ${issuer}/account/recovery-codes.` : ""}

If this was not you, tell us at once at ${issuer}.
`,
  }),
  smsRecovered: ({ host }: { host: string }) =>
    `Your account at ${host} was recovered with a recovery code, and its phones are removed. If it was not you, tell us there at once.`,
  smsCode: ({ code, host }: { code: string; host: string }) =>
    `${code} is for the recovery of your account at ${host}. Read it to nobody.`,
  wait: {
    begun: ({ way, due, until, stop, issuer }: Wait): Mail => ({
      subject: "Your E-num account is being recovered",
      text: `Hello,

${WAY[way]}, and wants to recover your E-num account at ${issuer}. From ${due} on all its phones can be replaced.

If this was not you, stop it here:

    ${stop}

Then ${THEN[way](issuer)}.

If it was you, come back to ${issuer}/recovery between then and ${until}. Until then your phones go on working, and no code by SMS confirms a payment.
`,
    }),
    used: ({ due, stop, issuer }: Wait): Mail => ({
      subject: "Your phone has answered while your E-num account is being recovered",
      text: `Hello,

a phone of your E-num account has answered, while the account is being recovered at ${issuer}. So the phone is not lost, or somebody else has it. The recovery goes on: from ${due} on all phones can be replaced.

If it is not you who recovers the account, stop it here:

    ${stop}
`,
    }),
    ready: ({ until, stop, issuer }: Wait): Mail => ({
      subject: "You can recover your E-num account now",
      text: `Hello,

the wait is over: your E-num account can be recovered at ${issuer}/recovery until ${until}.

If this was not you, stop it here:

    ${stop}
`,
    }),
    stopped: ({ way, at, issuer }: Wait): Mail => ({
      subject: "The recovery of your E-num account was stopped",
      text: `Hello,

the recovery of your E-num account was stopped (${at}). Nothing has changed.

If you never asked for it, ${NEVER[way](issuer)}. If it was you who recovers it, begin again at ${issuer}/recovery.
`,
    }),
    lapsed: ({ at, issuer }: Wait): Mail => ({
      subject: "The recovery of your E-num account is over",
      text: `Hello,

nobody has come back to recover your E-num account, and the time for it is over (${at}). Nothing has changed.

If you still need it, begin again at ${issuer}/recovery.
`,
    }),
  },
  done: ({ way, time, issuer }: { way: Way; time: string; issuer: string }): Mail => ({
    subject: "Your E-num account was recovered",
    text: `Hello,

your E-num account was recovered ${BY[way]} (${time}). All phones that were connected are removed, with passkeys, certificates and recovery codes, and every browser is signed out.

If this was not you, tell us at once at ${issuer}.
`,
  }),
  smsWait: {
    begun: ({ stop }: SmsWait) => `In 48 hours your E-num account can be recovered. Not you? Stop it: ${stop}`,
    used: ({ stop }: SmsWait) =>
      `Your phone has answered, and your E-num account is being recovered. Not you? Stop it: ${stop}`,
    ready: ({ stop }: SmsWait) => `Your E-num account can be recovered now, for 7 days. Not you? Stop it: ${stop}`,
    stopped: ({ host }: SmsWait) => `The recovery of your account at ${host} was stopped. Nothing has changed.`,
    lapsed: ({ host }: SmsWait) =>
      `The recovery of your account at ${host} was not taken up and is over. Nothing has changed.`,
  },
  smsDone: ({ host }: { host: string }) =>
    `Your account at ${host} was recovered, and its phones are removed. If it was not you, tell us there at once.`,
};
