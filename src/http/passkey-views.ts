/** The pages on which a person adds, names and removes passkeys. */
import type { AccountTold } from "./device-views.ts";
import type { Form } from "./views.ts";

/** `refused`, `expired`, `too-many`: of a sign-in. `not-added`: the browser's answer was not taken. */
export interface PasskeyError {
  readonly field: "passkey";
  readonly code: "refused" | "expired" | "too-many" | "not-added";
}

/** What the page's script needs to ask the browser for a passkey. */
export interface PasskeyAsked {
  /** The path that takes `credential`. */
  readonly action: string;
  /** JSON of `PublicKeyCredentialRequestOptions`. */
  readonly options: string;
}

export interface PasskeyShown {
  readonly name: string;
  readonly kind: "single-device" | "multi-device";
  readonly addedAt: Date;
  readonly usedAt?: Date;
}

export interface PasskeyViews {
  /** Posts `add`, which the phone confirms. */
  readonly "passkey/list": {
    readonly action: string;
    readonly told?: AccountTold;
    readonly passkeys: readonly (PasskeyShown & { readonly href: string })[];
    /** There are as many as there may be. */
    readonly full: boolean;
    readonly accountHref: string;
  };
  /** The browser is asked to make one. Posts `passkey` with `credential`. */
  readonly "passkey/new": Form & {
    /** JSON of `PublicKeyCredentialCreationOptions`. */
    readonly options: string;
    readonly listHref: string;
  };
  /** One passkey and its name. Posts `rename`. */
  readonly "passkey/passkey": Form<"name"> & {
    readonly passkey: PasskeyShown;
    readonly removeHref: string;
    readonly listHref: string;
  };
  /** Posts `remove`. */
  readonly "passkey/remove": {
    readonly action: string;
    readonly passkey: PasskeyShown;
    readonly passkeyHref: string;
  };
}
