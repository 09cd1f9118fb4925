import { MINUTE, type Millis } from "../clock.ts";
import { type Locale, languages } from "../locale/locale.ts";
import type { Random } from "../random.ts";

/** An operation of our own client's (PROTOCOL 9, `security_settings`): what the page and the phone say is in these words. */
export interface OwnOperation {
  type: string;
  operation_id: string;
  setting: string;
  /** What is true until then, where that can be said in few words. */
  from?: string;
  to: string;
}

/** A confirmed operation, as far as it is looked at here. */
export interface ConfirmedOperation {
  id: string;
  accountId: string;
  at: number;
  /** JSON: the element that was confirmed. */
  operation: string;
}

/** How long ago "just now" may be. */
export const FRESH: Millis = 10 * MINUTE;
/** Between the parts of an operation's id. */
export const BETWEEN = ".";
/** It only tells one request for a change from the next: one that came to nothing must not be in the way. */
const TURN_BYTES = 4;
/** A longer name, in bytes, would make a code that phones cannot read (PROTOCOL 4). */
export const NAME_BYTES = 48;

/** The id of an operation, with what it changes before its turn. */
export function operationId(random: Random, ...parts: readonly string[]): string {
  return [...parts, Buffer.from(random.bytes(TURN_BYTES)).toString("base64url")].join(BETWEEN);
}

/**
 * Whether this account has confirmed exactly that. The request passes through the browser, where its words can be changed: what the phone has
 * shown is to be ours, in whatever language.
 */
export function isConfirmed(
  confirmed: ConfirmedOperation,
  accountId: string,
  operation: (locale: Locale) => OwnOperation,
): boolean {
  if (confirmed.accountId !== accountId) return false;
  return languages.some(({ locale }) => same(operation(locale), JSON.parse(confirmed.operation)));
}

/**
 * "Has just confirmed" (PROTOCOL 5): this account, exactly that, and a moment ago, as long as the way back from the phone takes. A confirmation of
 * last month is not for what there is today.
 */
export function justConfirmed(
  confirmed: ConfirmedOperation | undefined,
  accountId: string,
  now: Millis,
  operation: (locale: Locale) => OwnOperation,
): ConfirmedOperation | undefined {
  if (confirmed === undefined || confirmed.at <= now - FRESH) return undefined;
  return isConfirmed(confirmed, accountId, operation) ? confirmed : undefined;
}

/** Member for member, in whatever order. */
function same(one: object, other: object): boolean {
  const members = (value: object) => JSON.stringify(Object.entries(value).sort());
  return members(one) === members(other);
}

/** A name that leaves room for the rest in a code that phones can read. */
export function shortened(name: string): string {
  if (Buffer.byteLength(name) <= NAME_BYTES) return name;
  let kept = "";
  for (const letter of name) {
    if (Buffer.byteLength(`${kept}${letter}…`) > NAME_BYTES) break;
    kept += letter;
  }
  return `${kept}…`;
}
