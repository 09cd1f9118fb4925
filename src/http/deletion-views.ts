/** The pages of an account's deletion. */

/** What has just come of it, told once. */
export type DeletionTold = "stopped" | "unchanged";

export interface DeletionViews {
  /** What goes, and when; where it waits, until when it can be stopped. Leads to `action`, or posts `stop` there. */
  readonly "deletion/own": {
    readonly action: string;
    /** It waits until then, and who has asked for it. */
    readonly waits?: { readonly endsAt: Date; readonly askedBy: "account" | "operator" };
    readonly dataHref: string;
    readonly told?: DeletionTold;
    readonly accountHref: string;
  };
  /** How it is confirmed. Posts `confirm`, by a phone, or `ask`. */
  readonly "deletion/confirm": { readonly action: string; readonly backHref: string };
  /** In the place of a sign-in to a site. Posts `back`. */
  readonly "deletion/closing": { readonly action: string; readonly endsAt: Date; readonly deletionHref: string };
}
