/**
 * Owns how somebody shows that a key is in their hands: DPoP proofs (RFC 9449) and the certificates that the proxy in front of us has
 * seen in a TLS handshake (RFC 8705). It knows neither tokens' contents nor clients: who may be bound to which key is `provider`'s.
 * Control enters by `createPossession`, for what is ours to check; oidc-provider checks proofs at its own endpoints by itself.
 */
import { createHash, type X509Certificate } from "node:crypto";
import type { Context } from "koa";
import { createCertificates } from "./certificate.ts";
import { createNonces, type Nonces } from "./nonces.ts";
import { judgeProof } from "./proof.ts";
import { matchesSubject, type SubjectMember } from "./subject.ts";

/** Headers in which the proxy tells of the client's certificate; it replaces what anybody else sends in them. */
export interface CertificateHeaders {
  /** The certificate itself: `:base64:` of its DER (RFC 9440), or a percent-encoded PEM. */
  certificate: string;
  /** `SUCCESS` where the certificate was issued by an authority that the proxy was told to trust. */
  verified: string | undefined;
}

export interface Possession {
  nonces: Nonces;
  /** The certificate of this request's TLS connection; undefined where there was none, or it cannot be read. */
  certificate(context: Context): X509Certificate | undefined;
  /** Its `x5t#S256` (RFC 8705 section 3.1). */
  thumbprint(context: Context): string | undefined;
  /** Whether it is one of an authority's, still valid (RFC 8705 section 2.1). */
  authorized(context: Context): boolean;
  /** Whether its subject is the one that a client has registered (RFC 8705 section 2.1.2). */
  subjectMatches(context: Context, member: SubjectMember, expected: string): boolean;
  /** A proof for this request and this access token (RFC 9449 section 4.3); its `jti` is the caller's to use up. */
  proof(context: Context, token: string): ReturnType<typeof judgeProof>;
}

/** `x5t#S256` of a certificate's DER. */
export function thumbprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("base64url");
}

export interface PossessionPorts {
  /** Seconds since 1970. */
  now(): number;
  headers: CertificateHeaders | undefined;
  /** 32 bytes, the same on each node. */
  nonceSecret: Uint8Array;
}

export function createPossession({ now, headers, nonceSecret }: PossessionPorts): Possession {
  const certificates = createCertificates(headers, now);
  const nonces = createNonces(nonceSecret, now);
  return {
    nonces,
    certificate: certificates.of,
    thumbprint(context) {
      const certificate = certificates.of(context);
      return certificate && thumbprintOf(certificate.raw);
    },
    authorized: certificates.authorized,
    subjectMatches(context, member, expected) {
      const certificate = certificates.of(context);
      return certificate !== undefined && matchesSubject(certificate, member, expected);
    },
    proof: (context, token) =>
      judgeProof(context.req.headersDistinct["dpop"] ?? [], {
        method: context.method,
        // Of a pinned host.
        address: `${context.protocol}://${context.host.toLowerCase()}${context.path}`,
        token,
        now: now(),
        nonces,
      }),
  };
}
