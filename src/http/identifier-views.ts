import type { PasskeyAsked } from "./passkey-views.ts";
import type { Form } from "./views.ts";

/** The page that asks who signs in, with the other ways of doing so. */
export interface IdentifierData extends Form<"identifier"> {
  /** Whether new accounts are taken: shows the button `register`. */
  readonly registration: boolean;
  readonly recoveryHref: string;
  readonly passkey: PasskeyAsked;
  /** Where people may sign in by a client certificate; posts `certificate`. */
  readonly certificateAction?: string;
  /** The site takes nothing else. */
  readonly keysAlone?: "passkey" | "certificate" | "either";
}
