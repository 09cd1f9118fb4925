import type { X509Certificate } from "node:crypto";
import Router from "@koa/router";
import type { Context } from "koa";
import { Fault } from "../errors.ts";
import { networkOf } from "../http/network.ts";
import { seeOther } from "../http/redirect.ts";
import type { CertificateProof } from "./proving.ts";

export interface SignInRoutePorts {
  /** The origin where browsers are asked for certificates: nowhere else is one believed. */
  origin: string;
  proof: CertificateProof;
  /** What the proxy tells of this request's TLS connection. */
  certificateOf(context: Context): X509Certificate | undefined;
  /** The address of the visit that the browser came from, with what it is to bring back. */
  backTo(visit: string, back: URLSearchParams): string;
}

/** Its path at that origin; `ticket` is in the query. */
export const SIGN_IN = "/sign-in/certificate";

/** Where a browser shows its certificate. It has no page of its own: whatever comes of it is told at the visit, in the site's and the person's words. */
export function createSignInRoute(ports: SignInRoutePorts): Router {
  const { host } = new URL(ports.origin);
  const router = new Router();
  router.get(SIGN_IN, async (context) => {
    if (context.host.toLowerCase() !== host)
      throw new Fault("not-found", { detail: "certificates are asked for at an origin of their own" });
    const done = await ports.proof.show({
      ticket: String(context.query["ticket"] ?? ""),
      certificate: ports.certificateOf(context),
      network: networkOf(context.ip),
    });
    if (done === undefined) throw new Fault("session-lost", { detail: "the ticket was not made here" });
    seeOther(context, ports.backTo(done.visit, new URLSearchParams(done.back)));
  });
  return router;
}
