import { type Challenge, formatChallenge, formatResponse, type Response } from "../../e-num/challenge.ts";
import { currencyOf, formatRecipient, isPurse } from "../../e-num/purse.ts";
import type { OperationStatement, PaymentStatement } from "../../e-num/statement.ts";
import { operationDetails } from "../details.ts";

export function operationLines(statement: OperationStatement, challenge: Challenge): string[] {
  const { client } = statement;
  const details = operationDetails(statement, { language: "en" });
  return aligned([
    ["site", `${client.name} (${client.id})`],
    ...details.map(({ label, value }) => [label, value] as const),
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

export function aligned(details: readonly (readonly [label: string, value: string])[]): string[] {
  const width = Math.max(...details.map(([label]) => label.length));
  return details.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}
