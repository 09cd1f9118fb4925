/**
 * Owns oidc-provider: its configuration, storage, policy and what its tokens say. It knows nothing of pages and how a person signs in:
 * oidc-provider redirects to `/interaction/:uid` and is resumed from there. Control enters by the protocol's endpoints, from `app.ts`.
 */

import Provider, {
  type AdapterFactory,
  type Client,
  type ClientMetadata,
  type Configuration,
  type ErrorOut,
  errors,
  type KoaContextWithOIDC,
} from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import { type Clock, epochSeconds } from "../clock.ts";
import type { BoundTokens } from "../config/config.ts";
import type { Database, Sql } from "../database/database.ts";
import type { CookieSigner } from "../http/cookies.ts";
import { PROOF_ALGORITHMS } from "../possession/proof.ts";
import { type Acr, assess, demandedAcrs, parseAcr } from "./assurance.ts";
import { type CibaGrantPorts, cibaFeature, cibaLifetime } from "./ciba-grant.ts";
import { assertClaimsAllowed, CLAIMS, confirmationIdOf, createFindAccount } from "./claims.ts";
import { ASSERTION_ALGORITHMS, takeUnencodedSecrets } from "./client-authentication.ts";
import type { ClientEntry } from "./clients.ts";
import { CODE_PATH, INTERVAL } from "./device-grant.ts";
import { otherEndpoints } from "./discovery.ts";
import { refuseOtherGrants } from "./grant-types.ts";
import { type Consented, loadGrant } from "./grants.ts";
import { FAMILY, LONGEST_SESSION, TTL } from "./lifetimes.ts";
import { asksForOperation, confirmationOf, type OperationPorts, richAuthorization } from "./operations.ts";
import { acrRequestOf, createPolicy } from "./policy.ts";
import { explainRefusals } from "./refused-grants.ts";
import { createResourceIndicators, introspectionPolicy } from "./resources.ts";
import { isOurScope, SCOPES } from "./scopes.ts";
import {
  authenticationMethods,
  certificateAliases,
  demandBound,
  type SenderConstraintPorts,
  senderConstraint,
} from "./sender-constraint.ts";
import { subjectFor } from "./subject.ts";
import { engineKeys, type TokenKeys } from "./token-keys.ts";

export interface ProviderPorts {
  issuer: string;
  production: boolean;
  trustProxy: boolean;
  clients: readonly ClientEntry[];
  adapter: AdapterFactory;
  database: Database;
  accounts: Accounts;
  /** What the person has let a site have before. */
  consented(sql: Sql, accountId: string, clientId: string): Promise<Consented>;
  /** Whether the person wants to be asked for a response at every sign-in to this site. */
  demandsLogin(accountId: string, clientId: string): Promise<boolean>;
  /** What a sign-in can reach here. */
  acrs: readonly Acr[];
  operations: Omit<OperationPorts, "issuer">;
  keys: TokenKeys & { pairwise: Uint8Array };
  cookieSigner: CookieSigner;
  binding: SenderConstraintPorts & { demanded: BoundTokens };
  pages: ProviderPages;
  userCodes: DeviceFlow;
  uiLocales: readonly string[];
  clock: Clock;
  ciba: CibaGrantPorts;
}

/** What oidc-provider shows to people by itself, in our pages. */
export interface ProviderPages {
  confirmSignOut(context: KoaContextWithOIDC, form: { action: string; xsrf: string }): Promise<void>;
  /** Also after a "stay": then the person is still signed in. */
  signedOut(context: KoaContextWithOIDC): Promise<void>;
  error(context: KoaContextWithOIDC, out: ErrorOut, error: Error): void;
}

/** Bytes: a hundred keys. A site's server that sends without end is not waited for. */
const LARGEST_FETCH = 64 * 1024;

const TOKEN_ALGORITHMS = ["ES256", "EdDSA", "RS256"] as const;

type DeviceFlow = NonNullable<NonNullable<Configuration["features"]>["deviceFlow"]>;

export async function createProvider(ports: ProviderPorts): Promise<Provider> {
  const provider = new Provider(ports.issuer, configuration(ports));
  provider.proxy = ports.trustProxy;
  takeUnencodedSecrets(provider);
  refuseOtherGrants(provider);
  explainRefusals(provider);
  provider.on("authorization.success", (context) => {
    // Nobody was signed in before the operation, and nobody is after it.
    if (confirmationOf(context)?.sessionless === true && context.oidc.session !== undefined)
      Object.assign(context.oidc.session, { destroyed: true });
  });
  provider.on("device_authorization.success", (_context, answer) => {
    Object.assign(answer, { interval: INTERVAL });
  });
  // oidc-provider looks at a client's metadata only when it is first used; a wrong one is to stop the start.
  for (const { client_id: id } of ports.clients) await provider.Client.find(id);
  return provider;
}

