import type { AccountSection, AccountViews, SectionGroup } from "../http/account-views.ts";
import { ACCOUNT } from "./visits.ts";

/**
 * The pages behind the account page, in the groups and the order in which it lists them: whoever adds one adds its word here, and its name and
 * help in the messages (`account.sections`). Each is at `/account/<word>`.
 */
const SECTIONS = [
  { group: "proof", sections: ["devices", "contact", "recovery-codes", "passkeys", "certificates"] },
  { group: "use", sections: ["sessions", "sites", "history"] },
  { group: "settings", sections: ["care", "till-code", "notifications", "language"] },
  { group: "kept", sections: ["data", "keys", "deletion"] },
] as const satisfies readonly { group: SectionGroup; sections: readonly AccountSection[] }[];

export function pathOf(section: AccountSection): string {
  return `${ACCOUNT}/${section}`;
}

export function sectionGroups(): AccountViews["account/account"]["groups"] {
  return SECTIONS.map(({ group, sections }) => ({
    group,
    sections: sections.map((section) => ({ section, href: pathOf(section) })),
  }));
}
