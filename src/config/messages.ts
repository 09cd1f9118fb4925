import { isIP } from "node:net";
import { isLoopback, Refusal } from "./values.ts";
import type { VariableName } from "./variables.ts";

/** Addresses that nobody outside has (RFC 1918, RFC 4193), as they are written at the beginning. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[?f[cd][0-9a-f]{2}:)/i;
/** Where TLS begins with the connection, and where it comes by STARTTLS (RFC 8314 section 3.3, RFC 6409). */
const PORTS = { "smtps:": ["25", "587", "2525"], "smtp:": ["465"] } as const;

/** This machine, or one that only the operator's own network has: by a private address or a name of one word, as containers have. */
export function isOwnNetwork(host: string): boolean {
  if (isLoopback(host)) return true;
  // `10.example.com` is a name, and `134744072` an address.
  return isIP(host.replace(/^\[|\]$/g, "")) === 0 ? /^(?=.*[a-z])[a-z0-9-]+$/i.test(host) : PRIVATE.test(host);
}

/** Nothing of it can be an option: whoever writes `?ignoreTLS=true` would send codes in the clear. */
export function parseSmtpUrl(given: string): string | Refusal {
  const url = URL.parse(given);
  if (
    url === null ||
    !(url.protocol === "smtp:" || url.protocol === "smtps:") ||
    url.hostname === "" ||
    url.port === "0"
  )
    return new Refusal(
      "is not a mail server's address: write smtp://user:password@host:587 or smtps://user:password@host:465.",
    );
  if (!["", "/"].includes(url.pathname) || url.search !== "" || url.hash !== "")
    return new Refusal("has more than a mail server's address: write nothing behind host and port.");
  if ((url.username === "") !== (url.password === "") || !isEncoded(url.username) || !isEncoded(url.password))
    return new Refusal("needs user and password, or neither: each percent-encoded where it has odd characters.");
  const other: readonly string[] = PORTS[url.protocol];
  if (other.includes(url.port)) {
    const right = url.protocol === "smtp:" ? "smtps" : "smtp";
    return new Refusal(`has the port ${url.port}, which is spoken to by ${right}://: write that, or another port.`);
  }
  return given;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Without the countries, which say who is to be sent codes, once there is a gateway. */
const SMS_PARTS = ["PROFILE", "FROM", "METHOD", "HEADERS", "BODY"] as const;

/** What is wrong between the variables of mail and SMS, where something is sent at all; `smsUrl` is the gateway's address, whatever its profile. */
export function messageFaults(
  isSet: (name: VariableName) => boolean,
  { production, smsUrl }: { production: boolean; smsUrl: string | undefined },
): string[] {
  if (!production) return [];
  const faults: string[] = [];
  if (isSet("ENUM_ID_MAIL_FROM") && !isSet("ENUM_ID_SMTP_URL"))
    faults.push("ENUM_ID_MAIL_FROM is set, but ENUM_ID_SMTP_URL is not: name the mail server, or remove the sender.");
  const alone = SMS_PARTS.filter((part) => isSet(`ENUM_ID_SMS_${part}`));
  if (!isSet("ENUM_ID_SMS_URL") && alone.length > 0)
    faults.push(
      `ENUM_ID_SMS_${alone.join(", _")} ${alone.length === 1 ? "is" : "are"} set, but ENUM_ID_SMS_URL is not: name the gateway, or remove the rest.`,
    );
  const address = smsUrl === undefined ? null : URL.parse(smsUrl);
  if (address?.protocol === "http:" && !isOwnNetwork(address.hostname))
    faults.push(
      `ENUM_ID_SMS_URL is http:// to ${address.hostname}: codes and the gateway's password would go through other people's networks in the clear; write https://, or the private address of a gateway of your own.`,
    );
  return faults;
}
