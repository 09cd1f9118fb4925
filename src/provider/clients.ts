/**
 * Owns what a site is to us: the clients file, its members and what they may hold.
 * Beside OpenID Connect's own members (Dynamic Client Registration section 2) there are ours: see ClientEntry.
 * Control enters by `readClients`, once at start; oidc-provider gets the entries from the composition root.
 */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { Files } from "../config/config.ts";
import { codeInBrackets } from "../config/values.ts";
import { NAME_LENGTH, parseText, TEXT_LENGTH } from "../e-num/text.ts";
import type { Asset } from "../http/assets.ts";
import { SECRET_LENGTH } from "./authentication-rules.ts";
import { CIBA_GRANT } from "./ciba-clients.ts";
import { clientFaults } from "./client-rules.ts";
import { DEVICE_GRANT } from "./device-grant.ts";
import { readLogo } from "./logo.ts";
import { OWN_CLIENT } from "./own-client.ts";
import { isServer, resourceFaults, serverFaults } from "./resource-rules.ts";
import { SCOPES } from "./scopes.ts";

function line(longest: number) {
  return z.string().check((context) => {
    const parsed = parseText(context.value, longest);
    if (parsed.ok && context.value.trim() !== "") return;
    const message = `must be one line of 1 to ${longest} visible characters`;
    context.issues.push({ code: "custom", input: context.value, message });
  });
}
/** Where plain http is allowed, `clientFaults` says. */
const web = z.url({ protocol: /^https?$/, error: "must be an address such as https://shop.example.com" });
const uri = z.url({ error: "must be an address such as https://shop.example.com/callback" });
/** Narrower than RFC 6749 section 3.3: it stands in addresses and logs. Which scopes there are, `resourceFaults` says. */
const SCOPE = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const scope = z.string().refine((text) => text.split(" ").every((one) => SCOPE.test(one)), {
  error: `must be scopes such as ${SCOPES.slice(0, 2).join(" ")}, with one space between`,
});
/** Words for people, in every language of the pages. */
const words = z.strictObject({ en: line(TEXT_LENGTH), ru: line(TEXT_LENGTH) });
const subject = z.string().min(1).exactOptional();
const jwk = z.looseObject({ kty: z.enum(["EC", "RSA", "OKP"]) }).refine((key) => !("d" in key), {
  error: "must be a public key: this one holds its private part, which is now known to whoever reads the file",
});

