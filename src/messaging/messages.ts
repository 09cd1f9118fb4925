import type { Millis } from "../clock.ts";
import type { Locale, Messages } from "../locale/locale.ts";

interface To {
  /** An e-mail address or a phone number (E.164), by the channel. */
  to: string;
  locale: Locale;
}

/** What a person can switch on or off on the account's pages; `site` is a name, where it is about one. */
export type Setting =
  | { demands: "no-sms" | "operation" | "login"; site?: string | undefined }
  | { demands: "notice"; notice: keyof Messages["notice"]["kinds"] };

export type SettingChange = Setting & {
  on: boolean;
  at: Date;
};

/** Of an operation that a code is for, in the reader's language: what, how much and to whom, where it has these. */
export interface AboutOperation {
  noun: string;
  amount?: string | undefined;
  payee?: { name?: string | undefined; account: string } | undefined;
}

/** What was done with keys in E-num Storage, by which site or program. */
export interface KeptKeysChange {
  event: "backed-up" | "changed" | "retrieved" | "moved" | "deleted";
  wmid: string;
  site: string;
  at: Date;
}

/** On whose word it was; `last`: no other device works for the account. */
export interface DeviceRemoved {
  device: string;
  by: "device" | "account" | "operator" | "recovery";
  last: boolean;
  at: Date;
}

/** A client certificate, by its WMID and its serial number in 34 hexadecimal digits. */
interface OfCertificate {
  wmid: string;
  serial: string;
  at: Date;
}

/** `site` has asserted it; without one the people who run the provider have done it. */
interface WmidAdded {
  wmid: string;
  site?: string | undefined;
  at: Date;
}

/** With what ended with it: how many certificates, and when kept keys are deleted, if there are any. */
interface WmidRemoved {
  wmid: string;
  certificates: number;
  keysUntil?: Date | undefined;
  at: Date;
}

/** What has become of a change of an account's e-mail or phone. */
export interface ContactChange {
  event: "waiting" | "done" | "stopped" | "refused";
  kind: "email" | "phone";
  /** The new one, with its middle hidden. */
  to: string;
  at: Date;
  /** For `waiting`: when it is made. */
  until?: Date;
  /** For `waiting`: the link that stops it. */
  stop?: string;
}

/** What has become of a recovery that waits. */
export interface RecoveryWait {
  /** `used`: a phone of the account has answered meanwhile; `ready`: it may be taken up. */
  event: "begun" | "used" | "ready" | "stopped" | "lapsed";
  way: "contacts" | "operator";
  at: Date;
  /** From then on it may be taken up, and until then. */
  due: Date;
  until: Date;
  /** The link that stops it. */
  stop: string;
}

interface RecoveryDone {
  way: RecoveryWait["way"];
  at: Date;
}

/** A sign-in from a browser that the account did not know. */
interface NewBrowser {
  site: string;
  by: "response" | "sms" | "passkey" | "certificate";
  ip: string;
  userAgent: string;
  /** ISO 3166-1, two letters. */
  country?: string;
  at: Date;
}

/** What has become of an account's deletion, and on whose word it was. */
export interface AccountDeletion {
  event: "waiting" | "put-off" | "stopped" | "done";
  by: "account" | "operator";
  at: Date;
  /** For `waiting` and `put-off`: when it is made. */
  until?: Date;
  /** For `waiting`: the link that stops it. */
  stop?: string;
}

/** By the name that its owner gave it. */
interface OfPasskey {
  name: string;
  at: Date;
}

