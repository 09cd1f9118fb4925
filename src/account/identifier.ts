import { domainToASCII } from "node:url";
import { dropSeparators, trimTyped } from "../typed.ts";
import { parseWmid, type Wmid } from "../wmid.ts";

/** An e-mail in the one form that is stored and compared: lower case, the domain in A-labels (RFC 5890). */
export type Email = string & { readonly brand: "Email" };
/** A phone number as E.164 writes it: `+` and 7 to 15 digits. */
export type Phone = string & { readonly brand: "Phone" };

export type Identifier =
  | { kind: "email"; value: Email }
  | { kind: "wmid"; value: Wmid }
  | { kind: "phone"; value: Phone };

/** What an account has one of, proven by a code, and what is told to its owner there. */
export type Contact = Exclude<Identifier, { kind: "wmid" }>;

/** RFC 5321 section 4.5.3.1: 64 octets before the `@`, 254 in all (its erratum 1690). */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

/** Undefined for what no mail server would take. */
export function parseEmail(text: string): Email | undefined {
  const trimmed = trimTyped(text);
  const at = trimmed.lastIndexOf("@");
  if (at < 1) return undefined;
  const local = trimmed.slice(0, at).toLowerCase();
  const domain = domainToASCII(trimmed.slice(at + 1).toLowerCase());
  if (local.length > 64 || !LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  const email = `${local}@${domain}`;
  return email.length <= 254 ? (email as Email) : undefined;
}

/** Spaces, hyphens and brackets are dropped, and `00` before a country code is a `+`. */
export function parsePhone(text: string): Phone | undefined {
  const compact = dropSeparators(text).replace(/[().]/g, "").replace(/^00/, "+");
  return /^\+[1-9][0-9]{6,14}$/.test(compact) ? (compact as Phone) : undefined;
}

/** With `@` an e-mail; 12 bare digits a WMID; `+` and 7 to 15 digits a phone (PROTOCOL 7). */
export function parseIdentifier(text: string): Identifier | undefined {
  if (text.includes("@")) {
    const email = parseEmail(text);
    return email === undefined ? undefined : { kind: "email", value: email };
  }
  const phone = parsePhone(text);
  if (phone !== undefined) return { kind: "phone", value: phone };
  const wmid = parseWmid(text);
  return wmid === undefined ? undefined : { kind: "wmid", value: wmid };
}

/** Enough for the owner to tell two accounts apart: `a•••@example.com`. */
export function emailHint(email: string): string {
  return `${email.slice(0, 1)}•••${email.slice(email.lastIndexOf("@"))}`;
}

/** Enough to know one's own number again: `+15•••••01`. */
export function phoneHint(phone: Phone): string {
  return `${phone.slice(0, 3)}•••••${phone.slice(-2)}`;
}

export function contactHint(contact: Contact): string {
  return contact.kind === "email" ? emailHint(contact.value) : phoneHint(contact.value);
}