const entry = z.strictObject({
  client_id: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,64}$/, "must be 1 to 64 letters, digits, dots, underscores, tildes or hyphens"),
  client_name: line(NAME_LENGTH),
  client_uri: web.exactOptional(),
  logo_file: z.string().min(1).exactOptional(),
  tos_uri: web.exactOptional(),
  policy_uri: web.exactOptional(),
  contacts: z.array(z.string()).exactOptional(),
  application_type: z.enum(["web", "native"]).default("web"),
  redirect_uris: z.array(uri).default([]),
  post_logout_redirect_uris: z.array(uri).default([]),
  initiate_login_uri: web.exactOptional(),
  backchannel_logout_uri: web.exactOptional(),
  backchannel_logout_session_required: z.boolean().exactOptional(),
  frontchannel_logout_uri: web.exactOptional(),
  frontchannel_logout_session_required: z.boolean().exactOptional(),
  grant_types: z
    .array(z.enum(["authorization_code", "refresh_token", DEVICE_GRANT, CIBA_GRANT]))
    .default(["authorization_code"]),
  response_types: z.array(z.literal("code")).default(["code"]),
  scope: scope.default("openid"),
  subject_type: z.enum(["public", "pairwise"]).default("public"),
  sector_identifier_uri: web.exactOptional(),
  token_endpoint_auth_method: z
    .enum([
      "client_secret_basic",
      "client_secret_post",
      "private_key_jwt",
      "tls_client_auth",
      "self_signed_tls_client_auth",
      "none",
    ])
    .default("client_secret_basic"),
  token_endpoint_auth_signing_alg: z.enum(["ES256", "EdDSA", "Ed25519", "RS256", "PS256"]).exactOptional(),
  tls_client_auth_subject_dn: subject,
  tls_client_auth_san_dns: subject,
  tls_client_auth_san_uri: subject,
  tls_client_auth_san_ip: subject,
  tls_client_auth_san_email: subject,
  client_secret: z.string().min(1).exactOptional(),
  client_secret_file: z.string().min(1).exactOptional(),
  jwks: z.strictObject({ keys: z.array(jwk).min(1) }).exactOptional(),
  jwks_uri: web.exactOptional(),
  id_token_signed_response_alg: z.enum(["ES256", "EdDSA", "RS256"]).default("ES256"),
  introspection_signed_response_alg: z.enum(["ES256", "EdDSA", "RS256"]).exactOptional(),
  userinfo_signed_response_alg: z.enum(["ES256", "EdDSA", "RS256"]).exactOptional(),
  /** How the site hears that a person whom it asked on the phone has answered (OpenID Connect CIBA Core section 4). */
  backchannel_token_delivery_mode: z.enum(["poll", "ping"]).exactOptional(),
  backchannel_client_notification_endpoint: web.exactOptional(),
  /** The site can send a code that the person has told it (OpenID Connect CIBA Core section 4). */
  backchannel_user_code_parameter: z.boolean().exactOptional(),
  /** The site shows or reads out the check number of what it asks on the phone (PROTOCOL 12). */
  enum_shows_challenge: z.boolean().exactOptional(),
  default_max_age: z.int().nonnegative().exactOptional(),
  default_acr_values: z.array(z.string().min(1)).exactOptional(),
  require_auth_time: z.boolean().exactOptional(),
  require_pushed_authorization_requests: z.boolean().exactOptional(),
  dpop_bound_access_tokens: z.boolean().exactOptional(),
  tls_client_certificate_bound_access_tokens: z.boolean().exactOptional(),
  authorization_details_types: z.array(z.string().min(1)).default([]),
  /** Resource servers that this site may ask for tokens for, and that spend its confirmed operations (RFC 8707). */
  resources: z.array(web).exactOptional(),
  /** Makes the entry a resource server: the address that its tokens are for. */
  resource: web.exactOptional(),
  /** The scopes that a resource server knows, each with the words that people read. */
  resource_scopes: z.record(z.string().regex(SCOPE, "must be a scope such as wallet:read"), words).exactOptional(),
  /** Makes the entry the operator's security bot: it may raise what is demanded, and do nothing else. */
  security_bot: z.boolean().exactOptional(),
  operations_by_query: z.boolean().exactOptional(),
  require_pkce: z.boolean().default(true),
  first_party: z.boolean().default(false),
  development_only: z.boolean().default(false),
});

type FileEntry = z.output<typeof entry>;

/**
 * A site or a resource server, as the file has it, defaults filled in, its secret and its logo read.
 * Ours: `first_party` sites are the operator's own and ask for no consent; `development_only` ones are refused in production;
 * an entry with `resource` is a resource server, which only introspects, and one with `security_bot` only raises demands.
 */
export type ClientEntry = Omit<FileEntry, "client_secret_file" | "logo_file"> & { logo?: Asset };

export interface ClientsSource {
  path: string;
  production: boolean;
  /** `bytes` throws as `read` does. */
  files: Files & { bytes(path: string): Uint8Array };
}

export type ReadClients =
  | { ok: true; clients: ClientEntry[]; ids: readonly string[] }
  /** `clients`: those that could be understood; `ids`: of all of them, undefined where one has none that can be read. */
  | { ok: false; faults: string[]; clients: ClientEntry[]; ids: readonly string[] | undefined };

/** All faults at once, each naming file, client and member. */
export function readClients(source: ClientsSource): ReadClients {
  const list = readList(source);
  if (!list.ok) return { ...list, clients: [], ids: undefined };
  const faults: string[] = [];
  const clients: ClientEntry[] = [];
  const name = (client: string | number) => `${source.path}, client ${client}`;
  const seen = new Set<string>();
  for (const [index, given] of list.entries.entries()) {
    const id = idOf(given);
    const label = name(id === undefined ? index + 1 : `"${id}"`);
    const misplaced = serverFaults(given);
    faults.push(...misplaced.map((fault) => `${label}: ${fault}`));
    if (misplaced.length > 0) continue;
    const parsed = entry.safeParse(
      typeof given === "object" && given !== null && isServer(given) ? { ...given, ...NO_SITE } : given,
    );
    if (!parsed.success) {
      faults.push(...parsed.error.issues.flatMap((issue) => sentences(label, issue)));
      continue;
    }
    if (seen.has(parsed.data.client_id)) faults.push(`${label}: client_id is there twice: give each client its own.`);
    seen.add(parsed.data.client_id);
    if (parsed.data.client_id === OWN_CLIENT)
      faults.push(`${label}: client_id is that of the provider's own account page: choose another.`);
    const { logo_file: logoFile, client_secret_file: secretFile, ...client } = parsed.data;
    const secret = secretOf(client.client_secret, secretFile, source);
    const logo = logoOf(logoFile, source);
    const whole = { ...client, ...secret.members, ...logo.members };
    const wrong = [...secret.faults, ...clientFaults(whole, source.production), ...logo.faults];
    faults.push(...wrong.map((fault) => `${label}: ${fault}`));
    clients.push(whole);
  }
  const between = resourceFaults(clients, clients.length === list.entries.length);
  faults.push(...between.map(({ clientId, fault }) => `${name(`"${clientId}"`)}: ${fault}`));
  const ids = list.entries.map(idOf).filter((id) => id !== undefined);
  if (faults.length === 0) return { ok: true, clients, ids };
  return { ok: false, faults, clients, ids: ids.length === list.entries.length ? ids : undefined };
}