/** What can be sent; `site` is the name of the site that the person goes on to. What bears a code is not sent once that has expired. */
export type Message = To &
  (
    | {
        channel: "mail";
        template: "email-code";
        params: { code: string; site?: string | undefined };
        expiresAt: Millis;
      }
    | { channel: "mail"; template: "registration-code"; params: { code: string }; expiresAt: Millis }
    | { channel: "mail"; template: "email-already-registered"; params: Record<string, never> }
    | { channel: "mail"; template: "device-activated"; params: { device: string; at: Date } }
    | { channel: "mail"; template: "device-removed"; params: DeviceRemoved }
    | { channel: "sms"; template: "phone-device-removed"; params: { device: string; last: boolean } }
    | { channel: "mail"; template: "device-removal-code"; params: { code: string; device: string }; expiresAt: Millis }
    | { channel: "mail"; template: "locked"; params: { until: Date } }
    | { channel: "mail"; template: "device-locked"; params: { device: string; until: Date } }
    | { channel: "mail"; template: "pad-renewed"; params: { device: string; at: Date } }
    | { channel: "sms"; template: "phone-pad-renewed"; params: { device: string; at: Date } }
    | { channel: "mail"; template: "not-me"; params: { site: string; at: Date } }
    | { channel: "mail"; template: "not-me-on-device"; params: { site: string; at: Date; device: string } }
    | { channel: "mail"; template: "setting"; params: SettingChange }
    | { channel: "mail"; template: "certificate-issued"; params: OfCertificate & { until: Date } }
    | { channel: "mail"; template: "certificate-expiring"; params: Omit<OfCertificate, "at"> & { until: Date } }
    | {
        channel: "mail";
        template: "certificate-revoked";
        params: OfCertificate & { by: "account" | "operator" | "recovery" };
      }
    | { channel: "mail"; template: "wmid-added"; params: WmidAdded }
    | { channel: "mail"; template: "wmid-removed"; params: WmidRemoved }
    | { channel: "mail"; template: "recovery-email-code"; params: { code: string }; expiresAt: Millis }
    | { channel: "mail"; template: "recovery-codes-made"; params: { at: Date } }
    | { channel: "mail"; template: "data-given"; params: { at: Date } }
    | { channel: "mail"; template: "recovered"; params: { left: number; at: Date } }
    | { channel: "sms"; template: "phone-recovered"; params: Record<string, never> }
    | { channel: "sms"; template: "phone-recovery-code"; params: { code: string }; expiresAt: Millis }
    | { channel: "mail"; template: "recovery-wait"; params: RecoveryWait }
    | { channel: "sms"; template: "phone-recovery-wait"; params: RecoveryWait }
    | { channel: "mail"; template: "recovery-done"; params: RecoveryDone }
    | { channel: "sms"; template: "phone-recovery-done"; params: RecoveryDone }
    | { channel: "mail"; template: "contact-code"; params: { code: string }; expiresAt: Millis }
    | { channel: "sms"; template: "phone-contact-code"; params: { code: string }; expiresAt: Millis }
    | { channel: "mail"; template: "contact-taken"; params: Record<string, never> }
    | { channel: "sms"; template: "phone-contact-taken"; params: Record<string, never> }
    | { channel: "mail"; template: "contact-change"; params: ContactChange }
    | { channel: "sms"; template: "phone-contact-change"; params: ContactChange }
    | { channel: "mail"; template: "account-deletion"; params: AccountDeletion }
    | { channel: "sms"; template: "phone-account-deletion"; params: AccountDeletion }
    | { channel: "mail"; template: "kept-keys"; params: KeptKeysChange }
    | { channel: "mail"; template: "new-browser"; params: NewBrowser }
    | { channel: "mail"; template: "till-code-set"; params: { at: Date } }
    | { channel: "mail"; template: "till-code-removed"; params: { at: Date } }
    | { channel: "mail"; template: "passkey-added"; params: OfPasskey }
    | { channel: "mail"; template: "passkey-removed"; params: OfPasskey }
    | { channel: "mail"; template: "test"; params: { at: Date } }
    | { channel: "sms"; template: "phone-test"; params: { at: Date } }
    | { channel: "sms"; template: "phone-not-me"; params: { site: string; at: Date } }
    | { channel: "sms"; template: "phone-code"; params: { code: string }; expiresAt: Millis }
    | { channel: "sms"; template: "sign-in-code"; params: { code: string; site: string }; expiresAt: Millis }
    | {
        channel: "sms";
        template: "operation-code";
        params: { code: string; site: string } & AboutOperation;
        expiresAt: Millis;
      }
    | { channel: "sms"; template: "phone-device-activated"; params: { device: string; at: Date } }
    | { channel: "sms"; template: "phone-already-registered"; params: Record<string, never> }
  );

/** A message to nobody; distributes, so that template and params stay together. */
export type Unaddressed = Message extends infer One ? (One extends Message ? Omit<One, "to"> : never) : never;

/** The words of a message; an SMS has neither subject nor HTML. */
export interface Written {
  subject?: string;
  text: string;
  html?: string;
}
