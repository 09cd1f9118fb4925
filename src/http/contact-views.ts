/** The pages on which e-mail and phone of an account are changed. */
import type { Form } from "./views.ts";

type ContactKind = "email" | "phone";

/** What has just come of a change, told once. */
export type ContactTold = "changed" | "waiting" | "stopped" | "unchanged" | "other-waits" | "taken";

export interface ContactViews {
  /** Both, and what waits to take their place. Posts `stop email` or `stop phone`. */
  readonly "contact/contact": {
    readonly action: string;
    readonly email: string;
    /** Its middle is hidden. */
    readonly phone: string;
    readonly changeHref: { readonly [kind in ContactKind]: string };
    /** `to` has its middle hidden. */
    readonly waiting: readonly { readonly kind: ContactKind; readonly to: string; readonly due: Date }[];
    readonly told?: ContactTold;
    readonly accountHref: string;
  };
  /** The new one. Posts `next`. */
  readonly "contact/new": Form<ContactKind> & { readonly kind: ContactKind; readonly backHref: string };
  /** The code that was sent to it, whosever it is. Posts `next` or `resend`. */
  readonly "contact/code": Form<"code"> & {
    readonly kind: ContactKind;
    readonly to: string;
    readonly newHref: string;
    readonly resent?: boolean;
  };
  /** How it is confirmed. Posts `confirm`, by a phone at once, or `wait`. */
  readonly "contact/confirm": {
    readonly action: string;
    readonly kind: ContactKind;
    readonly from: string;
    readonly to: string;
    readonly backHref: string;
  };
}
