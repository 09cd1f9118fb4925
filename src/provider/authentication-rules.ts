import { parseName, SUBJECT_MEMBERS } from "../possession/subject.ts";
import type { ClientEntry } from "./clients.ts";

/** As whoever has stolen a code would have to guess it (RFC 6749 section 10.10: 128 bits or more, in any alphabet). */
export const SECRET_LENGTH = 32;

/** What is wrong with how a client shows who it is, and with the keys that it has for that: sentences that begin with the member. */
export function authenticationFaults(client: ClientEntry, production: boolean): string[] {
  return [
    ...secretFaults(client, production),
    ...keyFaults(client, production),
    ...subjectFaults(client),
    ...(client.dpop_bound_access_tokens === true && client.tls_client_certificate_bound_access_tokens === true
      ? ["dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens are both true: keep one of them."]
      : []),
  ];
}

function secretFaults(client: ClientEntry, production: boolean): string[] {
  const { token_endpoint_auth_method: method, client_secret: secret } = client;
  const faults: string[] = [];
  const bySecret = method === "client_secret_basic" || method === "client_secret_post";
  if (bySecret && secret === undefined) {
    faults.push(`client_secret is missing: ${method} needs one, best named by client_secret_file.`);
  }
  if (!bySecret && secret !== undefined) {
    faults.push(`client_secret is there, but token_endpoint_auth_method is ${method}: remove one.`);
  }
  if (production && secret !== undefined && secret.length < SECRET_LENGTH) {
    faults.push(
      `client_secret has ${secret.length} characters: production needs ${SECRET_LENGTH}; \`openssl rand -hex 32\` makes one.`,
    );
  }
  return faults;
}

function keyFaults(client: ClientEntry, production: boolean): string[] {
  const { token_endpoint_auth_method: method, jwks, jwks_uri: uri } = client;
  const faults: string[] = [];
  if (jwks !== undefined && uri !== undefined) faults.push("jwks and jwks_uri are both there: keep one of them.");
  if (method === "private_key_jwt" && jwks === undefined && uri === undefined) {
    faults.push("jwks is missing: private_key_jwt needs the public key, or jwks_uri.");
  }
  if (method === "self_signed_tls_client_auth" && uri === undefined && !jwks?.keys.some(hasCertificate)) {
    faults.push("jwks is missing: self_signed_tls_client_auth needs a key with its certificate in x5c, or jwks_uri.");
  }
  // Who can change the keys on their way here is the client from then on; and no address of this machine is asked for any.
  if (production && uri !== undefined && !uri.startsWith("https:")) {
    faults.push(`jwks_uri has ${uri}: production fetches keys by https alone.`);
  }
  return faults;
}

function hasCertificate(key: object): boolean {
  return "x5c" in key && Array.isArray(key.x5c) && typeof key.x5c[0] === "string";
}

/** RFC 8705 section 2.1.2: one of the five, and only for its method. */
function subjectFaults(client: ClientEntry): string[] {
  const { token_endpoint_auth_method: method, tls_client_auth_subject_dn: name } = client;
  const given = SUBJECT_MEMBERS.filter((member) => client[member] !== undefined);
  if (method !== "tls_client_auth")
    return given.map((member) => `${member} is there, but token_endpoint_auth_method is ${method}: remove one.`);
  if (given.length !== 1)
    return [`tls_client_auth needs one of ${SUBJECT_MEMBERS.join(", ")}: name the subject of the certificate by one.`];
  return name !== undefined && parseName(name) === undefined
    ? [`tls_client_auth_subject_dn has ${name}: write it as RFC 4514 does, such as CN=bot,O=Example,C=US.`]
    : [];
}
