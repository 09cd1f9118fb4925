/** The pages on which a person sets the code by which sites may ask on the phone. */
import type { AccountTold } from "./device-views.ts";
import type { Form } from "./views.ts";

export interface TillCodeError {
  readonly field: "till_code";
  readonly code: "empty" | "malformed" | "too-easy";
}

export interface TillCodeViews {
  /** Whether there is one. Posts `set` or `remove`, which the phone confirms. */
  readonly "till-code/own": {
    readonly action: string;
    /** Undefined where there is none. */
    readonly setAt?: Date;
    readonly told?: AccountTold;
    readonly accountHref: string;
  };
  /** The code is typed. Posts `save`. */
  readonly "till-code/new": Form<"till_code"> & { readonly ownHref: string };
}
