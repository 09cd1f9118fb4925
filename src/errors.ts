/**
 * Every error that a person, a phone or a site can be told, with its HTTP status.
 * Codes are stable: docs/errors.md lists them, the device API sends them as `urn:e-num:problem:<code>` (RFC 9457),
 * and pages look up their words in the reader's language.
 */
export const catalogue = {
  "invalid-request": { status: 400, message: "The request is malformed: see detail." },
  "invalid-code": {
    status: 400,
    message: "This activation code does not fit: it is unknown, used, expired or not for this e-mail.",
  },
  "invalid-proof": { status: 401, message: "The device's proof does not hold: see detail." },
  "invalid-token": { status: 401, message: "The access token does not hold." },
  "confirmation-needed": { status: 401, message: "This has to be confirmed first: see authorization_details." },
  "invalid-client": { status: 401, message: "The client is not authenticated." },
  "device-revoked": { status: 401, message: "This device no longer belongs to the account." },
  "device-pending": { status: 403, message: "This device has not been confirmed by its first response yet." },
  "typed-only": {
    status: 403,
    message: "This browser never signed the account in: show the response, which is typed there.",
  },
  "not-found": { status: 404, message: "There is nothing here." },
  "method-not-allowed": { status: 405, message: "This address does not take this method." },
  "already-used": { status: 409, message: "This was used already." },
  "no-room": { status: 409, message: "There is no room for these keys: see detail." },
  "wmid-taken": { status: 409, message: "This WMID belongs to another account." },
  expired: { status: 410, message: "This has run out." },
  exhausted: { status: 410, message: "There are no tries left." },
  declined: { status: 410, message: "This was declined." },
  "version-changed": { status: 412, message: "Another version is kept than the one that was named: see detail." },
  "too-large": { status: 413, message: "The request is too large." },
  "wrong-host": { status: 421, message: "This server answers under another name." },
  "wrong-challenge": { status: 422, message: "The check number is not that of this request." },
  "wrong-response": { status: 422, message: "The response does not fit." },
  "precondition-needed": { status: 428, message: "Say which version this takes the place of: see detail." },
  locked: { status: 429, message: "Too many wrong answers from this device." },
  "too-many": { status: 429, message: "Too many requests: wait before the next." },
  "session-lost": { status: 400, message: "The cookies of this visit are gone, or the link is old." },
  "cross-site": { status: 403, message: "This form was sent from another site." },
  "site-error": { status: 400, message: "The site's request is not right." },
  "site-gone": { status: 410, message: "The site is no longer registered here." },
  "server-error": { status: 500, message: "Something failed here." },
  unavailable: { status: 503, message: "The service is not reachable for a moment." },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof catalogue;

export interface FaultOptions {
  /** For the log and for developers: what exactly was wrong. Never a secret. */
  detail?: string;
  /** Seconds until it is worth trying again; becomes `Retry-After`. */
  retryAfter?: number;
  /** How often a wrong answer may still be given. */
  triesLeft?: number;
  cause?: unknown;
}

/** Something from the catalogue, thrown to where one place turns it into a page or a problem document. */
export class Fault extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;
  readonly triesLeft: number | undefined;

  constructor(code: ErrorCode, { detail, retryAfter, triesLeft, cause }: FaultOptions = {}) {
    super(detail === undefined ? catalogue[code].message : `${catalogue[code].message} (${detail})`, { cause });
    this.name = "Fault";
    this.code = code;
    this.detail = detail;
    this.retryAfter = retryAfter;
    this.triesLeft = triesLeft;
  }

  get status(): number {
    return catalogue[this.code].status;
  }
}
