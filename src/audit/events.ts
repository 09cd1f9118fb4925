import type { Millis } from "../clock.ts";

/** What nobody needs to be told beyond account, client and device. */
type Nothing = Record<string, never>;

/** `refused`: the person did not know the device; `no-room`: when its first response came, five others worked. */
export type EnrolmentFailure = "wrong-responses" | "refused" | "no-room";

/** On whose word a device ended; on the account page by a confirmed operation, by a code from a mail, or where it never worked by a button. */
export type DeviceRevoked =
  | { by: "device" | "operator" | "recovery" }
  | { by: "account"; proof: "confirmation"; confirmation: string }
  | { by: "account"; proof: "email" | "none" };

/** `wrong-challenge`: on a device, which sends the check number as well. */
type WrongAnswer = "wrong-response" | "wrong-challenge" | "wrong-code" | "exhausted";

/** On a page nothing is known of the reason; a device says it. */
type Declined = Nothing | { by: "device"; reason: "not_me" | "wrong_details" | "changed_mind" };
/** What was done with keys that are kept in E-num Storage. */
export type StorageEvent = "backed-up" | "changed" | "retrieved" | "moved" | "deleted";
/** What a person can demand beyond the policy. */
type OwnKind = "no-sms" | "operation" | "login";

/** On whose word: a phone's, that of a sign-in of a moment ago, or the operator's. */
type DeletionAsked =
  | { by: "account"; proof: "confirmation"; confirmation: string }
  | { by: "account"; proof: "sign-in" }
  | { by: "operator"; reason: string };

type ContactKind = "email" | "phone";
/** How many of each have ended with it; each device, session, passkey and certificate has its own event as well. */
interface EndedByRecovery {
  passkeys: number;
  certificates: number;
  contactChanges: number;
  browsers: number;
  /** Notices that had been switched off. */
  notices: number;
  tillCode: boolean;
  deletion: boolean;
}
/** Who of the people who run the provider did something, and why, in words of their own; the account's owner is not told these. */
export interface ByOperator {
  name: string;
  reason: string;
}
interface StorageDetail {
  wmid: string;
  version: number;
  confirmation: string;
}

/**
 * Every kind of event, with what it tells beside account, client and device.
 * Only ids, verdicts, times, and an operator's own words: never a challenge, a response, a code, a cookie, an address or a number that reaches a person.
 */
