import {
  type ClaimsParameter,
  type Client,
  errors,
  type FindAccount,
  type KoaContextWithOIDC,
  type Account as OidcAccount,
} from "oidc-provider";
import { type Accounts, standardClaims } from "../account/account.ts";
import type { Millis } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { parseWmid, type Wmid } from "../wmid.ts";

/** Scopes and what each lets a site see (PROTOCOL 10; OpenID Connect Core section 5.4). */
export const CLAIMS = {
  openid: ["sub", "acr", "amr", "auth_time", "txn"],
  email: ["email", "email_verified"],
  phone: ["phone_number", "phone_number_verified"],
  profile: ["locale", "updated_at"],
  wmid: ["wmid"],
} as const;

/** The scope that a claim is of; a claim can be asked for without its scope (OpenID Connect Core section 5.5). */
export function scopeOfClaim(claim: string): string | undefined {
  return Object.entries(CLAIMS).find(([, names]) => names.some((name) => name === claim))?.[0];
}

/**
 * Throws for a claim of a scope that the client's entry does not list: the parameter `claims` is no way around it (OWASP ASVS 10.4.11). Its
 * members are null or objects (OpenID Connect Core section 5.5.1).
 */
export function assertClaimsAllowed(
  _context: unknown,
  { userinfo = {}, id_token: idToken = {} }: ClaimsParameter,
  { scope = "" }: Pick<Client, "scope">,
): void {
  for (const [claim, member] of [userinfo, idToken].flatMap((asked) => Object.entries<unknown>(asked))) {
    if (typeof member !== "object" || Array.isArray(member))
      throw new errors.InvalidRequest("the members of claims are null or objects");
    const of = scopeOfClaim(claim) ?? "openid";
    if (of !== "openid" && !scope.split(" ").includes(of))
      throw new errors.InvalidScope(`${claim} is of a scope that this client may not ask for`, of);
  }
}

/** As the engine has it in a request; `endsAt`: its deletion waits. */
export interface FoundAccount extends OidcAccount {
  endsAt?: Millis | undefined;
}

/** Where a person stands before the pages, and can be told that the account serves at no site while its deletion waits. */
const BEFORE_PAGES: ReadonlySet<string> = new Set(["authorization", "resume", "code_verification", "device_resume"]);

export function createFindAccount(ports: { database: Database; accounts: Accounts }): FindAccount {
  return async (context, id): Promise<FoundAccount | undefined> => {
    const account = await ports.accounts.byId(ports.database, id);
    // What was in flight when its deletion was asked for gets no more than what comes after it is gone.
    if (account?.endsAt !== undefined && !BEFORE_PAGES.has(context.oidc.route)) return undefined;
    // Somebody whom a site has named and whom nobody knows: for as long as nobody answers, it is as if they were here, and costs as much.
    if (account === undefined) return isDecoy(id) ? { accountId: id, claims: async () => ({ sub: id }) } : undefined;
    return {
      accountId: id,
      endsAt: account.endsAt,
      async claims(use, scope, requested) {
        const wanted = scope.split(" ").includes("wmid") || "wmid" in requested;
        const wmid = wanted ? await wmidFor(ports, context, id) : undefined;
        const txn = use === "id_token" ? confirmationIdOf(context) : undefined;
        return {
          sub: id,
          ...standardClaims(account),
          ...(wmid === undefined ? {} : { wmid }),
          ...(txn === undefined ? {} : { txn }),
        };
      },
    };
  };
}

/** A subject without an account; an account's id has no colon. */
export function isDecoy(subject: string): boolean {
  return subject.startsWith("decoy:");
}

/** The confirmation that a code carries, for the claim `txn` (RFC 8417 section 2.2). */
export function confirmationIdOf(context: KoaContextWithOIDC): string | undefined {
  const { AuthorizationCode, DeviceCode, BackchannelAuthenticationRequest } = context.oidc.entities;
  const confirmation = (AuthorizationCode ?? DeviceCode ?? BackchannelAuthenticationRequest)?.rar?.[0]?.[
    "confirmation"
  ];
  return typeof confirmation === "object" && confirmation !== null && "id" in confirmation
    ? String(confirmation.id)
    : undefined;
}

/** The one WMID that a site sees. */
async function wmidFor(
  ports: { database: Database; accounts: Accounts },
  context: KoaContextWithOIDC,
  id: string,
): Promise<Wmid | undefined> {
  const clientId = context.oidc.client?.clientId ?? "";
  return (await ports.accounts.wmidsFor(ports.database, id, clientId)).seen;
}

/**
 * Whether this site can be told a WMID without asking the person which: it is clear which one the site sees, there is none, or the site's
 * `login_hint` is one of them, which then is remembered as the choice. A person whose chosen one was taken away is asked again.
 */
export async function wmidIsClear(
  ports: { database: Database; accounts: Accounts },
  about: { accountId: string; clientId: string; loginHint: string | undefined },
): Promise<boolean> {
  const { accountId, clientId } = about;
  const { all, seen } = await ports.accounts.wmidsFor(ports.database, accountId, clientId);
  if (all.length <= 1 && seen === all[0]) return true;
  const hint = parseWmid(about.loginHint ?? "");
  if (hint !== undefined && all.includes(hint)) {
    await ports.accounts.chooseWmid(ports.database, accountId, clientId, hint);
    return true;
  }
  return seen !== undefined;
}
