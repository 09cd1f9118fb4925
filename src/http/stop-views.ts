/** The page that the link of a message opens, by which something that waits is stopped. */

/** Of a recovery: by which somebody has come as far, which says what a thief of it has. */
type Way = "contacts" | "operator";

/** What it is; of a contact the new one, with its middle hidden; of a recovery that may be finished now, until when. */
export type Stopping =
  | { readonly kind: "email" | "phone"; readonly to: string }
  | { readonly kind: "deletion" }
  | { readonly kind: "recovery"; readonly way: Way; readonly until?: Date };

/** What is stopped; of a deletion, who had asked for it. */
export type Stopped =
  | { readonly kind: "email" | "phone" }
  | { readonly kind: "recovery"; readonly way: Way }
  | { readonly kind: "deletion"; readonly askedBy: "account" | "operator" };

export interface StopViews {
  /** Anybody who has the link sees this. Posts `stop`. */
  readonly "stop/stop":
    | { readonly state: "over" }
    | { readonly state: "stopped"; readonly what: Stopped; readonly accountHref: string }
    | { readonly state: "open"; readonly action: string; readonly what: Stopping; readonly due: Date };
}
