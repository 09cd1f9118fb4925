/** The pages by which somebody opens an account and connects a phone. */
import type { Qr } from "./qr.ts";
import type { ChallengeData, Form } from "./views.ts";

export interface EnrolmentViews {
  readonly "registration/start": Form<"email" | "phone"> & { readonly signInHref: string };
  /** `email` and `phone` are the person's own, typed a moment ago. `startHref` goes back to change them. */
  readonly "registration/email-code": Form<"code"> & { readonly email: string; readonly startHref: string };
  readonly "registration/phone-code": Form<"code"> & { readonly phone: string; readonly startHref: string };
  readonly "registration/closed": { readonly siteHref?: string };

  readonly "enrolment/activate": {
    readonly action: string;
    /** Ten characters, without the hyphen. */
    readonly code: string;
    readonly state: "waiting" | "expired";
    readonly expiresInSeconds: number;
    /** The account's e-mail, which is typed into the phone beside the code. */
    readonly email: string;
    readonly phoneHref: string;
    /** The same with the code in its fragment, for who reads this page on the phone itself. */
    readonly hereHref?: string;
    /** The registration was begun in the client on this phone: the link leads back to it, and is what the page is about. */
    readonly fromClient?: boolean;
    readonly qr?: Qr;
    readonly statusHref?: string;
    /** In development only: what to type to activate the command-line phone. */
    readonly command?: string;
    /** `answered` was pressed, and no phone has entered the code. */
    readonly notYet?: boolean;
    /** Another device has allowed this one code: another is to be allowed again. It is no step of a registration. */
    readonly once?: boolean;
    /** Of an account that is there already. It is no step of a registration. */
    readonly recovers?: boolean;
  };
  /** `watchHref`: as `statusHref`, where the person has nothing to press for it. */
  readonly "enrolment/first-response": ChallengeData & { readonly device: string; readonly watchHref?: string };
  /** `once`: another code is to be allowed by another device again. */
  readonly "enrolment/ended": { readonly action: string; readonly once?: boolean };
  /** Posts `next`: to the site of the frame, or just to an end. `confirms`: to an operation that the site has asked for, and not to a sign-in. `recovers`: to the account. */
  readonly "enrolment/done": {
    readonly action: string;
    readonly device: string;
    readonly confirms?: boolean;
    readonly recovers?: boolean;
  };
}
