import type { Contact } from "../account/identifier.ts";
import type { Millis } from "../clock.ts";
import type { DeviceRemoved, KeptKeysChange, RecoveryWait, Setting } from "../messaging/messages.ts";

/** What has befallen an account, as its owner is to be told of it; when, the telling says itself. */
export type Happened =
  | { kind: "device-activated"; device: string }
  | ({ kind: "device-removed" } & Omit<DeviceRemoved, "at">)
  /** Five wrong answers of its own: its first lock. */
  | { kind: "device-locked"; device: string; until: Millis }
  /** A device has taken a new pad, as with a new PIN. */
  | { kind: "pad-renewed"; device: string }
  /** Five wrong responses in a browser, which is closed out: the first lock. */
  | { kind: "locked"; until: Millis }
  | { kind: "new-browser"; site: string; by: ProvenBy; origin: BrowserOrigin }
  /** Said on a device, or else in a browser that is signed in. */
  | { kind: "not-me"; site: string; device: string | undefined }
  | ({ kind: "setting"; on: boolean } & Setting)
  | { kind: "certificate-issued" | "certificate-expiring"; wmid: string; serial: string; until: Millis }
  | { kind: "certificate-revoked"; wmid: string; serial: string; by: "account" | "operator" | "recovery" }
  | { kind: "recovery-codes-made" | "data-given" }
  | DeletionHappened
  /** By a code on paper; how many are left. */
  | { kind: "recovered"; left: number }
  | ContactHappened
  | ({ kind: "recovery-wait"; due: Millis; until: Millis } & Pick<RecoveryWait, "event" | "way" | "stop">)
  /** After its wait. */
  | { kind: "recovery-done"; way: RecoveryWait["way"] }
  | ({ kind: "kept-keys" } & Omit<KeptKeysChange, "at">)
  /** By the word of this site, or else by the people who run the provider. */
  | { kind: "wmid-added"; wmid: string; site: string | undefined }
  /** How many certificates have ended with it, and when kept keys are deleted. */
  | { kind: "wmid-removed"; wmid: string; certificates: number; keysUntil: Millis | undefined }
  | { kind: "passkey-added" | "passkey-removed"; name: string }
  /** The code that sites have to know to ask on the phone. */
  | { kind: "till-code-set" | "till-code-removed" };

/** What has become of a change of e-mail or phone. */
export interface ContactHappened {
  kind: "contact-change";
  event: "waiting" | "done" | "stopped" | "refused";
  contact: Contact;
  former: string;
  /** For `waiting`: when it is made, and where it is stopped. */
  until?: Millis;
  stop?: string;
}

/** What has become of the account's own deletion, and on whose word it was. */
export interface DeletionHappened {
  kind: "account-deletion";
  event: "waiting" | "put-off" | "stopped" | "done";
  by: "account" | "operator";
  /** For `waiting` and `put-off`: when it is made; for `waiting`, where it is stopped. */
  until?: Millis;
  stop?: string;
}

/** What proved the account at a sign-in. */
export type ProvenBy = "response" | "sms" | "passkey" | "certificate";

/** Where a browser is, and what it calls itself. */
export interface BrowserOrigin {
  ip: string;
  userAgent: string;
  country?: string;
}
