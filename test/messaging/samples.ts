import type { Message } from "../../src/messaging/messages.ts";

export const NOON = new Date("2026-11-23T12:00:00Z");

export const CHANGE = {
  event: "waiting",
  kind: "email",
  to: "n•••@example.com",
  at: NOON,
  until: NOON,
  stop: "https://id.example.com/stop/AAAAAAAAAAAAAAAAAAAAAA",
} as const;

/** The same key as in a link of a changed contact, so that a text is as long. */
export const DELETION = { event: "waiting", by: "account", at: NOON, until: NOON, stop: CHANGE.stop } as const;
export const WAIT = {
  event: "begun",
  way: "contacts",
  at: NOON,
  due: NOON,
  until: NOON,
  stop: CHANGE.stop,
} as const;

type Template = Message["template"];
type Content = Message extends infer One ? (One extends Message ? Omit<One, "to" | "locale"> : never) : never;

/** A sample of each message that can be sent, by its template. */
export const every: { [Name in Template]: Extract<Content, { template: Name }> } = {
  "email-code": {
    channel: "mail",
    template: "email-code",
    params: { code: "AB12CD34", site: "Book shop" },
    expiresAt: 0,
  },
  "registration-code": {
    channel: "mail",
    template: "registration-code",
    params: { code: "AB12CD34" },
    expiresAt: 0,
  },
  "email-already-registered": { channel: "mail", template: "email-already-registered", params: {} },
  "device-activated": { channel: "mail", template: "device-activated", params: { device: "My phone", at: NOON } },
  "device-removed": {
    channel: "mail",
    template: "device-removed",
    params: { device: "My phone", by: "account", last: true, at: NOON },
  },
  "phone-device-removed": {
    channel: "sms",
    template: "phone-device-removed",
    params: { device: "My phone", last: true },
  },
  "device-removal-code": {
    channel: "mail",
    template: "device-removal-code",
    params: { code: "AB12CD34", device: "My phone" },
    expiresAt: 0,
  },
  locked: { channel: "mail", template: "locked", params: { until: NOON } },
  "not-me": { channel: "mail", template: "not-me", params: { site: "Book shop", at: NOON } },
  "not-me-on-device": {
    channel: "mail",
    template: "not-me-on-device",
    params: { site: "Book shop", at: NOON, device: "My phone" },
  },
  "device-locked": { channel: "mail", template: "device-locked", params: { device: "My phone", until: NOON } },
  "pad-renewed": { channel: "mail", template: "pad-renewed", params: { device: "My phone", at: NOON } },
  "phone-pad-renewed": { channel: "sms", template: "phone-pad-renewed", params: { device: "My phone", at: NOON } },
  setting: {
    channel: "mail",
    template: "setting",
    params: { demands: "login", site: "Book shop", on: true, at: NOON },
  },
  "kept-keys": {
    channel: "mail",
    template: "kept-keys",
    params: { event: "retrieved", wmid: "301234567890", site: "Keeper", at: NOON },
  },
  "new-browser": {
    channel: "mail",
    template: "new-browser",
    params: {
      site: "Book shop",
      by: "response",
      ip: "203.0.113.7",
      userAgent: "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
      country: "DE",
      at: NOON,
    },
  },
  test: { channel: "mail", template: "test", params: { at: NOON } },
  "phone-test": { channel: "sms", template: "phone-test", params: { at: NOON } },
  "phone-not-me": { channel: "sms", template: "phone-not-me", params: { site: "Book shop", at: NOON } },
  "phone-code": { channel: "sms", template: "phone-code", params: { code: "482193" }, expiresAt: 0 },
  "phone-device-activated": {
    channel: "sms",
    template: "phone-device-activated",
    params: { device: "My phone", at: NOON },
  },
  "sign-in-code": {
    channel: "sms",
    template: "sign-in-code",
    params: { code: "042119", site: "Book shop" },
    expiresAt: 0,
  },
  "operation-code": {
    channel: "sms",
    template: "operation-code",
    expiresAt: 0,
    params: {
      code: "042119",
      site: "Book shop",
      noun: "Payment",
      amount: "10.50 WMZ",
      payee: { name: "Book shop", account: "Z 1234 5678 9012" },
    },
  },
  "certificate-issued": {
    channel: "mail",
    template: "certificate-issued",
    params: { wmid: "301234567890", serial: "01".repeat(17), until: NOON, at: NOON },
  },
  "certificate-expiring": {
    channel: "mail",
    template: "certificate-expiring",
    params: { wmid: "301234567890", serial: "01".repeat(17), until: NOON },
  },
  "certificate-revoked": {
    channel: "mail",
    template: "certificate-revoked",
    params: { wmid: "301234567890", serial: "01".repeat(17), by: "account", at: NOON },
  },
  "wmid-added": { channel: "mail", template: "wmid-added", params: { wmid: "301234567890", at: NOON } },
  "wmid-removed": {
    channel: "mail",
    template: "wmid-removed",
    params: { wmid: "301234567890", certificates: 1, keysUntil: NOON, at: NOON },
  },
  "recovery-email-code": {
    channel: "mail",
    template: "recovery-email-code",
    params: { code: "K7QF29XW" },
    expiresAt: 0,
  },
  "data-given": { channel: "mail", template: "data-given", params: { at: NOON } },
  "recovery-codes-made": { channel: "mail", template: "recovery-codes-made", params: { at: NOON } },
  recovered: { channel: "mail", template: "recovered", params: { left: 3, at: NOON } },
  "phone-recovered": { channel: "sms", template: "phone-recovered", params: {} },
  "phone-recovery-code": { channel: "sms", template: "phone-recovery-code", params: { code: "482193" }, expiresAt: 0 },
  "recovery-wait": { channel: "mail", template: "recovery-wait", params: WAIT },
  "phone-recovery-wait": { channel: "sms", template: "phone-recovery-wait", params: WAIT },
  "recovery-done": { channel: "mail", template: "recovery-done", params: { way: "contacts", at: NOON } },
  "phone-recovery-done": { channel: "sms", template: "phone-recovery-done", params: { way: "contacts", at: NOON } },
  "contact-code": { channel: "mail", template: "contact-code", params: { code: "K7QF29XW" }, expiresAt: 0 },
  "phone-contact-code": { channel: "sms", template: "phone-contact-code", params: { code: "482193" }, expiresAt: 0 },
  "contact-taken": { channel: "mail", template: "contact-taken", params: {} },
  "phone-contact-taken": { channel: "sms", template: "phone-contact-taken", params: {} },
  "contact-change": { channel: "mail", template: "contact-change", params: CHANGE },
  "phone-contact-change": { channel: "sms", template: "phone-contact-change", params: CHANGE },
  "account-deletion": { channel: "mail", template: "account-deletion", params: DELETION },
  "phone-account-deletion": { channel: "sms", template: "phone-account-deletion", params: DELETION },
  "passkey-added": { channel: "mail", template: "passkey-added", params: { name: "Blue key", at: NOON } },
  "passkey-removed": { channel: "mail", template: "passkey-removed", params: { name: "Blue key", at: NOON } },
  "till-code-set": { channel: "mail", template: "till-code-set", params: { at: NOON } },
  "till-code-removed": { channel: "mail", template: "till-code-removed", params: { at: NOON } },
  "phone-already-registered": { channel: "sms", template: "phone-already-registered", params: {} },
};

