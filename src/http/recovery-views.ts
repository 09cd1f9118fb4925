/** The way back of who has lost the phone, and the pages of the codes on paper. */
import type { Form } from "./views.ts";

/** `unfit`: of a code on paper; `unknown-case`: of a case; `unsent`, `too-often`: for this number, or this account. */
export type RecoveryError =
  | { readonly field: "reference"; readonly code: "empty" }
  | { readonly field: "code"; readonly code: "unfit" | "unknown-case" | "unsent" | "too-often" };

export interface RecoveryViews {
  /** What there is to come back by, before anything is begun. */
  readonly "recovery/ladder": {
    readonly devicesHref: string;
    readonly codeHref: string;
    readonly phoneHref: string;
    readonly openHref: string;
    readonly caseHref: string;
  };
  readonly "recovery/start": Form<"identifier"> & { readonly backHref: string };
  /** It names no address: it is the same for nobody's account. Posts `next` or `resend`. */
  readonly "recovery/email-code": Form<"code"> & { readonly startHref: string; readonly resent?: boolean };
  /** One of the codes on paper. Posts `next`. */
  readonly "recovery/code": Form<"code"> & { readonly phoneHref: string; readonly backHref: string };
  /** Before a code is sent to the phone number: what follows from it. Posts `send`. */
  readonly "recovery/phone": {
    readonly action: string;
    readonly problem?: "unsent" | "too-many";
    /** A recovery was begun before: it waits, or may be taken up. */
    readonly begun?:
      | { readonly state: "waiting"; readonly due: Date }
      | { readonly state: "ready"; readonly until: Date };
    readonly codeHref: string;
    readonly backHref: string;
  };
  /** Posts `next` or `resend`. */
  readonly "recovery/phone-code": Form<"code"> & { readonly backHref: string; readonly resent?: boolean };
  /** To who has proven e-mail and phone number; of one that is ready, posts `finish`. */
  readonly "recovery/wait":
    | { readonly state: "waiting"; readonly due: Date; readonly until: Date; readonly backHref: string }
    | { readonly state: "ready"; readonly until: Date; readonly action: string }
    | { readonly state: "over"; readonly backHref: string };
  /** For who has lost more than that. Posts `next`. */
  readonly "recovery/case-start": Form<"identifier"> & { readonly backHref: string };
  /** Shown once, whosever the account is: the number for us, the code for nobody. */
  readonly "recovery/case-opened": { readonly reference: string; readonly code: string; readonly caseHref: string };
  /** Posts `next`. */
  readonly "recovery/case": Form<"reference" | "code"> & { readonly backHref: string };
  readonly "recovery/case-state":
    | { readonly state: "open" | "refused" | "over"; readonly backHref: string }
    | { readonly state: "waiting"; readonly due: Date; readonly until: Date; readonly backHref: string };

  /** How many are left. Posts `make`. */
  readonly "recovery/own": {
    readonly action: string;
    /** Undefined where none were ever made. */
    readonly codes?: { readonly left: number; readonly madeAt: Date };
    readonly told?: "unchanged" | "shown";
    readonly accountHref: string;
  };
  /** Before the list: it is confirmed. Posts `show`, with `operation`. */
  readonly "recovery/ready": { readonly action: string; readonly operation: string; readonly ownHref: string };
  /** The list, once. */
  readonly "recovery/list": { readonly codes: readonly string[]; readonly ownHref: string };
}
