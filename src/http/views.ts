/**
 * Every hosted page and what it must be told: the contract between a feature's handler and its template.
 *
 * Owns no words (those are in `src/locale/`) and no markup (that is in `views/`). A handler passes codes and values;
 * `render.ts` turns them into a page. The name of a view is the path of its template: `views/<feature>/<page>.eta`.
 */
import type { Described } from "../operation/operation.ts";
import type { AccountViews } from "./account-views.ts";
import type { CertificateError, CertificateViews } from "./certificate-views.ts";
import type { ContactViews } from "./contact-views.ts";
import type { DeviceViews } from "./device-views.ts";
import type { EnrolmentViews } from "./enrolment-views.ts";
import type { IdentifierData } from "./identifier-views.ts";
import type { PasskeyError, PasskeyViews } from "./passkey-views.ts";
import type { Qr } from "./qr.ts";
import type { RecoveryError, RecoveryViews } from "./recovery-views.ts";
import type { StorageViews } from "./storage-views.ts";
import type { TillCodeError, TillCodeViews } from "./till-code-views.ts";

/** The mode that the person chooses on the phone, by the phone's own name for it (PROTOCOL 3). */
export type Screen = "login" | "confirm" | "payment" | "activate";

/** What the right response belongs to: `scan` where a typed number fits nothing, and only the scanned code does. */
type WantedScreen = Screen | "scan";

/** What can be wrong with one field. `render.ts` finds the words; a field's name is the name of its input. */
export type FieldError =
  | { readonly field: "identifier"; readonly code: "empty" | "unrecognised" | "too-many" }
  | { readonly field: "email"; readonly code: "empty" | "unrecognised" | "same" | "too-many" }
  | { readonly field: "phone"; readonly code: "empty" | "unrecognised" | "same" | "unserved-country" | "too-many" }
  /** One code by e-mail or SMS. `exhausted` and `expired`: only a new one helps. */
  | { readonly field: "code"; readonly code: "empty" | "malformed" | "exhausted" | "expired" | "too-many" }
  | { readonly field: "code"; readonly code: "wrong"; readonly triesLeft: number }
  /** `check-number`: eight digits were typed, the number itself instead of the phone's response to it. */
  | { readonly field: "response"; readonly code: "empty" | "malformed" | "check-number" | "too-many" }
  /** The response was right, and the policy takes the scanned one alone; it cost no try. */
  | { readonly field: "response"; readonly code: "demands-scan"; readonly because: Because | undefined }
  /** The code by SMS was right, and the policy takes a response alone; it cost no try. */
  | { readonly field: "response"; readonly code: "demands-response"; readonly because: Because | undefined }
  | { readonly field: "response"; readonly code: "wrong"; readonly triesLeft: number; readonly screen: WantedScreen }
  /** The response was right for another screen of the phone (PROTOCOL 7); it still cost a try. */
  | {
      readonly field: "response";
      readonly code: "other-screen";
      readonly triesLeft: number;
      readonly used: Screen;
      readonly wanted: WantedScreen;
    }
  | { readonly field: "wmid"; readonly code: "not-chosen" }
  | CertificateError
  | RecoveryError
  | PasskeyError
  | TillCodeError
  | { readonly field: "user_code"; readonly code: "empty" | "unknown" }
  | { readonly field: "receipt"; readonly code: "empty" | "too-many" }
  | { readonly field: "name"; readonly code: "empty" | "too-long" | "malformed" };

/** A form that posts to the page's own path. */
export interface Form<Values extends string = never> {
  /** The path that the form posts to. */
  readonly action: string;
  readonly errors: readonly FieldError[];
  /** What the person typed, to be kept on the page. */
  readonly values: { readonly [name in Values]?: string };
}

/** `open`: it can be answered. `expired`, `exhausted`: only a new one helps, and that is no error of the person's. */
type ChallengeState = "open" | "expired" | "exhausted";

