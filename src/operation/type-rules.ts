import { COMMON } from "./schema.ts";
import type { Member, TypeFile, Words } from "./type-file.ts";
import { COMMON_LABELS, LANGUAGES, PLACE } from "./words.ts";

/** What is wrong with a file whose parts are each right: sentences that begin with the place. */
export function typeFaults(file: TypeFile): string[] {
  return [
    ...memberFaults(file),
    ...typedFaults(file),
    ...payeeFaults(file),
    ...ownWmidFaults(file),
    ...templateFaults(file),
    ...labelFaults(file),
    ...choiceFaults(file),
  ];
}

/** Two types that are called alike would be shown alike, though `type` is bound. Each sentence begins with the file. */
export function likenessFaults(types: ReadonlyMap<string, TypeFile>): string[] {
  const faults: string[] = [];
  for (const place of ["heading", "noun"] as const) {
    for (const language of LANGUAGES) {
      const seen = new Map<string, string>();
      for (const [type, file] of types) {
        const other = seen.get(file[place][language]);
        if (other === undefined) seen.set(file[place][language], type);
        else faults.push(`${type}.json: ${place}.${language} is that of ${other}: give each type words of its own.`);
      }
    }
  }
  return faults;
}

function memberFaults({ members, schema }: TypeFile): string[] {
  const described = Object.keys(members);
  const allowed = Object.keys(schema.properties);
  const closed = ["additionalProperties", "unevaluatedProperties", "$defs"].filter((key) => key in schema);
  return [
    ...closed.map((key) => `schema.${key} is the registry's own: remove it.`),
    ...COMMON.filter((name) => described.includes(name) || allowed.includes(name)).map(
      (name) => `members.${name} is one that every type has: remove it here and in schema.properties.`,
    ),
    ...allowed
      .filter((name) => !described.includes(name))
      .map((name) => `members.${name} is missing: what schema.properties allows is bound, so it must be shown.`),
    ...described
      .filter((name) => !allowed.includes(name))
      .map((name) => `schema.properties.${name} is missing, and members.${name} is there: add it or remove that.`),
    ...schema.required
      .filter((name) => !allowed.includes(name))
      .map((name) => `schema.required names ${name}, which schema.properties has not.`),
  ];
}

function typedFaults({ typed, demands, members, schema }: TypeFile): string[] {
  if (typed.screen === "confirm") {
    return demands === "payment"
      ? ["demands is payment, but typed.screen is confirm: a payment has recipient and amount."]
      : [];
  }
  const required = (path: string) => schema.required.includes(path.split(".")[0] ?? "");
  const amount = members[typed.amount];
  const faults: string[] = [];
  if (amount?.format !== "money" || amount.per !== undefined) {
    faults.push(`typed.amount is ${typed.amount}: name a member of the format money, without per.`);
  } else if (!required(typed.amount)) {
    faults.push(`typed.amount is ${typed.amount}, which schema.required does not name: it is always typed.`);
  }
  if (!isRecipient(typed.recipient, members)) {
    faults.push(`typed.recipient is ${typed.recipient}: name a purse, a WMID or the purse of a payee (payee.purse).`);
  } else if (!required(typed.recipient)) {
    faults.push(`typed.recipient is ${typed.recipient}, which schema.required does not name: it is always typed.`);
  }
  return faults;
}

function isRecipient(path: string, members: TypeFile["members"]): boolean {
  const [name = "", purse, ...deeper] = path.split(".");
  const format = members[name]?.format;
  if (deeper.length > 0) return false;
  return purse === undefined ? format === "purse" || format === "wmid" : format === "payee" && purse === "purse";
}

/** A page shows one payee: the recipient, or where nothing is paid the only one. */
function payeeFaults({ members, typed }: TypeFile): string[] {
  const recipient = typed.screen === "payment" ? typed.recipient.split(".")[0] : undefined;
  const payees = Object.keys(members).filter((name) => members[name]?.format === "payee");
  const [first] = payees;
  return payees
    .filter((name) => name !== (recipient ?? first))
    .map((name) => `members.${name} is a second payee: a page shows one, in full.`);
}

function ownWmidFaults({ own_wmids: own, members }: TypeFile): string[] {
  return own
    .filter((name) => members[name]?.format !== "wmid")
    .map((name) => `own_wmids names ${name}, which is no member of the format wmid.`);
}

function templateFaults(file: TypeFile): string[] {
  const faults: string[] = [];
  for (const language of LANGUAGES) {
    const heading = file.heading[language];
    for (const [, name = ""] of heading.matchAll(PLACE)) {
      const member = file.members[name];
      if (member === undefined || member.format === "changes" || !file.schema.required.includes(name)) {
        faults.push(`heading.${language} has {${name}}: name a member that is required and no list.`);
      }
    }
    if (/[{}]/.test(heading.replace(PLACE, ""))) faults.push(`heading.${language} has a brace without its other half.`);
    for (const place of ["submit", "noun"] as const) {
      if (/[{}]/.test(file[place][language])) faults.push(`${place}.${language} has a brace: it says no member.`);
    }
  }
  return faults;
}

/** With two rows of one label nobody could say which member holds which value. */
function labelFaults({ members }: TypeFile): string[] {
  const faults: string[] = [];
  for (const language of LANGUAGES) {
    const seen = new Map<string, string>(Object.entries(COMMON_LABELS).map(([name, words]) => [words[language], name]));
    for (const [name, { label }] of Object.entries(members)) {
      const other = seen.get(label[language]);
      if (other !== undefined) faults.push(`members.${name}.label.${language} is that of ${other}: give each its own.`);
      seen.set(label[language], name);
    }
    faults.push(...numberedFaults(members, language));
  }
  return faults;
}

/** Changes are numbered behind their label: `Change 1`. */
function numberedFaults(members: TypeFile["members"], language: keyof Words): string[] {
  const lists = Object.entries(members).filter(([, { format }]) => format === "changes");
  return lists.flatMap(([list, { label }]) =>
    Object.entries(members)
      .filter(([name, other]) => name !== list && other.label[language].startsWith(`${label[language]} `))
      .map(([name]) => `members.${name}.label.${language} begins as the numbered ones of ${list} do: write another.`),
  );
}

function choiceFaults({ members, schema }: TypeFile): string[] {
  return Object.entries(members).flatMap(([name, member]) =>
    member.format === "choice" ? choicesFaults(name, member, schema.properties[name]?.["enum"]) : [],
  );
}

function choicesFaults(name: string, { choices }: Extract<Member, { format: "choice" }>, allowed: unknown): string[] {
  const keys = Object.keys(choices);
  const faults = keys.length === 0 ? [`members.${name}.choices is empty: write each value and its words.`] : [];
  for (const language of LANGUAGES) {
    const words = keys.map((key) => choices[key]?.[language]);
    if (new Set(words).size < words.length) {
      faults.push(`members.${name}.choices has two values with the same words (${language}): give each its own.`);
    }
  }
  if (!Array.isArray(allowed)) return faults;
  const listed = new Set<unknown>(allowed);
  if (keys.every((key) => listed.has(key)) && listed.size === keys.length) return faults;
  return [...faults, `members.${name}.choices and schema.properties.${name}.enum differ: list the same values.`];
}
