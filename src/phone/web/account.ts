import type { AnswerKey } from "../answer-signature.ts";
import type { StatementKeys } from "../answers.ts";
import type { SealedPad } from "../pad.ts";

/** One account on this phone, as the vault keeps it. Nothing beside the masked pad depends on pad or PIN (PROTOCOL section 5). */
export type Account = {
  readonly issuer: string;
  /** The e-mail, as it was typed or scanned. */
  readonly identifier: string;
  readonly device: { readonly id: string; readonly name: string };
  /** The private half cannot be taken out of the browser. */
  readonly key: AnswerKey;
  readonly pad: SealedPad & { readonly version: number };
  readonly statementKeys: StatementKeys;
  /** Seconds by which the provider's clock is ahead of this phone's. */
  readonly clockOffset: number;
  /** The provider has not told yet that the first response was right. */
  readonly pending: boolean;
  /** The key that a push subscription is bound to; none where the provider wakes no phones, or has not been asked yet. */
  readonly pushKey?: string | undefined;
  /** Where the provider wakes this device, as it was told last; none where the person has not switched that on. */
  readonly wokenAt?: string | undefined;
};

/** One person's account at one provider: this client has one device of it. */
export function isSame(
  one: Pick<Account, "issuer" | "identifier">,
  other: Pick<Account, "issuer" | "identifier">,
): boolean {
  return one.issuer === other.issuer && one.identifier.toLowerCase() === other.identifier.toLowerCase();
}
