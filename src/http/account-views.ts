/** The pages on which a person sees and changes the own account. */
import type { Locale, Messages } from "../locale/locale.ts";
import type { Described } from "../operation/operation.ts";
import type { DeletionViews } from "./deletion-views.ts";
import type { AccountTold } from "./device-views.ts";
import type { DownloadViews } from "./download-views.ts";
import type { StopViews } from "./stop-views.ts";
import type { Scope } from "./views.ts";

/** A page behind the account page; each has a name and a help there. */
export type AccountSection = keyof Messages["account"]["sections"];
/** What such pages have in common. */
export type SectionGroup = keyof Messages["account"]["groups"];

export interface AccountViews extends DownloadViews, DeletionViews, StopViews {
  /** Who I am, and the pages behind this one. Posts `sign-out`, which ends all sessions in every browser. */
  readonly "account/account": {
    readonly action: string;
    readonly email: string;
    /** Its middle is hidden. */
    readonly phone: string;
    readonly wmids: readonly string[];
    readonly since: Date;
    readonly told?: AccountTold;
    readonly groups: readonly {
      readonly group: SectionGroup;
      readonly sections: readonly { readonly section: AccountSection; readonly href: string }[];
    }[];
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
  /** Where I am signed in, this browser first; and the browsers that E-num knows. The buttons are `end` and `forget` with a name, `end-others`, and `again`. */
  readonly "account/sessions": {
    readonly action: string;
    readonly accountHref: string;
    readonly told?: AccountTold;
    readonly sessions: readonly {
      readonly name: string;
      /** `Firefox 140, Windows`. */
      readonly browser?: string;
      /** ISO 3166-1, two letters. */
      readonly country?: string;
      readonly ip?: string;
      readonly since?: Date;
      readonly sites: readonly string[];
      readonly here: boolean;
    }[];
    /** There are more of them than are shown. */
    readonly more: boolean;
    /** The person has just signed in, and may end others; else signs in once more before. */
    readonly fresh: boolean;
    readonly known: readonly {
      readonly digest: string;
      readonly browser?: string;
      readonly country?: string;
      readonly firstAt: Date;
      readonly lastAt: Date;
      readonly here: boolean;
    }[];
    readonly moreKnown: boolean;
  };
  /** The sites that I use, the last used first. */
  readonly "account/sites": {
    readonly accountHref: string;
    readonly told?: AccountTold;
    readonly sites: readonly {
      readonly name: string;
      readonly origin?: string;
      readonly lastAt?: Date;
      readonly href: string;
    }[];
    readonly moreHref?: string;
    readonly firstHref?: string;
  };
  /** What one site may. Posts `revoke`, `take-back` with one scope behind it, and `wmid` with the one that it is to see. */
  readonly "account/site": {
    readonly action: string;
    readonly sitesHref: string;
    readonly told?: AccountTold;
    readonly name: string;
    readonly origin?: string;
    /** It is let in without being asked about, so that nothing can be taken back alone. */
    readonly firstParty: boolean;
    /** It may recognise the person, which is the sign-in itself and goes with all the rest alone. */
    readonly signsIn: boolean;
    readonly scopes: readonly Scope[];
    /** `name`: what the button says of a scope. */
    readonly servers: readonly {
      readonly name: string;
      readonly scopes: readonly { readonly name: string; readonly words: string }[];
    }[];
    readonly since?: Date;
    readonly lastAt?: Date;
    /** The account's, where the site sees one of them; and which that is. */
    readonly wmids: readonly string[];
    readonly wmid?: string;
  };
  /** What has happened, the newest first. A GET of the same page searches in it. */
  readonly "account/history": {
    readonly action: string;
    readonly accountHref: string;
    /** What was searched for. */
    readonly values: {
      readonly kind: string;
      readonly site: string;
      readonly from: string;
      readonly to: string;
      readonly q: string;
    };
    readonly kinds: readonly (keyof Messages["history"]["kinds"])[];
    readonly sites: readonly { readonly clientId: string; readonly name: string }[];
    /** `title` and `details` are messages. */
    readonly entries: readonly {
      readonly at: Date;
      readonly title: string;
      readonly site?: string;
      readonly device?: string;
      readonly details: readonly string[];
      /** Of a confirmation. */
      readonly href?: string;
    }[];
    readonly csvHref: string;
    readonly jsonHref: string;
    /** There is more to look at, also where nothing was found so far. */
    readonly olderHref?: string;
    readonly newestHref?: string;
  };
  /** What was confirmed, how, and the receipt of it. */
  readonly "account/confirmation": {
    readonly described?: Described;
    readonly site: string;
    readonly device?: string;
    readonly confirmedAt: Date;
    readonly confirmationId: string;
    readonly binding: "payment" | "confirm" | "operation" | "sms";
    /** A compact JWS; none for a site that is no more. */
    readonly receipt?: string;
    readonly historyHref: string;
    readonly verifyHref: string;
  };
  /** What I am told of. The buttons are `on` or `off` and the notice. */
  readonly "account/notifications": {
    readonly action: string;
    readonly accountHref: string;
    readonly told?: AccountTold;
    readonly notices: readonly { readonly notice: keyof Messages["notice"]["kinds"]; readonly on: boolean }[];
  };
  /** In which language I am spoken to. Posts `save` with `language`. */
  readonly "account/language": {
    readonly action: string;
    readonly accountHref: string;
    readonly told?: AccountTold;
    readonly languages: readonly { readonly locale: Locale; readonly name: string; readonly chosen: boolean }[];
  };
  /** Who came to the account page did not sign in. */
  readonly "account/stopped": { readonly againHref: string };
}
