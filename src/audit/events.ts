import type { Millis } from "../clock.ts";

/** What nobody needs to be told beyond account, client and device. */
type Nothing = Record<string, never>;

/** `refused`: the person did not know the device. */
export type EnrolmentFailure = "wrong-responses" | "refused";

/**
 * Every kind of event, with what it tells beside account, client and device.
 * Only ids, verdicts and times: never a challenge, a response, a code, a cookie, an address or a number that reaches a person.
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
  "enrolment.started": { enrolment: string };
  /** The activation code was used; the device waits for its first response. */
  "enrolment.code-used": { enrolment: string };
  "enrolment.failed": { enrolment: string; reason: EnrolmentFailure };
  "device.activated": { enrolment: string };
  "device.revoked": { by: "device" | "account" | "operator" };
  "login.accepted": Nothing;
  "login.refused": { reason: "wrong-response" | "exhausted" };
  "login.locked": { until: Millis };
  "login.declined": Nothing;
  /** The owner lets unknown browsers try again, after too many wrong responses in them. */
  "login.admitted": { until: Millis; by: "browser" | "device" };
  "operation.confirmed": { confirmation: string; type: string; binding: string };
  "operation.refused": { reason: "wrong-response" | "exhausted" };
  "operation.locked": { until: Millis };
  "operation.declined": Nothing;
  /** "It was not me", in a signed-in browser: how many open requests have ended with it. */
  "operation.not-me": { ended: number };
  "consent.given": { scope: string };
  "consent.declined": Nothing;
  /** By the person or a site (RP-initiated logout), by us, after its time or a change of the account, or by the operator's verb. */
  "session.ended": { by: "person" | "provider" | "operator" };
  /** Something that is good once came twice; what came of it is revoked (RFC 9700 section 4.14.2). */
  "token.reused": { kind: "code" | "refresh-token" };
  "keys.created": { kids: readonly string[] };
}

type EventType = keyof EventDetails;

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
