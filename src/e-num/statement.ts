import { sha256 } from "@noble/hashes/sha2.js";
import type { Wmid } from "../wmid.ts";
import { type Amount, type AmountReason, parseAmount } from "./amount.ts";
import { canonicalise, type JsonObject, type JsonReason, parseJsonObject } from "./jcs.ts";
import { type Brand, ok, type Parsed, refused } from "./parsed.ts";
import {
  type Currency,
  isPurse,
  type Purse,
  type PurseReason,
  parseCurrency,
  parseRecipient,
  type Recipient,
} from "./purse.ts";

/** What the person agreed to on the phone (PROTOCOL section 3). */
export type Statement = TypedStatement | OperationStatement;
type TypedStatement = PlainStatement | PaymentStatement;

/** A screen where only the check number is typed, the phone's own renewal among them. */
type PlainStatement = { readonly mode: PlainMode };
export type PlainMode = "activate" | "renew" | "login" | "confirm";

/** A purse says its currency by its letter; for a WMID it stands beside the amount. */
export type PaymentStatement =
  | { readonly mode: "payment"; readonly amount: Amount; readonly recipient: Purse }
  | { readonly mode: "payment"; readonly amount: Amount; readonly recipient: Wmid; readonly currency: Currency };

/** `operation` is the RFC 9396 element as the site sent it; `client.name` the registered name. */
export type OperationStatement = {
  readonly mode: "operation";
  readonly client: { readonly id: string; readonly name: string };
  readonly operation: OperationDetails;
};

/** JSON whose every text, number and key may be shown and hashed; only `parseStatement` hands it out. */
type OperationDetails = Brand<JsonObject, "OperationDetails">;

/** SHA-256 of the canonical statement: 32 bytes, the S of OCRA. */
export type StatementHash = Brand<Uint8Array, "StatementHash">;

export type StatementReason =
  | JsonReason
  | AmountReason
  | PurseReason
  | PaymentReason
  | "unknown-mode"
  | "unknown-member"
  | "missing-member"
  | "wrong-type"
  | "empty-name";

/** `currency-needed`: a WMID says no currency; `currency-not-allowed`: a purse's letter says it already. */
export type PaymentReason = "unknown-currency" | "currency-needed" | "currency-not-allowed";

/** A statement from JSON of any origin, or the reason why it is none; members beyond those of its mode are refused. */
export function parseStatement(value: unknown): Parsed<Statement, StatementReason> {
  const json = parseJsonObject(value);
  if (!json.ok) return json;
  const mode = json.value["mode"];
  switch (mode) {
    case "activate":
    case "renew":
    case "login":
    case "confirm":
      return membersAre(json.value, ["mode"]) ? ok({ mode }) : refused("unknown-member");
    case "payment":
      return parsePayment(json.value);
    case "operation":
      return parseOperation(json.value);
    default:
      return refused("unknown-mode");
  }
}

/** The statement of the Payment screen, from parts that are parsed already. */
export function paymentStatement(
  recipient: Recipient,
  amount: Amount,
  currency?: Currency,
): Parsed<PaymentStatement, PaymentReason> {
  if (isPurse(recipient)) {
    return currency === undefined ? ok({ mode: "payment", amount, recipient }) : refused("currency-not-allowed");
  }
  return currency === undefined ? refused("currency-needed") : ok({ mode: "payment", amount, currency, recipient });
}

/** The text that is hashed: RFC 8785, in which letters are never written as `\u`. */
export function canonicalStatement(statement: Statement): string {
  return canonicalise(statement);
}

/** Computed once where several pads are compared against one statement. */
export function statementHash(statement: Statement): StatementHash {
  const hash: Uint8Array = sha256(new TextEncoder().encode(canonicalStatement(statement)));
  return hash as StatementHash;
}

function parsePayment(json: JsonObject): Parsed<PaymentStatement, StatementReason> {
  if (!membersAre(json, ["mode", "amount", "recipient", "currency"])) return refused("unknown-member");
  const { amount: amountText, recipient: recipientText, currency: currencyText } = json;
  if (amountText === undefined || recipientText === undefined) return refused("missing-member");
  if (typeof amountText !== "string" || typeof recipientText !== "string") return refused("wrong-type");

  const amount = parseAmount(amountText);
  if (!amount.ok) return amount;
  const recipient = parseRecipient(recipientText);
  if (!recipient.ok) return recipient;
  if (currencyText === undefined) return paymentStatement(recipient.value, amount.value);
  if (typeof currencyText !== "string") return refused("wrong-type");
  const currency = parseCurrency(currencyText);
  return currency.ok ? paymentStatement(recipient.value, amount.value, currency.value) : currency;
}

function parseOperation(json: JsonObject): Parsed<OperationStatement, StatementReason> {
  if (!membersAre(json, ["mode", "client", "operation"])) return refused("unknown-member");
  if (json["client"] === undefined || json["operation"] === undefined) return refused("missing-member");
  const client = parseJsonObject(json["client"]);
  const operation = parseJsonObject(json["operation"]);
  if (!client.ok || !operation.ok) return refused("wrong-type");
  if (!membersAre(client.value, ["id", "name"])) return refused("unknown-member");
  const { id, name } = client.value;
  if (id === undefined || name === undefined) return refused("missing-member");
  if (typeof id !== "string" || typeof name !== "string") return refused("wrong-type");
  if (id === "" || name.trim() === "") return refused("empty-name");
  return ok({ mode: "operation", client: { id, name }, operation: operation.value as OperationDetails });
}

function membersAre(json: JsonObject, allowed: readonly string[]): boolean {
  return Object.keys(json).every((key) => allowed.includes(key));
}
