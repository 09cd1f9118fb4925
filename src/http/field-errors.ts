/** Finds the words for what is wrong with a field. */
import type { Messages } from "../locale/locale.ts";
import { datum } from "../locale/markup.ts";
import type { Because, FieldError } from "./views.ts";

/** As the page shows it: `title` in the summary and beside the field, `help` in the summary. */
export interface DescribedError {
  readonly field: FieldError["field"];
  readonly title: string;
  readonly help: string;
}

export function describe(error: FieldError, messages: Messages): DescribedError {
  return { field: error.field, ...words(error, messages) };
}

/** What has become of a code that a person typed, wherever it came from. */
export type TypedCode =
  | { kind: "right" }
  | { kind: "wrong"; triesLeft: number }
  | { kind: "exhausted" | "expired" | "too-many" };

/** What is wrong with it, as its field says; nothing with the right one. */
export function codeErrors(typed: TypedCode): FieldError[] {
  if (typed.kind === "right") return [];
  if (typed.kind === "wrong") return [{ field: "code", code: "wrong", triesLeft: typed.triesLeft }];
  return [{ field: "code", code: typed.kind }];
}

/** The status of a page with these errors. */
export function statusOf(errors: readonly FieldError[]): number {
  if (errors.length === 0) return 200;
  return errors.some(({ code }) => code === "too-many") ? 429 : 422;
}

function words(
  error: FieldError,
  { fields, confirmation, certificate, passkey, tillCode }: Messages,
): { title: string; help: string } {
  switch (error.field) {
    case "identifier":
      return fields.identifier[error.code];
    case "email":
      return fields.email[error.code];
    case "phone":
      return fields.phone[error.code];
    case "code":
      return error.code === "wrong" ? fields.code.wrong(error.triesLeft) : fields.code[error.code];
    case "response":
      if (error.code === "wrong") return fields.response.wrong(error.triesLeft, error.screen);
      if (error.code === "other-screen") {
        return fields.response.otherScreen(error.triesLeft, error.used, error.wanted);
      }
      if (error.code === "demands-scan") {
        return fields.response.demandsScan(error.because === undefined ? "" : because(error.because, confirmation));
      }
      if (error.code === "demands-response") {
        return fields.response.demandsResponse(error.because === undefined ? "" : because(error.because, confirmation));
      }
      return fields.response[error.code];
    case "reference":
      return fields.reference[error.code];
    case "wmid":
      return fields.wmid[error.code];
    case "csr":
      return certificate.errors[error.code];
    case "certificate":
      return certificate.signIn.errors[error.code];
    case "reason":
      return certificate.revocation.notChosen;
    case "passkey":
      return passkey.errors[error.code];
    case "till_code":
      return tillCode.errors[error.code];
    case "user_code":
      return fields.user_code[error.code];
    case "receipt":
      return fields.receipt[error.code];
    case "name":
      return fields.name[error.code];
    default:
      return error satisfies never;
  }
}

/** A sentence; a reason that somebody wrote is shown as it is. */
export function because(why: Because, { because: words }: Messages["confirmation"]): string {
  if (why.kind === "limit") return words[why.window](why.limit);
  return why.reason === undefined ? words[why.by] : datum(why.reason);
}
