import Router from "@koa/router";
import type { Context } from "koa";
import { Fault } from "../errors.ts";
import { readRaw } from "../http/body.ts";
import type { Authority } from "./authority.ts";
import { LIST_FRESH_SECONDS, type RevocationList } from "./revocation-list.ts";
import { createScript, type ScriptSource } from "./script.ts";
import type { Responder } from "./status.ts";
import { type Addresses, pem } from "./x509.ts";

/** In certificates for good: nobody can change them afterwards. */
const PATHS = {
  authority: "/certificates/authority.cer",
  authorityPem: "/certificates/authority.pem",
  list: "/certificates/revoked.crl",
  listPem: "/certificates/revoked.pem",
  status: "/certificates/ocsp",
  script: "/certificates/pages.js",
} as const;

const OCSP_REQUEST = "application/ocsp-request";
const OCSP_RESPONSE = "application/ocsp-response";

/** It does not change while its key signs; an operator who takes another is not to wait long. */
const AUTHORITY_FRESH_SECONDS = 86_400;

export function addressesAt(issuer: string): Addresses {
  const { authority, list, status } = PATHS;
  return { authority: `${issuer}${authority}`, list: `${issuer}${list}`, status: `${issuer}${status}` };
}

/** Of the pages on which a key can be made in the browser. */
export const SCRIPT = PATHS.script;

export interface CertificateApiPorts {
  authority: Authority;
  list: RevocationList;
  status: Responder;
  script: ScriptSource;
}

/** What sites need to know a certificate by: the authority's own, and the list of revoked ones, for programs (RFC 5280) and in PEM for servers' files; and the script of people's pages. */
export function createCertificateApi({ authority, list, status, script }: CertificateApiPorts): Router {
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
  // RFC 6960 appendix A.1: by POST, or where caches are to help by GET, with the request in the path.
  router.post(PATHS.status, async (context) => {
    if (!context.request.is(OCSP_REQUEST)) throw new Fault("invalid-request", { detail: `send ${OCSP_REQUEST}` });
    const { der } = await status.answer(await readRaw(context));
    context.type = OCSP_RESPONSE;
    context.body = Buffer.from(der);
  });
  router.get(`${PATHS.status}/:request`, async (context) => {
    const { der, forAll } = await status.answer(Buffer.from(String(context["params"]["request"]), "base64"));
    if (forAll) return give(context, OCSP_RESPONSE, der, LIST_FRESH_SECONDS);
    context.type = OCSP_RESPONSE;
    context.body = Buffer.from(der);
  });
  router.get(PATHS.script, createScript(script));
  return router;
}
