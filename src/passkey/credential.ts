import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";

/** Base64url without padding; a whole attestation without a certificate is a few hundred bytes. */
const bytes = z
  .string()
  .max(6000)
  .regex(/^[A-Za-z0-9_-]+$/);
const credential = z.object({ id: bytes, rawId: bytes, type: z.literal("public-key") });
const made = credential.extend({ response: z.object({ clientDataJSON: bytes, attestationObject: bytes }) });
const used = credential.extend({
  response: z.object({ clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, userHandle: bytes }),
});
const clientData = z.object({ challenge: bytes });

/** What `PublicKeyCredential.toJSON` gives (WebAuthn section 5.1), with the challenge that it says it answers; undefined for anything else. */
export type Answered<Response> = { challenge: string; response: Response } | undefined;

export function parseMade(text: string): Answered<RegistrationResponseJSON> {
  const parsed = made.safeParse(jsonOf(text));
  return parsed.success ? answered(parsed.data) : undefined;
}

/** Of a resident key, which says whose it is. */
export function parseUsed(text: string): Answered<AuthenticationResponseJSON & { response: { userHandle: string } }> {
  const parsed = used.safeParse(jsonOf(text));
  return parsed.success ? answered(parsed.data) : undefined;
}

function answered<Given extends { response: { clientDataJSON: string } }>(given: Given) {
  const said = clientData.safeParse(jsonOf(Buffer.from(given.response.clientDataJSON, "base64url").toString()));
  // No extension is asked for, and what one says is not looked at.
  return said.success
    ? { challenge: said.data.challenge, response: { ...given, clientExtensionResults: {} } }
    : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
