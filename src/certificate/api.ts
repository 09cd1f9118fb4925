import Router from "@koa/router";
import type { Context } from "koa";
import type { Authority } from "./authority.ts";
import { LIST_FRESH_SECONDS, type RevocationList } from "./revocation-list.ts";
import { createScript, type ScriptSource } from "./script.ts";
import { type Addresses, pem } from "./x509.ts";

/** In certificates for good: nobody can change them afterwards. */
const PATHS = {
  authority: "/certificates/authority.cer",
  authorityPem: "/certificates/authority.pem",
  list: "/certificates/revoked.crl",
  listPem: "/certificates/revoked.pem",
  script: "/certificates/pages.js",
} as const;

/** It does not change while its key signs; an operator who takes another is not to wait long. */
const AUTHORITY_FRESH_SECONDS = 86_400;

export function addressesAt(issuer: string): Addresses {
  return { authority: `${issuer}${PATHS.authority}`, list: `${issuer}${PATHS.list}` };
}

/** Of the pages on which a key can be made in the browser. */
export const SCRIPT = PATHS.script;

export interface CertificateApiPorts {
  authority: Authority;
  list: RevocationList;
  script: ScriptSource;
}

/** What sites need to know a certificate by: the authority's own, and the list of revoked ones, for programs (RFC 5280) and in PEM for servers' files; and the script of people's pages. */
export function createCertificateApi({ authority, list, script }: CertificateApiPorts): Router {
  const router = new Router();
  const give = (context: Context, type: string, body: Uint8Array | string, seconds: number) => {
    context.set("Cache-Control", `public, max-age=${seconds}`);
    context.type = type;
    context.body = typeof body === "string" ? body : Buffer.from(body);
  };
  router.get(PATHS.authority, async (context) =>
    give(context, "application/pkix-cert", await authority.certificate(), AUTHORITY_FRESH_SECONDS),
  );
  router.get(PATHS.authorityPem, async (context) => {
    const text = pem("CERTIFICATE", await authority.certificate());
    give(context, "application/x-pem-file", text, AUTHORITY_FRESH_SECONDS);
  });
  router.get(PATHS.list, async (context) =>
    give(context, "application/pkix-crl", (await list.current()).der, LIST_FRESH_SECONDS),
  );
  router.get(PATHS.listPem, async (context) => {
    give(context, "application/x-pem-file", pem("X509 CRL", (await list.current()).der), LIST_FRESH_SECONDS);
  });
  router.get(PATHS.script, createScript(script));
  return router;
}
