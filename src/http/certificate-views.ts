/** The pages on which a person gets, sees and revokes client certificates. */
import type { AccountTold } from "./device-views.ts";
import type { Form } from "./views.ts";

export type CertificateError =
  | {
      readonly field: "csr";
      readonly code:
        | "empty"
        | "unreadable"
        /** It is not signed by the key that it holds. */
        | "unproven"
        | "key-kind"
        | "weak-key"
        | "used-key"
        /** Five live for the WMID. */
        | "full"
        | "too-many";
    }
  | { readonly field: "reason"; readonly code: "not-chosen" }
  /** Of a sign-in: nobody was signed in by what the browser has shown. */
  | {
      readonly field: "certificate";
      readonly code: "none" | "foreign" | "expired" | "revoked" | "wmid-gone" | "late" | "too-many";
    };

export type RevocationReason = "key-compromise" | "superseded" | "no-longer-used" | "unspecified";

export interface CertificateShown {
  readonly wmid: string;
  /** 34 hexadecimal digits, capital letters, by four. */
  readonly serial: string;
  /** `P-256` or `RSA 2048`. */
  readonly kind: string;
  /** Of the key, as the phone has shown it. */
  readonly fingerprint: string;
  readonly issuedAt: Date;
  readonly until: Date;
  readonly state: "live" | "expired" | "revoked";
  readonly revoked?: {
    readonly at: Date;
    readonly by: "account" | "operator" | "recovery";
    readonly reason: RevocationReason;
  };
}

export interface CertificateViews {
  /** Every certificate of the account. `newHref` is there where one may be asked for. */
  readonly "certificate/list": {
    readonly told?: AccountTold;
    readonly live: readonly (CertificateShown & { readonly href: string })[];
    readonly ended: readonly (CertificateShown & { readonly href: string })[];
    readonly newHref?: string;
    /** Why none may be asked for: the account has no WMID. */
    readonly wmids: "some" | "none";
    readonly accountHref: string;
  };
  /** A certification request is pasted. Posts `next`. */
  readonly "certificate/new": Form<"wmid" | "csr"> & {
    /** With two or more the person chooses one. */
    readonly wmids: readonly string[];
    readonly listHref: string;
    /** Where scripts run, the key can be made in the browser. */
    readonly script: string;
  };
  readonly "certificate/certificate": {
    readonly certificate: CertificateShown;
    /** It and the authority's, in PEM. */
    readonly fileHref: string;
    readonly revokeHref: string;
    /** Asks for the next one of the same WMID. */
    readonly renewHref: string;
    readonly listHref: string;
    /** By which the script finds the key that was made in this browser. */
    readonly keyId: string;
    readonly script: string;
  };
  /** Posts `revoke` with a `reason`. */
  readonly "certificate/revoke": Form<"reason"> & {
    readonly certificate: CertificateShown;
    readonly certificateHref: string;
  };
}
