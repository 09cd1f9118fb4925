/** The page that the link of a message opens, by which something that waits is stopped. */

/** What it is; of a contact the new one, with its middle hidden. */
export type Stopping =
  | { readonly kind: "email" | "phone"; readonly to: string }
  | { readonly kind: "deletion" | "recovery" };

/** What is stopped; of a deletion, who had asked for it. */
export type Stopped =
  | { readonly kind: "email" | "phone" | "recovery" }
  | { readonly kind: "deletion"; readonly askedBy: "account" | "operator" };

export interface StopViews {
  /** Anybody who has the link sees this. Posts `stop`. */
  readonly "stop/stop":
    | { readonly state: "over" }
    | { readonly state: "stopped"; readonly what: Stopped; readonly accountHref: string }
    | { readonly state: "open"; readonly action: string; readonly what: Stopping; readonly due: Date };
}
