import { base64url } from "jose";
import * as z from "zod/mini";
import { parseChallenge } from "../e-num/challenge.ts";
import { ENUM_SUITE, PAD_LENGTH } from "../e-num/e-num.ts";
import { parseText } from "../e-num/text.ts";

/** What the provider says, as far as the phone uses it; more members are let pass. By zod's smaller half, which a browser loads faster. */

// Printed on a terminal: no control characters, whoever sent them.
const line = z.string().check(z.refine((text) => parseText(text).ok, "not one line of text"));
/** A name of DNS (RFC 1035 section 2.3.4), with a port. */
const host = z.string().check(z.refine((text) => parseText(text, 253 + 6).ok, "not a host"));
const id = z.string().check(z.regex(/^[A-Za-z0-9._~-]{1,128}$/));
const device = z.object({ id, name: line, status: z.enum(["pending", "active", "locked", "revoked"]) });
const account = z.object({ email_hint: line, language: z.optional(z.string()) });

const statementKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
});

/** Keys of a kind that this phone does not know are left out; private members are, always. */
export const statementKeys = z.object({
  keys: z.pipe(
    z.array(z.unknown()),
    z.transform((keys) =>
      keys.flatMap((key) => {
        const known = statementKey.safeParse(key);
        return known.success ? [known.data] : [];
      }),
    ),
  ),
});

export type StatementKeys = z.infer<typeof statementKeys>;

/** `201` of `POST /device/v1/activations`; `pad` is a compact JWE. */
export const activation = z.object({
  device,
  account,
  issuer: z.string(),
  pad: z.string(),
  statement_keys: statementKeys,
});

/** What the JWE holds. */
export const padDelivery = z.object({
  version: z.int().check(z.minimum(1)),
  suite: z.literal(ENUM_SUITE),
  k: z
    .pipe(
      z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
      z.transform((text) => base64url.decode(text)),
    )
    .check(z.refine((pad) => pad.length === PAD_LENGTH, "a pad has 32 bytes")),
});

/** `200` of `GET /device/v1`. */
export const deviceState = z.object({
  device,
  account,
  issuer: z.string(),
  statement_keys: statementKeys,
  push_key: z.optional(z.string()),
});
export type DeviceState = z.infer<typeof deviceState>;

/** A browser calls itself what it likes: as much of it as a line shows, without what a terminal would obey. */
const browser = z.pipe(
  z.string(),
  z.transform((text) => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100)),
);

const openRequest = z.object({
  id,
  kind: z.enum(["login", "operation"]),
  /** `address`: what pages show under the name, such as `books.example`; an app has none. */
  client: z.object({
    id: line,
    name: line,
    address: z.optional(host),
    logo_uri: z.optional(z.url({ protocol: /^https?$/ })),
  }),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  /** Where the browser is that waits; none where the site asks by itself (PROTOCOL 12). */
  origin: z.optional(
    z.object({
      ip: line,
      user_agent: browser,
      country: z.optional(z.string().check(z.regex(/^[A-Z]{2}$/))),
      known: z.boolean(),
    }),
  ),
  /** What such a site has written for its person. */
  binding_message: z.optional(line),
  statement: z.optional(z.string()),
});
export type OpenRequest = z.infer<typeof openRequest>;

/** `200` of `GET /device/v1/requests`; requests of a kind that this phone does not know are left out. */
export const openRequests = z.object({
  requests: z.pipe(
    z.array(z.unknown()),
    z.transform((requests) =>
      requests.flatMap((request) => {
        const known = openRequest.safeParse(request);
        return known.success ? [known.data] : [];
      }),
    ),
  ),
  cursor: z.string(),
});
export type OpenRequests = z.infer<typeof openRequests>;

/** `201` of `POST /device/v1/pad/challenge`. */
export const renewalChallenge = z.object({
  challenge: z.pipe(
    z.string(),
    z.transform((text, context) => {
      const parsed = parseChallenge(text);
      if (parsed.ok) return parsed.value;
      context.issues.push({ code: "custom", message: "no check number", input: text });
      return z.NEVER;
    }),
  ),
});

/** `200` of `POST /device/v1/pad`; a compact JWE. */
export const renewedPad = z.object({ pad: z.string() });

/** `200` of `POST /device/v1/requests/{id}/answer`. */
export const accepted = z.pipe(
  z.object({ status: z.literal("accepted") }),
  z.transform(() => undefined),
);

/** RFC 9457, with the members of PROTOCOL section 6. */
export const problem = z.object({
  type: z.string().check(z.startsWith("urn:e-num:problem:")),
  now: z.optional(z.iso.datetime({ offset: true })),
  retry_after: z.optional(z.number().check(z.minimum(0))),
  tries_left: z.optional(z.int().check(z.minimum(0))),
});

/** `POST /device/v1/admissions`. */
export const admission = z.object({ until: z.iso.datetime() });
