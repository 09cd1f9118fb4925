import { contactHint } from "../account/identifier.ts";
import type { AccountDeletion, ContactChange, Message } from "../messaging/messages.ts";
import type { ContactHappened, DeletionHappened, Happened } from "./happened.ts";

/** Notices that a person may do without. All others are always sent: who has taken over a browser or a phone must not silence them. */
export const OPTIONAL = ["new-browser", "kept-keys", "certificate-expiring"] as const;
export type OptionalNotice = (typeof OPTIONAL)[number];

/** Those by whose silence somebody else could gain: they are switched off with the phone alone. */
export const GUARDING: readonly OptionalNotice[] = ["new-browser", "kept-keys"];

/** By which optional notice this is told; undefined where it is always told. */
export function optionalOf(happened: Happened): OptionalNotice | undefined {
  // What ends keys is told whatever was chosen: it can be undone for some days alone.
  if (happened.kind === "kept-keys" && (happened.event === "moved" || happened.event === "deleted")) return undefined;
  return OPTIONAL.find((one) => one === happened.kind);
}

/** A message without its reader. */
export type Told = Message extends infer One ? (One extends Message ? Omit<One, "to" | "locale"> : never) : never;

/** An account's addresses. */
export interface Reached {
  email: string;
  phone: string;
}

/** To whom what is sent: on all channels what concerns a phone or a contact, by mail alone the rest. */
export function messagesOf(happened: Happened, { email, phone }: Reached, at: Date): (Told & { to: string })[] {
  const { kind } = happened;
  switch (kind) {
    case "device-activated":
    case "pad-renewed": {
      const params = { device: happened.device, at };
      return kind === "pad-renewed"
        ? [
            { to: email, channel: "mail", template: kind, params },
            { to: phone, channel: "sms", template: "phone-pad-renewed", params },
          ]
        : [
            { to: email, channel: "mail", template: kind, params },
            { to: phone, channel: "sms", template: "phone-device-activated", params },
          ];
    }
    case "device-removed": {
      const { device, by, last } = happened;
      return [
        { to: email, channel: "mail", template: kind, params: { device, by, last, at } },
        { to: phone, channel: "sms", template: "phone-device-removed", params: { device, last } },
      ];
    }
    case "not-me": {
      const { device, site } = happened;
      const params = { site, at };
      return [
        device === undefined
          ? { to: email, channel: "mail", template: "not-me", params }
          : { to: email, channel: "mail", template: "not-me-on-device", params: { ...params, device } },
        { to: phone, channel: "sms", template: "phone-not-me", params },
      ];
    }
    case "recovered":
      return [
        { to: email, channel: "mail", template: kind, params: { left: happened.left, at } },
        { to: phone, channel: "sms", template: "phone-recovered", params: {} },
      ];
    case "account-deletion":
      return ofDeletion(happened, { email, phone }, at);
    case "recovery-wait": {
      const { event, way, stop, due, until } = happened;
      const params = { event, way, stop, at, due: new Date(due), until: new Date(until) };
      return [
        { to: email, channel: "mail", template: kind, params },
        { to: phone, channel: "sms", template: "phone-recovery-wait", params },
      ];
    }
    case "recovery-done": {
      const params = { way: happened.way, at };
      return [
        { to: email, channel: "mail", template: kind, params },
        { to: phone, channel: "sms", template: "phone-recovery-done", params },
      ];
    }
    case "contact-change":
      return ofContact(happened, { email, phone }, at);
    default:
      return [{ ...mailOf(happened, at), to: email }];
  }
}

/** On all channels. */
type ToldEverywhere =
  | "device-activated"
  | "pad-renewed"
  | "device-removed"
  | "not-me"
  | "recovered"
  | "recovery-wait"
  | "recovery-done"
  | "contact-change"
  | "account-deletion";

/** What is told by mail alone. */
function mailOf(happened: Exclude<Happened, { kind: ToldEverywhere }>, at: Date): Told {
  switch (happened.kind) {
    case "locked":
      return { channel: "mail", template: "locked", params: { until: new Date(happened.until) } };
    case "device-locked": {
      const { device, until } = happened;
      return { channel: "mail", template: "device-locked", params: { device, until: new Date(until) } };
    }
    case "new-browser": {
      const { site, by, origin } = happened;
      return { channel: "mail", template: "new-browser", params: { site, by, ...origin, at } };
    }
    case "setting": {
      const { kind: _, ...params } = happened;
      return { channel: "mail", template: "setting", params: { ...params, at } };
    }
    case "certificate-issued": {
      const { wmid, serial, until } = happened;
      return { channel: "mail", template: "certificate-issued", params: { wmid, serial, until: new Date(until), at } };
    }
    case "certificate-expiring": {
      const { wmid, serial, until } = happened;
      return { channel: "mail", template: "certificate-expiring", params: { wmid, serial, until: new Date(until) } };
    }
    case "certificate-revoked": {
      const { wmid, serial, by } = happened;
      return { channel: "mail", template: "certificate-revoked", params: { wmid, serial, by, at } };
    }
    case "recovery-codes-made":
      return { channel: "mail", template: "recovery-codes-made", params: { at } };
    case "data-given":
      return { channel: "mail", template: "data-given", params: { at } };
    case "kept-keys": {
      const { event, wmid, site } = happened;
      return { channel: "mail", template: "kept-keys", params: { event, wmid, site, at } };
    }
    case "wmid-added": {
      const { wmid, site } = happened;
      return { channel: "mail", template: "wmid-added", params: { wmid, site, at } };
    }
    case "wmid-removed": {
      const { wmid, certificates, keysUntil: until } = happened;
      const keysUntil = until === undefined ? undefined : new Date(until);
      return { channel: "mail", template: "wmid-removed", params: { wmid, certificates, keysUntil, at } };
    }
    case "till-code-set":
    case "till-code-removed":
      return { channel: "mail", template: happened.kind, params: { at } };
    case "passkey-added":
      return { channel: "mail", template: "passkey-added", params: { name: happened.name, at } };
    case "passkey-removed":
      return { channel: "mail", template: "passkey-removed", params: { name: happened.name, at } };
    default:
      return happened satisfies never;
  }
}

/** By mail and by SMS: whoever has taken one of them shall not be the only one who knows. */
function ofDeletion(happened: DeletionHappened, { email, phone }: Reached, at: Date): (Told & { to: string })[] {
  const { event, by, until, stop } = happened;
  const params: AccountDeletion = {
    event,
    by,
    at,
    ...(until === undefined ? {} : { until: new Date(until) }),
    ...(stop === undefined ? {} : { stop }),
  };
  return [
    { to: email, channel: "mail", template: "account-deletion", params },
    { to: phone, channel: "sms", template: "phone-account-deletion", params },
  ];
}

/** On the old contact, on the new one, and on the account's other. */
function ofContact(happened: ContactHappened, account: Reached, at: Date): (Told & { to: string })[] {
  const { event, contact, former, until, stop } = happened;
  const params: ContactChange = {
    event,
    kind: contact.kind,
    to: contactHint(contact),
    at,
    ...(until === undefined ? {} : { until: new Date(until) }),
    ...(stop === undefined ? {} : { stop }),
  };
  const mail = (to: string) => ({ to, channel: "mail", template: "contact-change", params }) as const;
  const sms = (to: string) => ({ to, channel: "sms", template: "phone-contact-change", params }) as const;
  // Of what has come to nothing because it is another's, the other is not told.
  const both = event === "refused" ? [former] : [former, contact.value];
  return contact.kind === "email" ? [...both.map(mail), sms(account.phone)] : [...both.map(sms), mail(account.email)];
}