/** What every page with a check number shows. */
export interface ChallengeData extends Form<"response"> {
  /** Eight digits, without a space. */
  readonly number: string;
  readonly state: ChallengeState;
  readonly expiresInSeconds: number;
  readonly qr?: Qr;
  /** Opens an E-num client on this same device with the request (PROTOCOL 4). */
  readonly clientHref?: string;
  /** Answers `{"state":"waiting"|"moved"|"over","reached"?}` to GET: the page goes on by itself, or is loaded anew and says what has ended. */
  readonly statusHref?: string;
  /** Whether a phone of the account shows the request; only where the account is signed in (PROTOCOL 7). */
  readonly reached?: boolean;
  /** In development only: what to type to ask the command-line phone. */
  readonly command?: string;
  /** In development only: the response that was asked for with `show-response`. */
  readonly shownResponse?: string;
  /** `answered` was pressed, and the phone has not answered. */
  readonly notYet?: boolean;
}

/** What a page shows of a code by SMS; without `fate` it is the same for nobody's account, for whom none was sent. */
export interface SmsCodeData extends Form<"code"> {
  /** `limited`: from this address none can be sent now. */
  readonly state: "open" | "expired" | "exhausted" | "limited";
  /** `resend` was pressed. */
  readonly told?: "sent" | "too-soon";
  /** What has become of the SMS; in a browser that is signed in alone. `withheld`: none was sent. */
  readonly fate?: "waiting" | "sent" | "delivered" | "failed" | "withheld";
  /** The page with the check number. */
  readonly backHref: string;
}

/** A receipt that is ours and unchanged, as `confirmation/receipt` explains it. */
interface GenuineReceipt {
  readonly kind: "genuine";
  readonly described: Described;
  /** The site that the operation was confirmed for. */
  readonly site: string;
  readonly confirmedAt: Date;
  readonly confirmationId: string;
  readonly acr: "sms" | "login" | "operation";
  readonly binding: "payment" | "confirm" | "operation" | "sms";
  /** Holds the signature of the person's device; otherwise the receipt is the provider's word. */
  readonly signedByDevice: boolean;
}

export type ReceiptOutcome =
  | GenuineReceipt
  | { readonly kind: "refused"; readonly reason: "not-a-receipt" | "other-issuer" | "bad-signature" | "wrong-type" };

export type Scope = "email" | "phone" | "profile" | "wmid" | "offline_access";

/** Why an error page is shown; `render.ts` says what happened, whether it is safe, and what to do next. */
export type ErrorPageCode =
  | "not-found"
  | "bad-request"
  | "session-lost"
  | "expired"
  | "wrong-host"
  | "unavailable"
  | "server-error"
  | "site-error"
  | "site-gone"
  | "cross-site"
  | "too-large"
  | "method"
  | "too-many"
  /** This operation was confirmed before; once is all there is. */
  | "already-confirmed"
  /** The request is for another account than the one that is signed in. */
  | "other-account";

/** Those that can lead on, each by a word of its own. */
export type OnwardCode = "not-found" | "session-lost" | "expired" | "site-gone" | "already-confirmed" | "other-account";

interface OutboxMessage {
  readonly channel: "mail" | "sms";
  readonly to: string;
  /** A mail has one, an SMS has none. */
  readonly subject?: string;
  readonly text: string;
  readonly at: Date;
}

/** Why the policy demands more, or has it refused: a limit (`1,000.00 WMZ`), or somebody's word with the reason that was given. */
export type Because =
  | { readonly kind: "limit"; readonly window: "each" | "day" | "week" | "month"; readonly limit: string }
  | { readonly kind: "raised"; readonly by: RaisedBy; readonly reason?: string };
type RaisedBy = "person" | "security" | "deletion" | "recovery";

