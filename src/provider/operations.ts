import {
  type AuthorizationDetailsForIntrospection,
  type Client,
  errors,
  type KoaContextWithOIDC,
  type RichAuthorizationRequestsActiveConfiguration,
} from "oidc-provider";
import { repeatedMember } from "../e-num/repeated-member.ts";
import type { OPERATION, SMS } from "./assurance.ts";

/** What a step has confirmed, as it comes back in the interaction's result. */
export interface ConfirmationResult {
  id: string;
  /** The one element as the site sent it, with the member `confirmation` (PROTOCOL 10). */
  details: { type: string; [member: string]: unknown };
  /** How it was confirmed: by a response to it, or by a code that was sent for it. */
  acr: typeof OPERATION | typeof SMS;
  amr: readonly string[];
  /** Seconds since 1970: the time of the response. */
  at: number;
  /** Nobody was signed in, and no session may be left behind. */
  sessionless: boolean;
}

export interface OperationPorts {
  types: readonly string[];
  /** Undefined when the element may be confirmed; otherwise why not, for the site's developer. */
  refuse(element: unknown, clientId: string): Promise<{ description: string; steps?: readonly string[] } | undefined>;
  issuer: string;
}

/** PROTOCOL 9: one element, at most 5 kB. */
const LIMIT_BYTES = 5 * 1024;

/** oidc-provider's part of RFC 9396: what is asked for is checked here, and only what a person has confirmed gets into a code. */
export function richAuthorization(ports: OperationPorts): RichAuthorizationRequestsActiveConfiguration & Introspected {
  const validate = async (context: KoaContextWithOIDC, element: object, client: Client): Promise<void> => {
    checkRequest(context, client);
    const refusal = await ports.refuse(element, client.clientId);
    if (refusal === undefined) return;
    context.state["why"] = refusal.steps;
    throw new errors.InvalidAuthorizationDetails(refusal.description);
  };
  return {
    enabled: true,
    types: Object.fromEntries(ports.types.map((type) => [type, { validate }])),
    authorizationDetailsForGrantSource(context, source) {
      const confirmed = confirmationOf(context);
      if (confirmed === undefined) throw new errors.AccessDenied("the operation was not confirmed");
      // True for this one request; the session keeps its own.
      source.acr = confirmed.acr;
      source.amr = [...confirmed.amr];
      source.authTime = confirmed.at;
      return [confirmed.details];
    },
    authorizationDetailsForAccessToken: (_context, _token, source) => source?.rar,
    authorizationDetailsForIntrospection: (_context, token) => token.rar,
  };
}

interface Introspected {
  authorizationDetailsForIntrospection: AuthorizationDetailsForIntrospection;
}

export function asksForOperation(context: KoaContextWithOIDC): boolean {
  return context.oidc.params?.["authorization_details"] !== undefined;
}

/** What the person has confirmed in this request, if they have. */
export function confirmationOf(context: KoaContextWithOIDC): ConfirmationResult | undefined {
  const { confirmation } = context.oidc.result ?? {};
  return isConfirmation(confirmation) ? confirmation : undefined;
}

function isConfirmation(value: unknown): value is ConfirmationResult {
  return typeof value === "object" && value !== null && "id" in value && "details" in value && "at" in value;
}

/** A site's name for something, in the characters that OAuth's error texts may hold (RFC 6749 section 5.2). */
function plain(name: string): string {
  return name.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/gu, "?").slice(0, 80);
}

/** From the client itself, as a pushed one is: a device's request (RFC 8628 section 3.1), and a site's own. */
const DIRECT: ReadonlySet<string> = new Set([
  "pushed_authorization_request",
  "device_authorization",
  "backchannel_authentication",
]);

/** What PROTOCOL 8 and 9 ask of the request around the element. */
function checkRequest(context: KoaContextWithOIDC, client: Client): void {
  const { params, trusted, entities, route } = context.oidc;
  // RFC 9396 section 6: what a token is for was confirmed before its code was given, and cannot be changed afterwards.
  if (route === "token")
    throw new errors.InvalidAuthorizationDetails("the code has its one confirmed operation: leave the parameter out");
  const text = (name: string) => (typeof params?.[name] === "string" ? params[name] : "");
  const details = text("authorization_details");
  if (Buffer.byteLength(details) > LIMIT_BYTES)
    throw new errors.InvalidAuthorizationDetails(`authorization_details are larger than ${LIMIT_BYTES} bytes`);
  const repeated = repeatedMember(details);
  if (repeated !== undefined)
    throw new errors.InvalidAuthorizationDetails(`${plain(repeated)}: is there twice in one object`);
  if (JSON.parse(details).length !== 1)
    throw new errors.InvalidAuthorizationDetails("one request confirms one operation: send one element");
  const pushed = DIRECT.has(route) || entities.PushedAuthorizationRequest !== undefined;
  const signed = trusted?.includes("authorization_details") === true;
  if (!pushed && !signed && client["operations_by_query"] !== true)
    throw new errors.InvalidRequest(
      "push this request (RFC 9126) or sign it (RFC 9101): operations are not taken from the query",
    );
  const scopes = text("scope")
    .split(" ")
    .filter((scope) => scope !== "");
  if (scopes.includes("offline_access"))
    throw new errors.InvalidScope("an operation is confirmed once: it has no refresh token", "offline_access");
  if (scopes.length > 0 && !scopes.includes("openid"))
    throw new errors.InvalidScope("scopes are for a sign-in: add openid, or leave scope out", text("scope"));
  if (text("prompt").split(" ").includes("none"))
    throw new errors.InteractionRequired("an operation is confirmed by a person");
}