function configuration(ports: ProviderPorts): Configuration {
  const { issuer, production } = ports;
  const secure = issuer.startsWith("https:");
  const cookie = { httpOnly: true, sameSite: "lax", signed: true, secure, overwrite: true } as const;
  return {
    adapter: ports.adapter,
    clients: ports.clients.map((entry) => engineClient(demandBound(entry, ports.binding.demanded))),
    clientDefaults: {
      id_token_signed_response_alg: "ES256",
      introspection_signed_response_alg: "ES256",
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
    extraClientMetadata: {
      properties: [
        "first_party",
        "require_pkce",
        "operations_by_query",
        "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
        "enum_shows_challenge",
      ],
    },
    clientAuthMethods: authenticationMethods(ports.binding.certificates),
    jwks: engineKeys(ports.keys),
    enabledJWA: {
      idTokenSigningAlgValues: [...TOKEN_ALGORITHMS],
      userinfoSigningAlgValues: [...TOKEN_ALGORITHMS],
      introspectionSigningAlgValues: [...TOKEN_ALGORITHMS],
      clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS],
      // No HS256: by what a browser carries along, whoever reads it could try guesses of the secret at home.
      requestObjectSigningAlgValues: [...ASSERTION_ALGORITHMS],
      dPoPSigningAlgValues: [...PROOF_ALGORITHMS],
    },
    cookies: {
      keys: ports.cookieSigner,
      names: {
        session: secure ? "__Host-enum-session" : "enum-session",
        interaction: "enum-interaction",
        resume: "enum-resume",
      },
      long: cookie,
      short: cookie,
    },
    routes: {
      authorization: "/authorize",
      token: "/token",
      userinfo: "/userinfo",
      jwks: "/jwks",
      introspection: "/introspect",
      revocation: "/revoke",
      end_session: "/sign-out",
      pushed_authorization_request: "/par",
      device_authorization: "/device-authorization",
      code_verification: CODE_PATH,
      backchannel_authentication: "/bc-authorize",
    },
    responseTypes: ["code"],
    // A site that cannot do PKCE shows by its nonce that the code is its own (RFC 9700 section 2.1.1).
    pkce: {
      required: (context, client) => client["require_pkce"] !== false || context.oidc.params?.["nonce"] === undefined,
    },
    allowOmittingSingleRegisteredRedirectUri: false,
    subjectTypes: ["public", "pairwise"],
    pairwiseIdentifier: (_context, accountId, client) => subjectFor(ports.keys.pairwise, accountId, client),
    scopes: [...SCOPES],
    claims: Object.fromEntries(Object.entries(CLAIMS).map(([scope, names]) => [scope, [...names]])),
    acrValues: [...ports.acrs],
    discovery: {
      prompt_values_supported: ["none", "login", "consent", "create"],
      ui_locales_supported: [...ports.uiLocales],
      claims_locales_supported: undefined,
      enum_confirmations_jwks_uri: `${issuer}/confirmations/jwks`,
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
      ...otherEndpoints(ports.binding.certificates),
      ...certificateAliases(ports.binding.certificates),
    },
    findAccount: createFindAccount(ports),
    loadExistingGrant: (context) => loadGrant(ports, context),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}`, policy: createPolicy(ports) },
    // Called for each new code before it is stored, which is the place where a request's own acr can be set on it.
    expiresWithSession(context, source) {
      if (asksForOperation(context)) return confirmationOf(context)?.sessionless !== true;
      if (source.kind === "AuthorizationCode" || source.kind === "DeviceCode") setAcr(context, source);
      return !source.scopes.has("offline_access");
    },
    extraTokenClaims(context, token) {
      const { AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest } = context.oidc.entities;
      const source = AuthorizationCode ?? RefreshToken ?? DeviceCode ?? BackchannelAuthenticationRequest;
      if (token.kind !== "AccessToken" || source === undefined) return undefined;
      return { acr: source.acr, amr: source.amr, auth_time: source.authTime, txn: confirmationIdOf(context) };
    },
    // A code may have it still, where the person has taken it back since.
    issueRefreshToken: ({ oidc: { entities } }, client, source) =>
      source.rar === undefined &&
      client.grantTypeAllowed("refresh_token") &&
      source.scopes.has("offline_access") &&
      isForAbsence(entities.Grant),
    // One that was on its way when the person took the access in an absence back ends here.
    rotateRefreshToken({ oidc: { entities } }) {
      if (!isForAbsence(entities.Grant))
        throw new errors.InvalidGrant("the person lets this site be here in an absence no more");
      return true;
    },
    ttl: {
      ...TTL,
      RefreshToken: (_context, token) => Math.max(1, Math.min(TTL.RefreshToken, FAMILY - token.totalLifetime())),
      Session: (_context, { loginTs }) => {
        const now = epochSeconds(ports.clock());
        return Math.max(1, Math.min(TTL.Session, (loginTs ?? now) + LONGEST_SESSION - now));
      },
      BackchannelAuthenticationRequest: (context) => cibaLifetime(ports.ciba, context),
      // A grant outlives every token that hangs on it: a session's own, or a family of refresh tokens.
      Grant: (_context, grant) => (isForAbsence(grant) ? FAMILY + TTL.AccessToken : TTL.Session),
    },
    clientBasedCORS: (_context, origin, client) => corsAllowed(origin, client),
    features: {
      devInteractions: { enabled: false },
      ...senderConstraint(ports.binding),
      claimsParameter: { enabled: true, assertClaimsParameter: assertClaimsAllowed },
      introspection: { enabled: true, allowedPolicy: introspectionPolicy(ports) },
      jwtIntrospection: { enabled: true },
      jwtUserinfo: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: async (_context, client, token) => token.clientId === client.clientId,
      },
      backchannelLogout: { enabled: true },
      ciba: cibaFeature(ports.ciba),
      deviceFlow: ports.userCodes,
      // For keys that are published and do not sign (`token-keys.ts`).
      externalSigningSupport: { enabled: true, ack: "experimental-01" },
      requestObjects: { enabled: true, requireSignedRequestObject: false },
      resourceIndicators: createResourceIndicators(ports),
      richAuthorizationRequests: richAuthorization({ ...ports.operations, issuer }),
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => ports.pages.confirmSignOut(context, formOf(form)),
        postLogoutSuccessSource: (context) => ports.pages.signedOut(context),
      },
    },
    renderError: (context, out, error) => ports.pages.error(context, out, error),
    fetchResponseBodyLimits: { jwks_uri: LARGEST_FETCH, sector_identifier_uri: LARGEST_FETCH },
    fetch: (url, options) =>
      globalThis.fetch(url, { redirect: "error", ...(production ? options : withoutGuard(options)) }),
  };
}

function isForAbsence(grant: { getOIDCScope(): string } | undefined): boolean {
  return grant?.getOIDCScope().split(" ").includes("offline_access") === true;
}

/** What oidc-provider is to know of a client: resource servers and their scopes are ours (`resources.ts`). */
function engineClient(entry: ClientEntry): ClientMetadata {
  const {
    development_only: _,
    logo: _logo,
    resource: _resource,
    resource_scopes: _words,
    resources: _resources,
    security_bot: _bot,
    ...client
  } = entry;
  return { ...client, scope: client.scope.split(" ").filter(isOurScope).join(" ") };
}

/** What this code's tokens say, which may be less than the session has: the highest of what was asked for (PROTOCOL 8). */
function setAcr(context: KoaContextWithOIDC, code: { acr?: string | undefined }): void {
  const assurance = assess(demandedAcrs(acrRequestOf(context)), parseAcr(context.oidc.session?.acr));
  if (assurance.kind !== "met") throw new errors.UnmetAuthenticationRequirements("the requested acr is not met");
  code.acr = assurance.acr;
}

/** The engine's own guard refuses addresses of this machine, where the demo's sites live. */
function withoutGuard(options: RequestInit | undefined): RequestInit {
  const { dispatcher: _, ...rest }: RequestInit & { dispatcher?: unknown } = options ?? {};
  return rest;
}

/** A public client's own pages may call from their origin; others have a back end. */
function corsAllowed(origin: string, client: Client): boolean {
  const isPublic = client.tokenEndpointAuthMethod === "none";
  return isPublic && (client.redirectUris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin);
}

/** oidc-provider hands over a finished form; our page has its own buttons and needs what is in it. */
function formOf(html: string): { action: string; xsrf: string } {
  const action = /action="([^"]*)"/.exec(html)?.[1];
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(html)?.[1];
  if (action === undefined || xsrf === undefined) throw new Error("oidc-provider's sign-out form has changed");
  return { action, xsrf };
}
