import type { Context } from "koa";
import type { Sql } from "../database/database.ts";

/** The site that sent the person, as pages name it. */
export interface Site {
  clientId: string;
  name: string;
  /** Where the site lives, shown under its name. */
  origin: string | undefined;
  /** The address of its logo, which we serve ourselves. */
  logo: string | undefined;
  /** A page of the site's to go back to when an interaction cannot go on. */
  href: string | undefined;
  firstParty: boolean;
}

/** A scope that a resource server knows; another server's of the same name is another. */
export interface ResourceScope {
  resource: string;
  scope: string;
}

/** Which server it is of and what it lets a site do, in every language; undefined for one that is no longer known. */
export type ResourceWords = (
  resource: string,
  scope: string,
) => { server: string; words: { readonly en: string; readonly ru: string } } | undefined;

/** One visit from oidc-provider to our pages, read once for each request (OpenID Connect Core section 3.1.2.3). */
export interface Visit {
  uid: string;
  /** Why oidc-provider sent the person: the name of its prompt. */
  prompt: "login" | "confirmation" | "consent" | "create" | "closing";
  site: Site;
  /** The site's request, as oidc-provider has checked it. */
  params: Readonly<Record<string, string | undefined>>;
  /** What the site still lacks, for `consent`. */
  missing: {
    scopes: readonly string[];
    claims: readonly string[];
    /** Of resource servers (RFC 8707). */
    ofResources: readonly ResourceScope[];
  };
  /** Who is signed in at this browser already, and in which of oidc-provider's sessions. */
  accountId: string | undefined;
  /** As pages name them. */
  signedIn: { email: string } | undefined;
  sessionUid: string | undefined;
  grantId: string | undefined;
}

/** A confirmed operation, as the site is to get it (PROTOCOL 10). */
export interface Confirmed {
  id: string;
  details: { type: string; [member: string]: unknown };
  acr: "urn:e-num:acr:operation" | "urn:e-num:acr:sms";
  amr: readonly string[];
  /** Seconds since 1970. */
  at: number;
  /** Nobody was signed in, and no session may be left behind. */
  sessionless: boolean;
}

/** What a step has come to; the dispatcher alone turns it into what happens next. */
export type Outcome =
  /** The step has written its page. */
  | { kind: "page" }
  /** On to another page of the interaction, by its path under `/interaction/:uid`. */
  | { kind: "to"; path: string }
  /** An account is proven. */
  | { kind: "login"; accountId: string; acr: string; amr: readonly string[]; at: number }
  /** An operation is confirmed. */
  | { kind: "confirmation"; accountId: string; result: Confirmed }
  | { kind: "consent"; grantId: string }
  /** The person said no, or the right person is not here; `farewell` writes a page before the site is told, by the address that leads back. */
  | {
      kind: "refused";
      error: "access_denied" | "login_required" | "invalid_authorization_details";
      description: string;
      farewell?: (siteHref: string) => void;
    }
  /** What was in the way is so no more: the request goes on as it is. */
  | { kind: "clear" }
  /** Kept already, with what proves it; `href` goes on. */
  | { kind: "concluded"; href: string }
  /** To registration, and back to this interaction afterwards. */
  | { kind: "register" };

/** What oidc-provider is told of, and ends the interaction. */
export type Final = Extract<Outcome, { kind: "login" | "confirmation" | "consent" | "clear" | "refused" }>;

/**
 * Keeps what an interaction has come to, and gives the address that goes on: at once, or in a transaction with what proves it, which then is the
 * only one that the request may wait for.
 */
export type Conclude = (context: Context, visit: Visit, final: Final, sql?: Sql) => Promise<string>;

export type StepHandler = (context: Context, visit: Visit) => Promise<Outcome>;

export interface StepRoute {
  method: "get" | "post";
  /** Under `/interaction/:uid`; the same word as the view's. */
  path: `/${string}`;
  handler: StepHandler;
}

/** A stage of an interaction: its first page, and the routes of all its pages. */
export interface Step {
  first: StepHandler;
  routes: readonly StepRoute[];
}

/** The address of a step's page. */
export function pathOf(visit: Visit, path: string): string {
  return `/interaction/${visit.uid}${path}`;
}

/** What stands around every page of a visit. */
export function around({ site, signedIn, params }: Visit, status = 200) {
  return { site, signedIn, uiLocales: params["ui_locales"], status };
}