/** The data of every view, by the view's name. */
export interface Views
  extends AccountViews,
    CertificateViews,
    ContactViews,
    DeviceViews,
    EnrolmentViews,
    PasskeyViews,
    RecoveryViews,
    StorageViews,
    TillCodeViews {
  readonly "login/identifier": IdentifierData;
  readonly "login/challenge": ChallengeData & {
    readonly screen: "login" | "confirm" | "payment";
    readonly noPhoneHref: string;
    /** The identifier's page, for who mistyped. */
    readonly otherHref?: string;
    /** The site takes a code by SMS: shows the button `sms`. */
    readonly sms?: boolean;
  };
  /** Proves the account's e-mail before a number is shown. It names no address: it is the same for nobody's account. */
  readonly "login/email-code": Form<"code"> & {
    /** The identifier's page, or before an SMS that with the check number. */
    readonly otherHref: string;
    /** What the proof comes before, where it is no check number. */
    readonly before?: "sms";
    /** `resend` was pressed. */
    readonly resent?: boolean;
  };
  readonly "login/sms-code": SmsCodeData;
  readonly "login/locked": { readonly until: Date; readonly siteHref?: string; readonly recoveryHref?: string };
  /** New browsers are closed out, until the owner opens for one. `againHref` asks for a number once more. */
  readonly "login/closed-out": {
    readonly againHref: string;
    readonly siteHref?: string;
    /** `againHref` was followed, and nobody has opened. */
    readonly notYet?: boolean;
    /** In development only: what to type to open with the command-line phone. */
    readonly command?: string;
  };
  /** To the owner, right after a response in a known browser: `next` leaves new browsers out, `admit` opens for one. */
  readonly "login/admission": Form;
  readonly "login/declined": { readonly siteHref?: string };
  /** Help for who has no phone client yet or lost the phone; `backHref` is the page they came from. */
  readonly "login/no-phone": {
    readonly phoneHref: string;
    readonly registerHref?: string;
    readonly recoveryHref: string;
    readonly backHref?: string;
  };
  /** This sign-in was finished or begun anew in another tab or browser; or `ended`, with all of its account. */
  readonly "login/elsewhere": { readonly ended: boolean; readonly siteHref?: string };

  readonly "consent/consent": Form<"wmid"> & {
    /** What is asked for, in the order of the page; `value` is the person's own (`alice@example.com`). */
    readonly asked: readonly { readonly scope: Scope; readonly value?: string }[];
    /** The account's WMIDs; with two or more the person chooses one, when `wmid` is asked for. */
    readonly wmids: readonly string[];
    /** It is a native app that asks, without anybody vouching for its name (RFC 8252 section 8.6); then perhaps nothing is asked for. */
    readonly app: boolean;
    /** The answer is kept: not an app's, and not one to single claims alone. */
    readonly remembered: boolean;
    /** How long the site may use it: after a sign-in, and where it asks for that, in an absence. */
    readonly lasts: { readonly minutes: number } | { readonly days: number; readonly most: number };
    /** Resource servers that the site wants to use, and what for, in the operator's words and the page's language. */
    readonly servers: readonly { readonly name: string; readonly scopes: readonly string[] }[];
  };

  /** What is asked, and the number that answers it. A response to it opens no session. */
  readonly "confirmation/operation": ChallengeData & {
    readonly described: Described;
    /** How the phone is told what is bound: typed on one of its screens, or by the scanned code alone. */
    readonly screen: "payment" | "confirm" | "scan";
    /** What to look at again; for a signed-in person only (PROTOCOL 7). */
    readonly unusual: readonly "first-payee"[];
    /** Why it is to be scanned though it could be typed; for a signed-in person only. */
    readonly because?: Because;
    /** For a signed-in person: `decline` comes with a `reason`, `not_me`, `wrong_details` or `changed_mind`, or none. */
    readonly declineReasons: boolean;
    /** The identifier's page, for who mistyped; where nobody is signed in. */
    readonly otherHref?: string;
    /** The policy and the site's request take a code by SMS: shows the button `sms`. */
    readonly sms?: boolean;
    /** The details did not fit into the code, which names the request alone: the phone takes them over the network. */
    readonly online?: boolean;
    /** In development only: what to type to let the command-line phone scan. */
    readonly scanCommand?: string;
  };
  readonly "confirmation/sms-code": SmsCodeData & {
    readonly described: Described;
    /** As above. */
    readonly declineReasons: boolean;
  };
  /** Nobody is signed in: what is asked is seen first. `registration`: who has no account can open one, and goes on here. */
  readonly "confirmation/identifier": Form<"identifier"> & {
    readonly described: Described;
    readonly registration: boolean;
  };
  readonly "confirmation/declined": {
    readonly siteHref?: string;
    /** `not_me`, by a signed-in person: every open request of the account has ended. */
    readonly requestsClosed: boolean;
  };
  /** The policy has it refused: nothing that the person could do would confirm it now. */
  readonly "confirmation/refused": { readonly siteHref?: string; readonly because: Because };
  readonly "confirmation/locked": { readonly until: Date; readonly siteHref?: string };
  /** A public page: takes a pasted receipt and says in people's words what it proves. */
  readonly "confirmation/receipt": Form<"receipt"> & { readonly outcome?: ReceiptOutcome };

  /** A request that was declined on the phone; `alarmed`: because it was not its owner's. */
  readonly "request/declined": { readonly siteHref?: string; readonly alarmed: boolean };

  /** What a device without a browser shows (RFC 8628 section 3.3); posts `user_code`. */
  readonly "user-code/enter": Form<"user_code"> & { readonly xsrf: string };
  /** Who asks, and from where. The buttons are `confirm=yes` and `abort=yes`. */
  readonly "user-code/confirm": {
    readonly action: string;
    readonly xsrf: string;
    /** `BCDF-GHJK`. */
    readonly userCode: string;
    readonly asked: { readonly ip?: string; readonly country?: string; readonly at: Date };
    /** An operation is to be confirmed, and nobody signed in by it. */
    readonly operation: boolean;
  };
  readonly "user-code/end": { readonly end: "signed-in" | "confirmed" | "stopped" };

  /**
   * What a site has wished to be told by a form (`response_mode=form_post`); or the engine's form that ends the sign-in of another account,
   * after which the new one goes on. Posts itself with JavaScript.
   */
  readonly "returning/post": {
    readonly to: "site" | "other-account";
    readonly action: string;
    readonly fields: readonly { readonly name: string; readonly value: string }[];
  };

  /** The engine's form (`op.logoutForm`); the buttons are `logout=yes` and one without a value, which stays. */
  readonly "signing-out/confirm": {
    readonly formId: string;
    readonly action: string;
    readonly xsrf: string;
    /** The names of the other sites that are told, and end their visits. */
    readonly told: readonly string[];
  };
  /** `frames`: pages of sites that end their visits when they are loaded (OpenID Connect Front-Channel Logout). */
  readonly "signing-out/done": { readonly siteHref?: string; readonly frames?: readonly string[] };
  /** The person left one site, or none, and is still signed in here. */
  readonly "signing-out/stayed": { readonly siteHref?: string };

  readonly "error/error": (
    | { readonly code: ErrorPageCode; readonly next?: never }
    /** One way on, where there is one. */
    | { readonly code: OnwardCode; readonly next: string }
  ) & {
    /** Names this event in the operator's log. */
    readonly reference: string;
    /** For `site-error`: what the site's developer must know. */
    readonly oauthError?: string;
    readonly detail?: string;
    /** For `wrong-host`: where the page is to be opened. */
    readonly host?: string;
  };

  readonly "home/home": {
    readonly accountHref: string;
    readonly registerHref?: string;
    readonly phoneHref: string;
    readonly discoveryHref: string;
    /** In development only. */
    readonly outboxHref?: string;
  };
  /** Which clients there are. */
  readonly "phone/clients": { readonly phoneHref: string };
  readonly "development/outbox": { readonly messages: readonly OutboxMessage[] };
}
