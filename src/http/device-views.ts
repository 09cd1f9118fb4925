/** The pages on which a person sees and changes the own devices. */
import type { Form } from "./views.ts";

/** What has just been done, told once on the page where it was asked for. */
export type AccountTold =
  | "on"
  | "off"
  | "unchanged"
  | "renamed"
  | "removed"
  /** Nothing answers for the account any more. */
  | "removed-last"
  /** Five devices work. */
  | "full"
  /** No device works that could allow another. */
  | "no-phone"
  /** The confirmation has given its one code. */
  | "spent"
  /** No keys of that WMID are kept any more. */
  | "keys-deleted"
  /** The confirmation has given its one file, or is old. */
  | "data-spent"
  | "passkey-added"
  | "passkey-renamed"
  | "passkey-removed"
  /** There are ten. */
  | "passkey-full"
  | "till-code-set"
  | "till-code-removed"
  /** A session, or all but this one. */
  | "ended"
  | "ended-others"
  /** A browser is known no more. */
  | "forgotten"
  /** What a site was let have. */
  | "withdrawn"
  | "taken-back"
  /** Which WMID a site sees. */
  | "wmid-chosen"
  /** A notice that needs no phone. */
  | "notice-on"
  | "notice-off"
  | "language-chosen";

export interface DeviceShown {
  readonly name: string;
  readonly platform: "web" | "android" | "ios" | "cli";
  /** `pending`: it waits for its first response. */
  readonly state: "active" | "pending" | "locked";
  /** For `locked`: it sends no answers until then; undefined, until its owner does something. */
  readonly lockedUntil?: Date;
  readonly addedAt: Date;
  readonly usedAt?: Date;
  /** A new secret waits for its first right response. */
  readonly renewing: boolean;
  /** Its response has signed this browser in. */
  readonly here: boolean;
}

interface DeviceList {
  /** Takes `add`. */
  readonly action: string;
  readonly accountHref: string;
  readonly told?: AccountTold;
  readonly there: readonly (DeviceShown & { readonly href: string })[];
  /** The last that were removed. */
  readonly closed: readonly {
    readonly name: string;
    readonly endedAt: Date;
    readonly by: "device" | "account" | "operator" | "recovery" | "unknown";
  }[];
  /** Whether one may be added now; `full`: there are five, `no-phone`: none is there to allow it. */
  readonly room: "free" | "full" | "no-phone";
}

export interface DeviceViews {
  /** My phones. */
  readonly "device/devices": DeviceList;
  /** One device and its name. Posts `rename`. */
  readonly "device/device": Form<"name"> & {
    readonly device: DeviceShown;
    readonly removeHref: string;
    readonly listHref: string;
  };
  /** What follows from a removal. Posts `confirm`, by a phone, or `email`, for a code by mail; of one that never worked, `remove`. */
  readonly "device/remove": {
    readonly action: string;
    readonly device: DeviceShown;
    /** No other works: nobody can sign in afterwards. */
    readonly last: boolean;
    readonly deviceHref: string;
  };
  /** The code by mail that removes it. Posts `next` or `resend`. */
  readonly "device/email-code": Form<"code"> & {
    readonly device: string;
    readonly email: string;
    readonly last: boolean;
    readonly resent?: boolean;
    readonly removeHref: string;
  };
}
