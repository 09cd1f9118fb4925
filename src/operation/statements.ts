import type { Amount } from "../e-num/amount.ts";
import { type Currency, isPurse, type Recipient } from "../e-num/purse.ts";
import {
  type OperationStatement,
  type PaymentStatement,
  parseStatement,
  paymentStatement,
} from "../e-num/statement.ts";
import type { Operation } from "./parse.ts";
import type { TypeFile } from "./type-file.ts";
import type { Value } from "./values.ts";

/** The statements of PROTOCOL 3 that an operation allows, always made from our own record of it. */

/** As registered: `name` is the client_name, in no other language. */
export interface StatementClient {
  readonly id: string;
  readonly name: string;
}

/** What the phone's screens Payment and Confirm make. */
export type TypedStatement = PaymentStatement | { readonly mode: "confirm" };

/** What a typed payment is of, and to whom; its currency is that of the sum. */
export interface TypedMoney {
  readonly money?: { readonly amount: Amount; readonly currency: Currency };
  readonly recipient?: Recipient;
}

export function typedMoney(typed: TypeFile["typed"], values: ReadonlyMap<string, Value>): TypedMoney {
  if (typed.screen === "confirm") return {};
  const money = values.get(typed.amount);
  const recipient = recipientOf(values.get(typed.recipient.split(".")[0] ?? ""));
  if (money?.kind !== "money" || recipient === undefined) throw new Error("a payment without amount or recipient");
  return { money: { amount: money.amount, currency: money.currency }, recipient };
}

/** What a person types: amount and recipient alone, or nothing but the check number. */
export function typedStatement(typed: TypeFile["typed"], values: ReadonlyMap<string, Value>): TypedStatement {
  if (typed.screen === "confirm") return { mode: "confirm" };
  const { money, recipient } = typedMoney(typed, values);
  if (money === undefined || recipient === undefined) throw new Error("a payment without amount or recipient");
  const statement = paymentStatement(recipient, money.amount, isPurse(recipient) ? undefined : money.currency);
  if (!statement.ok) throw new Error(`a payment that cannot be typed: ${statement.reason}`);
  return statement.value;
}

/** Every member as the site sent it, and who sent it. */
export function scannedStatement(operation: Operation, { id, name }: StatementClient): OperationStatement {
  const statement = parseStatement({ mode: "operation", client: { id, name }, operation });
  if (statement.ok && statement.value.mode === "operation") return statement.value;
  throw new Error(`an operation that cannot be signed: ${statement.ok ? statement.value.mode : statement.reason}`);
}

function recipientOf(value: Value | undefined): Recipient | undefined {
  switch (value?.kind) {
    case "payee":
    case "purse":
      return value.purse;
    case "wmid":
      return value.wmid;
    default:
      return undefined;
  }
}
