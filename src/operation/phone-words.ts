import type { Period } from "../e-num/people.ts";
import type { Member, TypeFile, Words } from "./type-file.ts";
import { CHANGE_PARTS, COMMON_LABELS } from "./words.ts";

/** How members are called and written, for a phone that shows an operation; it needs no more of a type's file. */
export interface PhoneWords {
  readonly types: { readonly [type: string]: TypeWords };
  /** Of members that every type has, and of members within members. */
  readonly common: { readonly [member: string]: Words };
}

interface TypeWords {
  readonly noun: Words;
  /** The member that is the operation's sum. */
  readonly amount?: string;
  /** The member that says who gets it. */
  readonly recipient?: string;
  readonly members: { readonly [member: string]: MemberWords };
}

interface MemberWords {
  readonly label: Words;
  readonly format: Member["format"];
  readonly per?: Period;
  readonly choices?: { readonly [choice: string]: Words };
}

/** A page sets these apart by their place, and needs no words for them. */
const PARTS = {
  type: { en: "Kind", ru: "Вид" },
  purse: { en: "purse", ru: "кошелёк" },
  wmid: { en: "WMID", ru: "WMID" },
  name: { en: "name", ru: "название" },
  value: { en: "amount", ru: "сумма" },
  currency: { en: "currency", ru: "валюта" },
} as const satisfies Record<string, Words>;

export function phoneWords(types: ReadonlyMap<string, TypeFile>): PhoneWords {
  return {
    types: Object.fromEntries([...types].map(([type, file]) => [type, wordsOf(file)])),
    common: { ...COMMON_LABELS, ...CHANGE_PARTS, ...PARTS },
  };
}

function wordsOf({ noun, typed, members }: TypeFile): TypeWords {
  return {
    noun,
    ...(typed.screen === "payment" ? { amount: typed.amount, recipient: memberOf(typed.recipient) } : {}),
    members: Object.fromEntries(Object.entries(members).map(([name, member]) => [name, ofMember(member)])),
  };
}

/** Of `payee.purse` the member is `payee`. */
function memberOf(path: string): string {
  return path.split(".")[0] ?? path;
}

function ofMember(member: Member): MemberWords {
  const { label, format } = member;
  const per = "per" in member && member.per !== undefined ? { per: member.per } : {};
  return { label, format, ...per, ...("choices" in member ? { choices: member.choices } : {}) };
}
