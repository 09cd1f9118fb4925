import type { X509Certificate } from "node:crypto";

/** Members of a client's entry that name the certificate's subject (RFC 8705 section 2.1.2); an entry has one of them. */
export const SUBJECT_MEMBERS = [
  "tls_client_auth_subject_dn",
  "tls_client_auth_san_dns",
  "tls_client_auth_san_uri",
  "tls_client_auth_san_ip",
  "tls_client_auth_san_email",
] as const;

export type SubjectMember = (typeof SUBJECT_MEMBERS)[number];

export function matchesSubject(certificate: X509Certificate, member: SubjectMember, expected: string): boolean {
  switch (member) {
    case "tls_client_auth_subject_dn": {
      const wanted = parseName(expected);
      return wanted !== undefined && wanted.join("\n") === nameOf(certificate).join("\n");
    }
    case "tls_client_auth_san_dns":
      return certificate.checkHost(expected, { subject: "never", wildcards: false }) !== undefined;
    case "tls_client_auth_san_ip":
      return certificate.checkIP(expected) !== undefined;
    case "tls_client_auth_san_email":
      return certificate.checkEmail(expected, { subject: "never" }) !== undefined;
    case "tls_client_auth_san_uri":
      return alternativeNames(certificate).includes(`URI:${expected}`);
    default:
      return member satisfies never;
  }
}

/**
 * A distinguished name as RFC 4514 writes it, `CN=bot,O=Example\, Inc.,C=US`, as its parts from the last to the first:
 * types in capitals, values without escapes. Undefined for what is no such name, or has a part with several values.
 */
export function parseName(text: string): string[] | undefined {
  const parts = text.match(/(?:\\.|[^,\\])+/g) ?? [];
  // What is between the parts are commas alone.
  if (parts.join(",") !== text) return undefined;
  const parsed = parts.map(parsePart);
  return parsed.includes(undefined) ? undefined : parsed.flatMap((part) => part ?? []).reverse();
}

function parsePart(part: string): string | undefined {
  const [, type, value] = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
  if (type === undefined || value === undefined || /(?<!\\)\+/.test(value)) return undefined;
  return `${type.toUpperCase()}=${unescaped(value)}`;
}

/** RFC 4514 section 2.4: a backslash stands before a character, or before two hexadecimal digits of a byte of UTF-8. */
function unescaped(value: string): string {
  return value
    .replace(/(?:\\[0-9A-Fa-f]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("\\", ""), "hex").toString())
    .replace(/\\(.)/gs, "$1");
}

/** Node has a line for each part, the first first, and escapes as RFC 4514 does. */
function nameOf({ subject = "" }: X509Certificate): string[] {
  return subject.split("\n").map((part) => parsePart(part) ?? "");
}

/** `DNS:a, URI:"a, b"`: Node quotes a name that holds what could be taken for another. */
function alternativeNames({ subjectAltName = "" }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/([A-Za-z ]+:)("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(
    ([, kind = "", name = ""]) => (name.startsWith('"') ? `${kind}${String(JSON.parse(name))}` : `${kind}${name}`),
  );
}