interface EventDetails {
  "registration.started": Nothing;
  "registration.email-proven": Nothing;
  "registration.phone-proven": Nothing;
  "account.created": Nothing;
  /** Made from a line of an operator's file; `import` is the same for all lines of one run. */
  "account.imported": { import: string };
  /** A run that made accounts, with its last one; numbers of lines. */
  "import.ended": { import: string; created: number; unchanged: number; leftOut: number };
  /** `confirmation`: on whose word, where the account had a device already. */
  "enrolment.started": { enrolment: string; confirmation?: string | undefined };
  /** The activation code was used; the device waits for its first response. */
  "enrolment.code-used": { enrolment: string };
  "enrolment.failed": { enrolment: string; reason: EnrolmentFailure };
  "device.activated": { enrolment: string };
  /** Five wrong answers of its own in a row: it answers over the device API no more, until then. */
  "device.locked": { until: Millis };
  /** A new pad was handed out; the old one goes on until the new one has answered. */
  "device.renewal-begun": { version: number };
  "device.renewal-refused": { reason: WrongAnswer };
  /** The new pad has answered, and the old one is erased. */
  "device.renewed": Nothing;
  "device.revoked": DeviceRevoked;
  /** The person has given it another name, which is not told here. */
  "device.renamed": Nothing;
  /** By a code that was sent by SMS, by a passkey or by a client certificate, or with nothing said by a response. */
  "login.accepted":
    | Nothing
    | { by: "sms" }
    | { by: "passkey"; passkey: string }
    | { by: "certificate"; serial: string };
  "login.refused": { reason: WrongAnswer };
  "login.locked": { until: Millis };
  "login.declined": Declined;
  /** "It was not me", on a device: how many open requests have ended with it. */
  "login.not-me": { ended: number };
  /** The owner lets unknown browsers try again, after too many wrong responses in them. */
  "login.admitted": { until: Millis; by: "browser" | "device" };
  "operation.confirmed": { confirmation: string; type: string; binding: string };
  "operation.refused": { reason: WrongAnswer };
  "operation.locked": { until: Millis };
  "operation.declined": Declined;
  /** The same on a device or in a signed-in browser. */
  "operation.not-me": { ended: number };
  /** A code was sent by SMS. */
  "code.sent": { purpose: "login" | "operation" };
  /** One was asked for, and none was sent: there is no such account, the guard is up, it is not taken for this account, or over a limit. */
  "code.withheld": { purpose: "login" | "operation"; reason: "nobody" | "guard" | "not-taken" | "allowance" };
  "consent.given": { scope: string };
  "consent.declined": Nothing;
  /** What a site was let have is taken back, with its tokens. */
  "consent.withdrawn": Nothing;
  /** One scope of that; one of a resource server's has the resource in front, as in `consent.given`. */
  "consent.narrowed": { scope: string };
  /** Another of the account's WMIDs is what the site sees from now on. */
  "consent.wmid-chosen": Nothing;
  /** By the person or a site (RP-initiated logout), by us, after its time or a change of the account, or by the operator's verb. */
  "session.ended": { by: "person" | "provider" | "operator" };
  /** Its owner has it forgotten: its next sign-in is that of a stranger. */
  "browser.forgotten": Nothing;
  /** Something that is good once came twice; what came of it is revoked (RFC 9700 section 4.14.2). */
  "token.reused": { kind: "code" | "refresh-token" };
  /** The security bot demands more of an account, a site or a payee, for a time. */
  "policy.raised": { raise: string; demands: "operation" | "no-sms" | "refuse"; until: Millis };
  /** The operator has ended it before its time. */
  "policy.raise-ended": { raise: string };
  /** The person demands more for the own account; of a site, where it is about one. */
  "account.setting-on": { demands: OwnKind };
  /** The person has confirmed, with this confirmation, that it is no longer demanded. */
  "account.setting-off": { demands: OwnKind; confirmation: string };
  /** A notice that a person may do without; switched off with a phone's word where somebody else could gain by the silence. */
  "account.notice-on": { notice: string };
  "account.notice-off": { notice: string; confirmation?: string };
  "account.language-chosen": { language: string };
  /** All that is kept about the account, as a file, to the browser in hand. */
  "account.data-given": { confirmation: string };
  /** Everything of the account goes when it is due; `deletion` is the same in what becomes of it. */
  "account.deletion-asked": { deletion: string; due: Millis } & DeletionAsked;
  /** It was due, and waits for whoever recovers the account. */
  "account.deletion-put-off": { deletion: string; due: Millis };
  "account.deletion-stopped": { deletion: string; by: "link" | "account" | "operator" | "recovery" };
  /** Under a name that is nobody's, as all events of the account are from then on. */
  "account.deleted": { by: "account" | "operator" };
  /** It never had a phone, and was not used without one; under such a name as well. */
  "account.lapsed": Nothing;
  "passkey.added": { passkey: string; confirmation: string };
  "passkey.renamed": { passkey: string };
  "passkey.removed": { passkey: string; by?: "recovery" };
  /** `counter`: its count of signatures has not gone on, as where somebody has a copy of it. */
  "passkey.refused": { passkey: string; reason: "unproven" | "counter" };
  /** The code that sites have to know to ask on the phone. */
  "till-code.set": { confirmation: string };
  "till-code.removed": { confirmation: string } | { by: "recovery" };
  /** A site has sent another one, or one where there is none. */
  "till-code.refused": Nothing;
  /** `serial`: 34 hexadecimal digits. */
  "certificate.issued": { serial: string; confirmation: string };
  "certificate.revoked": { serial: string; by: "account" | "operator" | "recovery"; reason: string };
  /** It was shown for a sign-in, and is good no more. */
  "certificate.refused": { serial: string; reason: "expired" | "revoked" | "wmid-gone" };
  /** The authority's own certificate was made, for this key. */
  "certificate.authority-made": { kid: string };
  /** By the operator's verb, or asserted by the client that the event names. */
  "wmid.added": { wmid: string } & ({ by: "operator"; operator: ByOperator } | { by: "site" });
  /** `certificates`: how many were revoked with it; `keysUntil`: when the keys that were kept of it are deleted. */
  "wmid.removed": {
    wmid: string;
    by: "operator";
    operator: ByOperator;
    certificates: number;
    keysUntil?: Millis | undefined;
  };
  /** A code has come to a new e-mail or phone, and back. */
  "contact.proven": { kind: ContactKind };
  /** A change without a device's word waits; `change` is the same in what becomes of it. */
  "contact.change-asked": { kind: ContactKind; change: string; due: Millis };
  "contact.changed": { kind: ContactKind; change: string } & (
    | { proof: "confirmation"; confirmation: string }
    | { proof: "wait" }
  );
  "contact.change-stopped": { kind: ContactKind; change: string; by: "link" | "account" | "recovery" };
  /** When its time had come, the contact was another account's, or the account's own had changed. */
  "contact.change-refused": { kind: ContactKind; change: string };
  "recovery.codes-made": { confirmation: string };
  /** The e-mail was proven, and what was typed is no code of this account that may still be used. */
  "recovery.code-refused": Nothing;
  /** Every device and session has ended, and what else a thief could have left; how many codes are left. */
  "recovery.by-code": { left: number } & EndedByRecovery;
  /** The e-mail was proven, and a code for the recovery was sent to the phone number. */
  "recovery.sms-sent": Nothing;
  "recovery.sms-refused": Nothing;
  /** It waits; `recovery` is the same in what becomes of it. */
  "recovery.asked": { recovery: string; way: "contacts" | "operator"; due: Millis };
  /** `contact`: the account's e-mail or phone number has changed. */
  "recovery.stopped": { recovery: string; by: "link" | "account" | "contact" | "operator" };
  /** Nobody has taken it up in its time. */
  "recovery.lapsed": { recovery: string };
  /** Another way back was faster. */
  "recovery.replaced": { recovery: string };
  /** Taken up after its wait, with e-mail and phone number proven once more; `codes` on paper are void. */
  "recovery.by-contacts": { recovery: string; codes: number } & EndedByRecovery;
  /** Of who has lost phone, e-mail and number; `case` is its number, and there is no account where what was typed is nobody's. */
  "recovery.case-opened": { case: string };
  /** A code was typed that is not the case's. */
  "recovery.case-code-refused": { case: string };
  /** By this person among the operators, for this reason, in words of their own. */
  "recovery.case-allowed": { case: string; recovery: string; due: Millis; operator: string; why: string };
  "recovery.case-refused": { case: string; operator: string; why: string };
  /** Taken up after its wait with the case's code. */
  "recovery.by-operator": { case: string; recovery: string; codes: number } & EndedByRecovery;
  /** Each is one confirmation's, which is spent by it; `version` is the one that came, was given out, or was the newest. */
  "storage.backed-up": StorageDetail;
  "storage.changed": StorageDetail;
  "storage.retrieved": StorageDetail;
  "storage.moved": StorageDetail;
  "storage.deleted": StorageDetail;
  "keys.created": { kids: readonly string[] };
  /** New ones, of which `signsAt` is when they begin to sign; `atOnce`: those before hold no longer, and `withdrawn` never signed. */
  "keys.rotated": {
    purpose: string;
    kids: readonly string[];
    signsAt: Millis;
    atOnce: boolean;
    withdrawn: readonly string[];
  };
  /** One that signed no more, by the operator's word. */
  "keys.ended": { kids: readonly string[] };
  /** They sign no more, and their private halves are gone. */
  "keys.destroyed": { kids: readonly string[] };
  /** Nothing that they have signed holds any more. */
  "keys.removed": { kids: readonly string[] };
  /** The operator's verb has begun to seal everything under this master key. */
  "keys.sealing-begun": { under: string };
  /** It has come to its end: how many values it has sealed, how many none of the given keys opens, and how many each other key still seals. */
  "keys.sealed": { under: string; sealed: number; unopened: number; left: Readonly<Record<string, number>> };
}

type EventType = keyof EventDetails;

/** Those that are about an account, each of which its owner reads in words; the others are the provider's own. */
export type OwnEventType = Exclude<
  EventType,
  | "import.ended"
  | `keys.${string}`
  | "certificate.authority-made"
  | "account.deleted"
  | "account.lapsed"
  | `registration.${string}`
>;

/** One event; ids as the tables hold them. */
export type AuditEvent = {
  [Type in EventType]: {
    type: Type;
    accountId?: string | undefined;
    clientId?: string | undefined;
    deviceId?: string | undefined;
    detail: EventDetails[Type];
  };
}[EventType];
