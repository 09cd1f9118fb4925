/** The pages on which a person sees and changes the own account. */
import type { Messages } from "../locale/locale.ts";
import type { AccountTold } from "./device-views.ts";

/** A page behind the account page; each has a name and a help there. */
export type AccountSection = keyof Messages["account"]["sections"];

export interface AccountViews {
  /** Who I am, and the pages behind this one. Posts `sign-out`, which ends all sessions in every browser. */
  readonly "account/account": {
    readonly action: string;
    readonly email: string;
    /** Its middle is hidden. */
    readonly phone: string;
    readonly wmids: readonly string[];
    readonly since: Date;
    readonly told?: AccountTold;
    readonly sections: readonly { readonly section: AccountSection; readonly href: string }[];
  };
  /** What I demand beyond the policy. The buttons are `on` or `off`, the demand and, for `login`, the site. */
  readonly "account/care": {
    readonly action: string;
    readonly accountHref: string;
    readonly told?: AccountTold;
    readonly settings: readonly { readonly demands: "no-sms" | "operation"; readonly on: boolean }[];
    readonly sites: readonly {
      readonly clientId: string;
      readonly name: string;
      readonly origin?: string;
      readonly on: boolean;
    }[];
    readonly moreHref?: string;
    readonly firstHref?: string;
  };
  /** Who came to the account page did not sign in. */
  readonly "account/stopped": { readonly againHref: string };
}
