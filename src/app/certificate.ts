/** The part of the composition that is about client certificates: the authority, its addresses, and the account's pages of them. */
import { X509Certificate } from "node:crypto";
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import { addressesAt, createCertificateApi, SCRIPT } from "../certificate/api.ts";
import { createAuthority } from "../certificate/authority.ts";
import {
  asksForCertificate,
  type CertificatesPorts,
  createCertificates,
  fingerprintOf,
} from "../certificate/certificate.ts";
import { createRevocation } from "../certificate/revocation.ts";
import { createRevocationList } from "../certificate/revocation-list.ts";
import { CERTIFICATES, type CertificateRoutesPorts, createCertificateRoutes } from "../certificate/routes.ts";
import type { ScriptSource } from "../certificate/script.ts";
import type { Signer } from "../certificate/signer.ts";
import { createResponder } from "../certificate/status.ts";
import type { Pages } from "../http/page.ts";

export interface CertificatePorts extends Omit<CertificatesPorts, "authority" | "revocation"> {
  issuer: string;
  signer: Signer;
  pages: Pages;
  certificateScript: ScriptSource;
}

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createCertificateParts(ports: CertificatePorts) {
  const { issuer, database, accounts } = ports;
  const { host } = new URL(issuer);
  const addresses = addressesAt(issuer);
  const authority = createAuthority({ ...ports, host, addresses });
  const list = createRevocationList({ ...ports, authority, host });
  const status = createResponder({ ...ports, host });
  const certificates = createCertificates({ ...ports, authority, revocation: createRevocation(ports) });
  const change: Change = {
    knows: asksForCertificate,
    page: CERTIFICATES,
    async finish(_context, accountId, id) {
      const done = await certificates.issue(accountId, id);
      if (done === "unchanged") return done;
      return { to: done === "full" ? CERTIFICATES : `${CERTIFICATES}/${done.serial}` };
    },
  };
  const routesAt = (visits: CertificateRoutesPorts["visits"]): Router =>
    createCertificateRoutes({
      certificates,
      wmids: (accountId) => accounts.wmids(database, accountId),
      authority: authority.certificate,
      fingerprint: (der) => fingerprintOf(new X509Certificate(der).publicKey.export({ type: "spki", format: "der" })),
      script: SCRIPT,
      visits,
      pages: ports.pages,
    });
  return { change, routesAt, api: createCertificateApi({ authority, list, status, script: ports.certificateScript }) };
}
