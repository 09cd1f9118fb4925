/** The way back of who has lost the phone, and the pages of the codes on paper. */
import type { Form } from "./views.ts";

export interface RecoveryViews {
  /** What there is to come back by, before anything is begun. */
  readonly "recovery/ladder": { readonly devicesHref: string; readonly codeHref: string };
  readonly "recovery/start": Form<"identifier"> & { readonly backHref: string };
  /** It names no address: it is the same for nobody's account. Posts `next` or `resend`. */
  readonly "recovery/email-code": Form<"code"> & { readonly startHref: string; readonly resent?: boolean };
  /** One of the codes on paper. Posts `next`. */
  readonly "recovery/code": Form<"code"> & { readonly backHref: string };

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
