import type { Challenge } from "../e-num/challenge.ts";
import { ok, type Parsed, refused } from "../e-num/parsed.ts";
import type { LoginText, OperationText } from "../e-num/qr-text.ts";
import { canonicalStatement, type OperationStatement, type Statement } from "../e-num/statement.ts";
import { type StatementTokenReason, type TokenTime, verifyStatement } from "../e-num/statement-token.ts";
import type { OpenRequest, StatementKeys } from "./answers.ts";

/** Whose phone it is; `now` in seconds by the provider's clock, as far as the phone knows it. */
export type Holder = { readonly issuer: string; readonly statementKeys: StatementKeys; readonly now: number };

/** What a phone is asked, before anybody was asked for a PIN: made of what was typed, or of what the provider signed. */
export type Asked<Agreed extends Statement = Statement> = {
  readonly statement: Agreed;
  /** As the provider lists it for this account: who asks, and from where. */
  readonly request?: OpenRequest;
  /** Only reported: when a request is over, the provider decides. */
  readonly time?: TokenTime;
};

/**
 * `not-listed`: the code holds no details, and the provider does not list the request for this account.
 * `other-request`: what the provider lists under the code's request is something else than the code says.
 */
export type AskedReason = StatementTokenReason | "not-listed" | "other-request";

type Login = { readonly mode: "login" };
type Operation = Asked<OperationStatement>;

/** A login page's code. Nothing in it is signed: who asks, only the provider's list can tell. */
export function loginAsked(text: LoginText, listed?: readonly OpenRequest[]): Parsed<Asked<Login>, AskedReason> {
  return withRequest({ mode: "login" }, "login", text.request, listed);
}

/** What was typed or scanned on the Payment or the Confirm screen, with the request that the code names. */
export function typedAsked<Typed extends Exclude<Statement, OperationStatement>>(
  statement: Typed,
  request?: string,
  listed?: readonly OpenRequest[],
): Parsed<Asked<Typed>, AskedReason> {
  return withRequest(statement, "operation", request, listed);
}

/**
 * An operation's code: signature, issuer and check number are right, or nothing of it is shown.
 * One without details takes them from the provider's list, where the check number is not signed.
 */
export async function operationAsked(
  text: OperationText,
  holder: Holder,
  listed?: readonly OpenRequest[],
): Promise<Parsed<Operation, AskedReason>> {
  const request = listed?.find(({ id }) => id === text.request);
  const own = request === undefined ? undefined : await openedAsked(request, holder);
  if (text.token === undefined) return operationOf(own);
  const signed = await verified(text.token, holder, text.challenge);
  if (!signed.ok || request === undefined) return signed;
  const other = operationOf(own);
  // What is listed is signed as it is listed, by a key that may have come since.
  if (!other.ok && other.reason === "unknown-key") return other;
  return other.ok && canonicalStatement(other.value.statement) === canonicalStatement(signed.value.statement)
    ? ok({ ...signed.value, request })
    : refused("other-request");
}

/** A request that the person has opened in the provider's list. */
export async function openedAsked(
  request: OpenRequest,
  holder: Holder,
): Promise<Parsed<Asked<Login | OperationStatement>, AskedReason>> {
  if (request.kind === "login") return ok({ statement: { mode: "login" }, request });
  const signed = await verified(request.statement ?? "", holder);
  return signed.ok ? ok({ ...signed.value, request }) : signed;
}

/** `challenge`: the check number that a code's details must bear; those from the provider's list bear none. */
async function verified(
  token: string,
  { issuer, statementKeys: keys, now }: Holder,
  challenge?: Challenge,
): Promise<Parsed<Operation, AskedReason>> {
  const expected = { keys, issuer, now, ...(challenge === undefined ? {} : { challenge }) };
  const checked = await verifyStatement(token, expected);
  return checked.ok ? ok({ statement: checked.value.statement, time: checked.value.time }) : checked;
}

function operationOf(
  asked: Parsed<Asked<Login | OperationStatement>, AskedReason> | undefined,
): Parsed<Operation, AskedReason> {
  if (asked === undefined) return refused("not-listed");
  if (!asked.ok) return asked;
  const { statement } = asked.value;
  return statement.mode === "operation" ? ok({ ...asked.value, statement }) : refused("other-request");
}

function withRequest<Agreed extends Statement>(
  statement: Agreed,
  kind: OpenRequest["kind"],
  id: string | undefined,
  listed: readonly OpenRequest[] | undefined,
): Parsed<Asked<Agreed>, AskedReason> {
  const request = listed?.find((each) => each.id === id);
  if (request === undefined) return ok({ statement });
  return request.kind === kind ? ok({ statement, request }) : refused("other-request");
}