const WAIT_EVENTS = ["begun", "used", "ready", "stopped", "lapsed"] as const;
const CONTACT_EVENTS = ["waiting", "done", "stopped", "refused"] as const;
const DELETION_EVENTS = ["waiting", "put-off", "stopped", "done"] as const;
const CONTACT_KINDS = ["email", "phone"] as const;

/** Those of a template that begin in other words. */
export function variantsOf(template: Template): Content[] {
  switch (template) {
    case "setting":
      return [true, false].map((on) => ({ ...every.setting, params: { ...every.setting.params, on } }));
    case "contact-change":
      return CONTACT_EVENTS.flatMap((event) =>
        CONTACT_KINDS.map((kind) => ({ ...every["contact-change"], params: { ...CHANGE, event, kind } })),
      );
    case "phone-contact-change":
      return CONTACT_EVENTS.flatMap((event) =>
        CONTACT_KINDS.map((kind) => ({ ...every["phone-contact-change"], params: { ...CHANGE, event, kind } })),
      );
    case "account-deletion":
      return DELETION_EVENTS.map((event) => ({ ...every["account-deletion"], params: { ...DELETION, event } }));
    case "phone-account-deletion":
      return DELETION_EVENTS.map((event) => ({ ...every["phone-account-deletion"], params: { ...DELETION, event } }));
    case "recovery-wait":
      return WAIT_EVENTS.map((event) => ({ ...every["recovery-wait"], params: { ...WAIT, event } }));
    case "phone-recovery-wait":
      return WAIT_EVENTS.map((event) => ({ ...every["phone-recovery-wait"], params: { ...WAIT, event } }));
    default:
      return [every[template]];
  }
}

export const templates: readonly Template[] = Object.values(every).map(({ template }) => template);
