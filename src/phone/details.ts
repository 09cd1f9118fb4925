import { parseAmount } from "../e-num/amount.ts";
import { type Challenge, formatChallenge, formatResponse, type Response } from "../e-num/challenge.ts";
import type { Json, JsonObject } from "../e-num/jcs.ts";
import { formatDays, formatMoney, formatRate } from "../e-num/people.ts";
import { currencyOf, formatRecipient, isPurse, parseRecipient } from "../e-num/purse.ts";
import type { OperationStatement, PaymentStatement } from "../e-num/statement.ts";

type Detail = readonly [label: string, value: string];

/** Every member of the operation, in the site's order: nothing that is bound is left out. */
export function operationLines({ client, operation }: OperationStatement, challenge: Challenge): string[] {
  return aligned([
    ["site", `${client.name} (${client.id})`],
    ...detailsOf([], operation),
    ["check number", formatChallenge(challenge)],
  ]);
}

export function paymentLines(statement: PaymentStatement, challenge: Challenge): string[] {
  const { amount, recipient } = statement;
  const currency = "currency" in statement ? statement.currency : currencyOf(statement.recipient);
  return aligned([
    ["amount", `${amount} ${currency}`],
    [isPurse(recipient) ? "purse" : "WMID", formatRecipient(recipient)],
    ["check number", formatChallenge(challenge)],
  ]);
}

/** As large as a terminal's letters allow. */
export function responseLines(response: Response): string[] {
  const digits = `   ${formatResponse(response)}   `;
  const rule = "─".repeat(digits.length);
  return ["", `  ┌${rule}┐`, `  │${digits}│`, `  └${rule}┘`, ""];
}

export function aligned(details: readonly Detail[]): string[] {
  const width = Math.max(...details.map(([label]) => label.length));
  return details.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}

function detailsOf(path: readonly string[], value: Json): Detail[] {
  if (typeof value !== "object" || value === null) return [[path.join(" "), inWords(path, value)]];
  const money = moneyOf(value);
  if (money !== undefined) return [[path.join(" "), money]];
  // Without its members an empty list or object would vanish from the screen, though it is bound.
  const members = Object.entries(value);
  if (members.length === 0) return [[path.join(" "), "(empty)"]];
  return members.flatMap(([key, member]) =>
    detailsOf([...path, Array.isArray(value) ? ordinal(key) : label(key)], member),
  );
}

function inWords(path: readonly string[], value: Exclude<Json, object>): string {
  if (value === null) return "(none)";
  if (value === "") return "(empty)";
  const name = path.at(-1) ?? "";
  if (typeof value === "number") return name.endsWith(" days") && value >= 0 ? formatDays(value, "en") : String(value);
  if (typeof value !== "string") return String(value);
  if (name.endsWith(" rate") && parseAmount(value).ok) return formatRate(value, "en", periodOf(name));
  if (!/(?:purse|wmid)$/.test(name)) return value;
  const recipient = parseRecipient(value);
  return recipient.ok ? formatRecipient(recipient.value) : value;
}

function periodOf(name: string): "day" | undefined {
  return name === "daily rate" ? "day" : undefined;
}

/** `{"value":"10.5","currency":"WMZ"}` and nothing else beside. */
function moneyOf(members: readonly Json[] | JsonObject): string | undefined {
  if (!("value" in members && "currency" in members) || Object.keys(members).length !== 2) return undefined;
  const { value, currency } = members;
  if (typeof value !== "string" || typeof currency !== "string") return undefined;
  // What is not canonical is in quotation marks: it is no 10.5, though 10.5 is shown as 10.50.
  return parseAmount(value).ok ? formatMoney(value, currency, "en") : `"${value}" ${currency}`;
}

function label(key: string): string {
  return key.replaceAll("_", " ");
}

function ordinal(index: string): string {
  return String(Number(index) + 1);
}
