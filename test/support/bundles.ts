import { type Bundle, bundleWebPhone } from "../../src/web-phone/bundle.ts";

let made: Promise<Bundle> | undefined;

/** The web client, bundled once for each worker and not for each world. */
export function bundledOnce(): Promise<Bundle> {
  made ??= bundleWebPhone();
  return made;
}
