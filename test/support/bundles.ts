import { bundleCertificateScript } from "../../src/certificate/script.ts";
import { type Bundle, bundleWebPhone } from "../../src/web-phone/bundle.ts";

let made: Promise<Bundle> | undefined;
let script: Promise<string> | undefined;

/** The web client, bundled once for each worker and not for each world. */
export function bundledOnce(): Promise<Bundle> {
  made ??= bundleWebPhone();
  return made;
}

/** The same of the script of the pages of certificates. */
export function scriptBundledOnce(): Promise<string> {
  script ??= bundleCertificateScript();
  return script;
}