/** A back end asks for nothing. */
const NO_SITE = { redirect_uris: [], grant_types: [], response_types: [] };

function readList({ path, files }: ClientsSource): { ok: true; entries: unknown[] } | { ok: false; faults: string[] } {
  const refuse = (fault: string) => ({ ok: false as const, faults: [`${path} ${fault}`] });
  let text: string;
  try {
    text = files.read(path);
  } catch (error) {
    return refuse(
      `cannot be read${codeInBrackets(error)}: write the sites into it, or name another file by ENUM_ID_CLIENTS.`,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value)
      ? { ok: true, entries: value }
      : refuse("must be a list: write [ … ] round the clients.");
  } catch {
    // The parser's message repeats a piece of the text, which may be a secret.
    return refuse(`is not JSON: correct it (\`node -p 'JSON.parse(fs.readFileSync(0))' < ${path}\` tells where).`);
  }
}

function idOf(given: unknown): string | undefined {
  if (typeof given !== "object" || given === null || !("client_id" in given)) return undefined;
  return typeof given.client_id === "string" ? given.client_id : undefined;
}

function sentences(label: string, issue: z.core.$ZodIssue): string[] {
  const member = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const remedy = key === "logo_uri" ? "name a file by logo_file instead, which we serve" : "correct or remove it";
      return `${label}: ${member}${member && "."}${key} is not a member we know: ${remedy}.`;
    });
  }
  if (member === "") return [`${label}: must be an object with a client_id.`];
  return [`${label}: ${member} ${wordsOf(issue)}.`];
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value") return `must be ${issue.values.join(" or ")}`;
  if (issue.code === "invalid_type") return `must be there as ${issue.expected}`;
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

/** What a file beside the clients file adds to a client. */
interface FromFile<Members> {
  members: Members;
  faults: string[];
}

function secretOf(
  given: string | undefined,
  file: string | undefined,
  source: ClientsSource,
): FromFile<{ client_secret?: string }> {
  if (file === undefined) return { members: {}, faults: [] };
  if (given !== undefined) return faulty("client_secret and client_secret_file are both there: keep one.");
  const read = readBeside("client_secret_file", file, source, source.files.read);
  if (!read.ok) return { ...faulty(read.fault), members: { client_secret: UNREAD } };
  const secret = read.content.trim();
  return secret === ""
    ? { ...faulty(`client_secret_file names ${read.place}, which is empty.`), members: { client_secret: UNREAD } }
    : { members: { client_secret: secret }, faults: [] };
}

/** In the place of a secret that could not be read, so that the rest of its client is looked at: as long as production wants one. */
const UNREAD = "-".repeat(SECRET_LENGTH);

function logoOf(file: string | undefined, source: ClientsSource): FromFile<{ logo?: Asset }> {
  if (file === undefined) return { members: {}, faults: [] };
  const read = readBeside("logo_file", file, source, source.files.bytes);
  if (!read.ok) return faulty(read.fault);
  const { place, content } = read;
  const logo = readLogo(content);
  return logo.ok ? { members: { logo: logo.logo }, faults: [] } : faulty(`logo_file names ${place}, ${logo.fault}.`);
}

function readBeside<Content>(
  member: string,
  file: string,
  { path }: ClientsSource,
  read: (place: string) => Content,
): { ok: true; place: string; content: Content } | { ok: false; fault: string } {
  const place = resolve(dirname(path), file);
  try {
    return { ok: true, place, content: read(place) };
  } catch (error) {
    const why = codeInBrackets(error);
    return {
      ok: false,
      fault: `${member} names ${place}, which cannot be read${why}: correct the path or the file's mode.`,
    };
  }
}

function faulty(fault: string): FromFile<Record<string, never>> {
  return { members: {}, faults: [fault] };
}
