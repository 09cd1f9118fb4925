/** The part of the composition that is about client certificates: the authority, its addresses, and the account's pages of them. */
import { X509Certificate } from "node:crypto";
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import { forgetBrowsers } from "../authentication/browsers.ts";
import { addressesAt, createCertificateApi, SCRIPT } from "../certificate/api.ts";
import { createAuthority } from "../certificate/authority.ts";
import {
  asksForCertificate,
  type CertificatesPorts,
  createCertificates,
  fingerprintOf,
} from "../certificate/certificate.ts";
import { createJudge, type JudgePorts } from "../certificate/judging.ts";
import { type CertificateProof, createProving, type ProvingPorts } from "../certificate/proving.ts";
import { createRevocation } from "../certificate/revocation.ts";
import { createRevocationList } from "../certificate/revocation-list.ts";
import { CERTIFICATES, type CertificateRoutesPorts, createCertificateRoutes } from "../certificate/routes.ts";
import type { ScriptSource } from "../certificate/script.ts";
import { createSignInRoute, SIGN_IN, type SignInRoutePorts } from "../certificate/sign-in-route.ts";
import type { Signer } from "../certificate/signer.ts";
import { createResponder } from "../certificate/status.ts";
import { createTickets } from "../certificate/ticket.ts";
import type { OwnOrigin } from "../http/host.ts";
import type { Pages } from "../http/page.ts";
import type { Visit } from "../interaction/step.ts";
import { STEP } from "../login/pages.ts";

/** How people sign in by a certificate; the route is there where the operator has them do so. */
export interface CertificateSignIn {
  proof: CertificateProof;
  /** Undefined where nobody signs in so. */
  href: ((visit: Visit) => string) | undefined;
  routes: readonly Router[];
}

export function createCertificateSignIn(
  ports: Omit<ProvingPorts, "tickets" | "judge"> &
    JudgePorts &
    Pick<SignInRoutePorts, "certificateOf"> & { issuer: string; origin: string | undefined },
): CertificateSignIn {
  const { origin, issuer } = ports;
  const proof = createProving({ ...ports, tickets: createTickets(ports), judge: createJudge(ports) });
  if (origin === undefined) return { proof, href: undefined, routes: [] };
  return {
    proof,
    href: ({ uid }) => `${origin}${SIGN_IN}?${new URLSearchParams({ ticket: proof.ticket(uid) })}`,
    routes: [
      createSignInRoute({
        ...ports,
        origin,
        proof,
        backTo: (uid, back) => `${issuer}/interaction/${uid}${STEP.certificate}?${back}`,
      }),
    ],
  };
}

/** What else is served at the origin that asks people for certificates: an error's page has an icon and a script. */
export function signInHosts(origin: string | undefined): OwnOrigin[] {
  return origin === undefined ? [] : [{ origin, paths: [SIGN_IN, "/assets/"] }];
}

export interface CertificatePorts extends Omit<CertificatesPorts, "authority" | "revocation"> {
  issuer: string;
  signer: Signer;
  pages: Pages;
  certificateScript: ScriptSource;
  /** Ends the sessions that certificates of the account have opened. */
  endSessions(accountId: string): Promise<void>;
}

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createCertificateParts(ports: CertificatePorts) {
  const { issuer, database, accounts } = ports;
  const { host } = new URL(issuer);
  const addresses = addressesAt(issuer);
  const authority = createAuthority({ ...ports, host, addresses });
  const list = createRevocationList({ ...ports, authority, host });
  const status = createResponder({ ...ports, host });
  const certificates = createCertificates({
    ...ports,
    authority,
    revocation: createRevocation({ ...ports, forgetBrowsers }),
  });
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
      endSessions: ports.endSessions,
    });
  return { change, routesAt, api: createCertificateApi({ authority, list, status, script: ports.certificateScript }) };
}
