import { X509Certificate } from "node:crypto";
import type { Context } from "koa";
import type { CertificateHeaders } from "./possession.ts";

/** What nginx and Apache say of a certificate whose chain they have verified. */
const VERIFIED = "SUCCESS";

/** Reads what the proxy tells of a client's certificate; without headers there is none. `now`: seconds since 1970. */
export function createCertificates(headers: CertificateHeaders | undefined, now: () => number) {
  const of = (context: Context): X509Certificate | undefined => {
    const told = headers === undefined ? undefined : onlyOne(context, headers.certificate);
    return told === undefined ? undefined : parse(told);
  };
  return {
    of,
    authorized(context: Context): boolean {
      if (headers?.verified === undefined || onlyOne(context, headers.verified) !== VERIFIED) return false;
      const certificate = of(context);
      if (certificate === undefined) return false;
      const time = now() * 1000;
      return certificate.validFromDate.getTime() <= time && time <= certificate.validToDate.getTime();
    },
  };
}

/** Sent twice, nobody knows which one is the proxy's. */
function onlyOne(context: Context, name: string): string | undefined {
  const [value, ...others] = context.req.headersDistinct[name.toLowerCase()] ?? [];
  return others.length === 0 && value !== "" ? value : undefined;
}

function parse(told: string): X509Certificate | undefined {
  try {
    const [, base64] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(told) ?? [];
    return new X509Certificate(base64 === undefined ? decodeURIComponent(told) : Buffer.from(base64, "base64"));
  } catch {
    return undefined;
  }
}
