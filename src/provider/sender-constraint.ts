import type { ClientMetadata, Configuration } from "oidc-provider";
import type { BoundTokens, CertificateSource } from "../config/config.ts";
import type { Possession } from "../possession/possession.ts";
import { SUBJECT_MEMBERS, type SubjectMember } from "../possession/subject.ts";
import type { ClientEntry } from "./clients.ts";
import { OWN_CLIENT } from "./own-client.ts";

export interface SenderConstraintPorts {
  possession: Possession;
  /** 32 bytes, the same on each node. */
  nonceSecret: Uint8Array;
  certificates: CertificateSource | undefined;
}

/** DPoP (RFC 9449) and client certificates (RFC 8705) as oidc-provider is to demand them at its own endpoints. */
export function senderConstraint({ possession, nonceSecret, certificates }: SenderConstraintPorts) {
  return {
    dPoP: {
      enabled: true,
      nonceSecret: Buffer.from(nonceSecret),
      // A proof without a nonce could have been made long before, by who had the key for a moment (RFC 9449 section 8).
      requireNonce: () => true,
    },
    mTLS: {
      enabled: certificates !== undefined,
      certificateBoundAccessTokens: true,
      selfSignedTlsClientAuth: true,
      tlsClientAuth: certificates?.verifiedHeader !== undefined,
      getCertificate: possession.certificate,
      certificateAuthorized: possession.authorized,
      certificateSubjectMatches: possession.subjectMatches,
    },
  } satisfies Configuration["features"];
}

/** How clients may show at oidc-provider's endpoints who they are; certificates only where a proxy tells of them. */
export function authenticationMethods(certificates: CertificateSource | undefined) {
  return [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    ...(certificates === undefined ? [] : (["self_signed_tls_client_auth"] as const)),
    ...(certificates?.verifiedHeader === undefined ? [] : (["tls_client_auth"] as const)),
    "none",
  ] as const satisfies readonly string[];
}

/** Endpoints that take certificates, by their names in discovery (RFC 8705 section 5). */
export const CERTIFICATE_ENDPOINTS = {
  token_endpoint: "/token",
  userinfo_endpoint: "/userinfo",
  introspection_endpoint: "/introspect",
  revocation_endpoint: "/revoke",
  pushed_authorization_request_endpoint: "/par",
  device_authorization_endpoint: "/device-authorization",
} as const;

/** What discovery says of certificates beside what oidc-provider says by itself. */
export function certificateAliases(certificates: CertificateSource | undefined): Record<string, unknown> {
  const origin = certificates?.origin;
  if (origin === undefined) return {};
  const aliases = Object.entries(CERTIFICATE_ENDPOINTS).map(([name, path]) => [name, `${origin}${path}`]);
  return { mtls_endpoint_aliases: Object.fromEntries(aliases) };
}

/** A client whose tokens the operator wants bound gets that into its metadata; one that uses certificates keeps to them. */
export function demandBound(entry: ClientEntry, demanded: BoundTokens): ClientEntry {
  const meant = demanded === "all" || (demanded === "operations" && entry.authorization_details_types.length > 0);
  const bound = entry.dpop_bound_access_tokens === true || entry.tls_client_certificate_bound_access_tokens === true;
  // The account page's codes are never redeemed, and a back end gets no tokens.
  const none = entry.client_id === OWN_CLIENT || entry.grant_types.length === 0;
  return !meant || bound || none ? entry : { ...entry, dpop_bound_access_tokens: true };
}

/** Clients that need certificates where no proxy tells of them: sentences for the operator. */
export function certificateFaults(
  path: string,
  clients: readonly ClientEntry[],
  certificates: CertificateSource | undefined,
): string[] {
  return clients.flatMap((client) => {
    const { token_endpoint_auth_method: method } = client;
    const needs = method.endsWith("tls_client_auth") || client.tls_client_certificate_bound_access_tokens === true;
    const label = `${path}, client "${client.client_id}"`;
    if (needs && certificates === undefined)
      return [`${label}: client certificates are used, but ENUM_ID_CERTIFICATE_HEADER is not set: name the header.`];
    if (method === "tls_client_auth" && certificates?.verifiedHeader === undefined)
      return [`${label}: tls_client_auth needs ENUM_ID_CERTIFICATE_VERIFIED_HEADER: set it, or use another method.`];
    return [];
  });
}

/** The subject that a client's certificate must have, by its metadata. */
export function subjectOf(client: ClientMetadata): { member: SubjectMember; expected: string } | undefined {
  return SUBJECT_MEMBERS.flatMap((member) => {
    const expected = client[member];
    return typeof expected === "string" ? [{ member, expected }] : [];
  })[0];
}
