import type { KoaContextWithOIDC } from "oidc-provider";

/** The grant of RFC 8628: a device without a browser or a keyboard shows a code, and the person signs in elsewhere. */
export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** Where the code is typed: short, since people type it. */
export const CODE_PATH = "/device";

/** Seconds between two questions of a device (RFC 8628 section 3.2, where it is the default). */
export const INTERVAL = 5;

/** Whether a request for authorization was made by a device that only shows a code. */
export function asksFromDevice(context: KoaContextWithOIDC): boolean {
  return context.oidc.entities.DeviceCode !== undefined;
}
