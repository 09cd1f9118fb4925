/** What a request says of the version that it means (RFC 9110 section 13.1), and of its own body (RFC 9530). */
import { createHash } from "node:crypto";

/** What is done with kept keys: the member `action` of the operation that is confirmed for it (PROTOCOL 9, `keys`). */
export type Action = "back_up" | "change" | "retrieve" | "move" | "delete";

export interface Version {
  version: number;
  /** SHA-256 of the envelope, base64url. */
  digest: string;
}

/** A new first version has the number of a former one, so that the name has the content in it. */
export function entityTag({ version, digest }: Version): string {
  return `"${version}.${digest.slice(0, 16)}"`;
}

/** `new`: nothing is kept yet. `of`: the version that is to be replaced, or read, as If-Match names it. `any`: nothing is said. */
export type Precondition =
  | { kind: "new" }
  | { kind: "of"; tags: readonly string[] }
  | { kind: "any" }
  | { kind: "unclear" };

/** From If-Match and If-None-Match; "" where they are not there. */
export function preconditionOf(ifMatch: string, ifNoneMatch: string): Precondition {
  if (ifMatch !== "" && ifNoneMatch !== "") return { kind: "unclear" };
  if (ifNoneMatch !== "") return ifNoneMatch.trim() === "*" ? { kind: "new" } : { kind: "unclear" };
  if (ifMatch === "") return { kind: "any" };
  return { kind: "of", tags: ifMatch.split(",").map((tag) => tag.trim()) };
}

/** Whether what is kept is what was meant. */
export function holds(precondition: Precondition, current: Version | undefined): boolean {
  switch (precondition.kind) {
    case "new":
      return current === undefined;
    case "of":
      return current !== undefined && ["*", entityTag(current)].some((tag) => precondition.tags.includes(tag));
    case "any":
      return true;
    case "unclear":
      return false;
    default:
      return precondition satisfies never;
  }
}

export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

/** The header Content-Digest for these bytes. */
export function contentDigest(bytes: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
}

/** Whether a sent Content-Digest is of these bytes; undefined where it has no SHA-256. */
export function isDigestOf(header: string, bytes: Uint8Array): boolean | undefined {
  const sent = header.split(",").find((one) => one.trim().startsWith("sha-256="));
  return sent === undefined ? undefined : sent.trim() === contentDigest(bytes);
}
