import type { AccountSection } from "../http/account-views.ts";
import { ACCOUNT } from "./visits.ts";

/**
 * The pages behind the account page, in the order in which it lists them: whoever adds one adds its word here, and its name and help in the
 * messages (`account.sections`). Each is at `/account/<word>`.
 */
export const SECTIONS = [
  "devices",
  "contact",
  "recovery-codes",
  "passkeys",
  "sessions",
  "sites",
  "certificates",
  "keys",
  "till-code",
  "history",
  "notifications",
  "language",
  "data",
  "care",
  "deletion",
] as const satisfies readonly AccountSection[];

export function pathOf(section: AccountSection): string {
  return `${ACCOUNT}/${section}`;
}
