import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readLogo } from "../../src/provider/logo.ts";
import { clientsOf, faultsOf, SITE } from "./clients-file.ts";

const CIBA = "urn:openid:params:grant-type:ciba";
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const TWICE_BOUND = { dpop_bound_access_tokens: true, tls_client_certificate_bound_access_tokens: true };

describe("a client", () => {
  test("has no id that is our own", () => {
    expect(faultsOf([{ ...SITE, client_id: "account" }])).toEqual([
      '/etc/clients.json, client "account": client_id is that of the provider\'s own account page: choose another.',
    ]);
  });

  test("needs an id, a name, an address and a secret; the rest has safe defaults", () => {
    expect(clientsOf([SITE])).toEqual([
      {
        ...SITE,
        application_type: "web",
        post_logout_redirect_uris: [],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        scope: "openid",
        subject_type: "public",
        token_endpoint_auth_method: "client_secret_basic",
        id_token_signed_response_alg: "ES256",
        authorization_details_types: [],
        require_pkce: true,
        first_party: false,
        development_only: false,
      },
    ]);
  });

  test("can have its secret in a file of its own, named from where the clients file is", () => {
    const { client_secret: secret, ...rest } = SITE;
    const [client] = clientsOf([{ ...rest, client_secret_file: "secrets/site" }], {
      contents: { "/etc/secrets/site": `${secret}\n` },
    });
    expect(client?.client_secret).toBe(secret);
    expect(client).not.toHaveProperty("client_secret_file");
  });

  test("may assert WMIDs with a key of its own, a back end and a public sub, and need send nobody here", () => {
    const { client_secret: _, redirect_uris: __, ...rest } = SITE;
    const key = { kty: "EC", crv: "P-256", x: "x", y: "y" };
    const asserts = { scope: "openid wmid:assert" };
    const alone = { grant_types: [], response_types: [], token_endpoint_auth_method: "private_key_jwt" };
    expect(faultsOf([{ ...rest, ...alone, scope: "wmid:assert", jwks: { keys: [key] } }])).toEqual([]);
    expect(faultsOf([{ ...SITE, ...asserts, jwks_uri: "https://site.example.com/keys" }])).toEqual([]);
    expect(faultsOf([{ ...SITE, ...asserts }])).toEqual([
      expect.stringContaining("scope has wmid:assert: it needs jwks or jwks_uri"),
    ]);
    const pairwise = { ...SITE, ...asserts, jwks: { keys: [key] }, subject_type: "pairwise" };
    expect(faultsOf([pairwise])).toEqual([expect.stringContaining("its subject_type must be public")]);
    const app = { redirect_uris: SITE.redirect_uris, token_endpoint_auth_method: "none", jwks: { keys: [key] } };
    expect(faultsOf([{ ...rest, ...app, ...asserts }])).toEqual([
      expect.stringContaining("token_endpoint_auth_method cannot be none"),
    ]);
  });

  test("may be a native app with a scheme or a loopback address of its own and no secret", () => {
    const { client_secret: _, ...rest } = SITE;
    const native = { application_type: "native", token_endpoint_auth_method: "none" };
    const uris = ["com.example.app:/callback", "http://127.0.0.1/callback", "http://[::1]/callback"];
    expect(faultsOf([{ ...rest, ...native, redirect_uris: uris }])).toEqual([]);
    // RFC 8252 sections 8.3 and 8.5.
    expect(faultsOf([{ ...rest, ...native, redirect_uris: ["http://localhost/callback"] }])).toEqual([
      expect.stringContaining("redirect_uris has http://localhost/callback: write 127.0.0.1 or [::1]"),
    ]);
    expect(faultsOf([{ ...SITE, application_type: "native" }])).toEqual([
      expect.stringContaining("token_endpoint_auth_method is client_secret_basic: an app on people's devices keeps no"),
    ]);
  });

  test("may be a device that shows a code, which nobody comes back to", () => {
    const { client_secret: _, redirect_uris: _uris, ...rest } = SITE;
    const device = { token_endpoint_auth_method: "none", grant_types: [DEVICE], response_types: [] };
    expect(faultsOf([{ ...rest, ...device }])).toEqual([]);
  });

  test("may prove itself with a key", () => {
    const { client_secret: _, ...rest } = SITE;
    const jwks = { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y" }] };
    expect(faultsOf([{ ...rest, token_endpoint_auth_method: "private_key_jwt", jwks }])).toEqual([]);
  });
});

describe("a logo", () => {
  const svg = (root = "", before = "") =>
    `${before}<svg xmlns="http://www.w3.org/2000/svg"${root}><path d="M0 0h4v4z"/></svg>`;
  const PNG = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==",
    "base64",
  );
  const logoOf = (content: string | Buffer) =>
    clientsOf([{ ...SITE, logo_file: "logos/site" }], { contents: { "/etc/logos/site": content } })[0]?.logo;

  test.each<[string, string | Buffer, string, string]>([
    ["PNG", PNG, "image/png", "png"],
    ["JPEG", Buffer.from("ffd8ffe000104a464946", "hex"), "image/jpeg", "jpg"],
    ["WebP", Buffer.from("RIFF\x1a\0\0\0WEBPVP8 ", "latin1"), "image/webp", "webp"],
    ["SVG", svg(), "image/svg+xml", "svg"],
    [
      "SVG with declaration, comment and attributes",
      svg(
        ' viewBox="0 0 4 4"',
        '\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg> -->\n<!DOCTYPE svg PUBLIC "a" "b">\n',
      ),
      "image/svg+xml",
      "svg",
    ],
  ])("is %s by its content, at an address that changes with it", (_, content, type, extension) => {
    const logo = logoOf(content);
    expect(logo).toMatchObject({ type, body: Buffer.from(content) });
    expect(logo?.path).toMatch(new RegExp(`^/assets/logo\\.[0-9a-f]{12}\\.${extension}$`));
    expect(logo?.path).not.toBe(logoOf(svg(" "))?.path);
  });

  test.each<[string, string | Buffer | undefined, string]>([
    ["is not there", undefined, "which cannot be read (ENOENT): correct the path or the file's mode."],
    ["is empty", "", "which is empty."],
    ["is large", Buffer.alloc(50_001), "which has 50001 bytes: make it 50000 at most."],
    ["is a page", "<!doctype html><title>x</title>", "which is no picture by its content"],
    ["is a GIF", "GIF89a", "which is no picture by its content"],
    ["is an SVG without its namespace, which no browser draws", "<svg><path/></svg>", "which is no picture"],
    ["is a page with an SVG in it", `<p>${svg()}</p>`, "which is no picture"],
    ["is an SVG that was cut off", svg().slice(0, -3), "which is no picture"],
    ["is an SVG that is not UTF-8", Buffer.from(svg(' id="\xe4"'), "latin1"), "which is no picture"],
  ])("that %s is a fault of the start", (_, content, fault) => {
    const contents = content === undefined ? {} : { "/etc/logos/site": content };
    const [told, ...more] = faultsOf([{ ...SITE, logo_file: "logos/site" }], { contents });
    expect(told).toContain(`/etc/clients.json, client "site": logo_file names /etc/logos/site, ${fault}`);
    expect(more).toEqual([]);
  });

  test("that the site serves itself is refused, with the member that is meant", () => {
    expect(faultsOf([{ ...SITE, logo_uri: "https://site.example.com/logo.png" }])).toEqual([
      '/etc/clients.json, client "site": logo_uri is not a member we know: name a file by logo_file instead, which we serve.',
    ]);
  });
});

describe("a fault names file, client and member", () => {
  test.each<[string, object, string]>([
    ["an unknown member", { redirect_uri: "x" }, "redirect_uri is not a member we know: correct or remove it."],
    ["a wrong kind of value", { first_party: "yes" }, "first_party must be there as boolean."],
    ["a missing name", { client_name: undefined }, "client_name must be there as string."],
    ["a name that reorders the page's words", { client_name: "Shop\u202e" }, "client_name must be one line"],
    ["no address to go back to", { redirect_uris: [] }, "redirect_uris is empty"],
    ["an address that is none", { redirect_uris: ["site"] }, "redirect_uris[0] must be an address"],
    [
      "a fragment",
      { redirect_uris: ["https://site.example.com/#a"] },
      "redirect_uris has https://site.example.com/#a with",
    ],
    ["a script", { redirect_uris: ["javascript:alert(1)"] }, "redirect_uris has javascript:alert(1)"],
    [
      "a scheme of its own on the web",
      { redirect_uris: ["com.example:/"] },
      "redirect_uris has com.example:/: write https",
    ],
    [
      "plain http",
      { redirect_uris: ["http://site.example.com/"] },
      "redirect_uris has http://site.example.com/: production",
    ],
    [
      "plain http at logout",
      { backchannel_logout_uri: "http://a.example/" },
      "backchannel_logout_uri has http://a.example/",
    ],
    [
      "an unknown scope",
      { scope: "openid admin" },
      "scope must be some of openid email phone profile wmid offline_access, or of the scopes that its resources know: admin is not.",
    ],
    ["a scope that is none", { scope: "openid  email" }, "scope must be scopes such as openid email"],
    [
      "a resource that nobody serves",
      { resources: ["https://api.example.com/"] },
      "resources has https://api.example.com/, which no entry serves",
    ],
    ["scopes of a server that is none", { resource_scopes: {} }, "resource_scopes is there without resource"],
    [
      "an unknown grant",
      { grant_types: ["implicit"] },
      "grant_types[0] must be authorization_code or refresh_token or",
    ],
    [
      "codes without a grant for them",
      { grant_types: [DEVICE] },
      "response_types must be [] without authorization_code",
    ],
    ["a grant without codes", { response_types: [] }, 'response_types must be ["code"] with authorization_code'],
    [
      "pairwise subjects on a device that shows no key",
      { grant_types: ["authorization_code", DEVICE], subject_type: "pairwise" },
      `subject_type is pairwise: with ${DEVICE} it needs`,
    ],
    [
      "CIBA without a way to hear of it",
      { grant_types: [CIBA], response_types: [] },
      "backchannel_token_delivery_mode is missing",
    ],
    [
      "a ping to nowhere",
      { grant_types: [CIBA], response_types: [], backchannel_token_delivery_mode: "ping" },
      "backchannel_client_notification_endpoint is missing",
    ],
    [
      "an endpoint that nobody calls",
      {
        grant_types: [CIBA],
        response_types: [],
        backchannel_token_delivery_mode: "poll",
        backchannel_client_notification_endpoint: "https://shop.example.com/asked",
      },
      "backchannel_client_notification_endpoint is there: with poll",
    ],
    ["a number that nothing shows", { enum_shows_challenge: true }, "backchannel_token_delivery_mode and its fellows"],
    ["a short secret", { client_secret: "hunter2" }, "client_secret has 7 characters: production needs 32"],
    ["no secret", { client_secret: undefined }, "client_secret is missing"],
    ["a secret that nobody asks for", { token_endpoint_auth_method: "none" }, "client_secret is there, but"],
    ["two secrets", { client_secret_file: "x" }, "client_secret and client_secret_file are both there"],
    [
      "a secret's file that is not there",
      { client_secret: undefined, client_secret_file: "x" },
      "client_secret_file names /etc/x",
    ],
    ["two ways to bind tokens", TWICE_BOUND, "dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens"],
    ["keys by plain http", { jwks_uri: "http://localhost:1/" }, "jwks_uri has http://localhost:1/: production fetches"],
    ["a private key", { jwks: { keys: [{ kty: "EC", d: "d" }] } }, "jwks.keys[0] must be a public key"],
    ["demonstration", { development_only: true }, "development_only is true: production refuses such a client"],
    [
      "several hosts with pairwise subjects",
      { subject_type: "pairwise", redirect_uris: ["https://a.example.com/", "https://b.example.com/"] },
      "sector_identifier_uri is missing",
    ],
  ])("%s", (_, members, fault) => {
    const faults = faultsOf([{ ...SITE, ...members }]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`/etc/clients.json, client "site": ${fault}`);
    expect(faults[0]).not.toContain("hunter2");
  });

  test("an id that is there twice", () => {
    expect(faultsOf([SITE, SITE])).toEqual([expect.stringContaining('client "site": client_id is there twice')]);
  });

  test("a client without an id is named by its place", () => {
    expect(faultsOf([SITE, { ...SITE, client_id: undefined }, 3])).toEqual([
      "/etc/clients.json, client 2: client_id must be there as string.",
      "/etc/clients.json, client 3: must be an object with a client_id.",
    ]);
  });

  test("all faults of all clients come at once", () => {
    const faults = faultsOf([
      { ...SITE, client_id: "a", scop: "", redirect_uris: "x" },
      { ...SITE, client_id: "b", client_secret: "short", development_only: true },
    ]);
    expect(faults.map((fault) => fault.split(",")[1]?.slice(0, 11))).toEqual([
      ' client "a"',
      ' client "a"',
      ' client "b"',
      ' client "b"',
    ]);
  });

  test("a file that is not there, not JSON or not a list", () => {
    const [missing] = faultsOf([], { contents: { "/etc/clients.json": undefined as unknown as string } });
    expect(missing).toMatch(/^\/etc\/clients\.json cannot be read \(ENOENT\)/);
    const [broken] = faultsOf([], { contents: { "/etc/clients.json": '[{"client_secret":"hunter2",]' } });
    expect(broken).toMatch(/^\/etc\/clients\.json is not JSON: .* < \/etc\/clients\.json` tells where/);
    expect(broken).not.toContain("hunter2");
    expect(faultsOf({ clients: [] })).toEqual([expect.stringMatching(/^\/etc\/clients\.json must be a list/)]);
  });
});

const API = {
  client_id: "api",
  client_name: "An API",
  resource: "https://api.example.com/v1",
  resource_scopes: { "notes:read": { en: "Read your notes", ru: "Читать ваши заметки" } },
  client_secret: "0123456789abcdef0123456789abcdef",
};

describe("a resource server", () => {
  const ASKING = { ...SITE, scope: "openid notes:read", resources: [API.resource] };

  test("is an entry of its own, and a site's entry says what it may ask of it", () => {
    const [server, site] = clientsOf([API, ASKING]);
    expect(server).toMatchObject({ ...API, redirect_uris: [], grant_types: [], response_types: [] });
    expect(site).toMatchObject({ scope: "openid notes:read", resources: [API.resource] });
  });

  test("may prove itself with a key, know no scopes, and choose how its introspection is signed", () => {
    const { client_secret: _, resource_scopes: _scopes, ...rest } = API;
    const jwks = { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y" }] };
    const byKey = { ...rest, token_endpoint_auth_method: "private_key_jwt", jwks };
    expect(faultsOf([{ ...byKey, introspection_signed_response_alg: "EdDSA" }])).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["a member of a site's", { redirect_uris: ["https://a.example.com/"] }, "redirect_uris is a site's, and resource"],
    ["grants", { grant_types: ["authorization_code"] }, "grant_types is a site's, and resource"],
    ["a member that nobody knows", { resource_scope: {} }, "resource_scope is a site's, and resource"],
    [
      "no way to show who it is",
      { token_endpoint_auth_method: "none", client_secret: undefined },
      "token_endpoint_auth",
    ],
    ["no secret", { client_secret: undefined }, "client_secret is missing"],
    ["a resource that is no address", { resource: "wallet" }, "resource must be an address"],
    ["plain http", { resource: "http://api.example.com/" }, "resource has http://api.example.com/: production needs"],
    ["a fragment", { resource: "https://api.example.com/#v1" }, "resource has https://api.example.com/#v1 with"],
    [
      "a scope with a space",
      { resource_scopes: { "notes read": { en: "a", ru: "b" } } },
      "resource_scopes.notes read must be a scope",
    ],
    [
      "a scope without words in one of the languages",
      { resource_scopes: { notes: { en: "Read your notes" } } },
      "resource_scopes.notes.ru must be there as string.",
    ],
    [
      "words that reorder the page's",
      { resource_scopes: { notes: { en: "a\u202e", ru: "b" } } },
      "resource_scopes.notes.en must be one line of 1 to 140 visible characters.",
    ],
    [
      "a scope that is the provider's own",
      { resource_scopes: { email: { en: "a", ru: "b" } } },
      "resource_scopes has email, which is the provider's own",
    ],
    ["demonstration", { development_only: true }, "development_only is true: production refuses such a client"],
  ])("with %s is refused", (_, members, fault) => {
    const faults = faultsOf([{ ...API, ...members }]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`/etc/clients.json, client "api": ${fault}`);
  });

  test("is alone with its resource", () => {
    expect(faultsOf([API, { ...API, client_id: "twin" }])).toEqual([
      expect.stringContaining(`client "twin": resource has ${API.resource}, which is that of "api" already`),
    ]);
  });

  test("that could not be read is not said to be missing as well", () => {
    expect(faultsOf([{ ...API, client_name: "" }, ASKING])).toEqual([
      expect.stringContaining('client "api": client_name must be one line'),
    ]);
  });

  test("gives its scopes to those sites alone that name its resource", () => {
    expect(faultsOf([API, { ...ASKING, resources: [] }])).toEqual([
      expect.stringContaining("or of the scopes that its resources know: notes:read is not."),
    ]);
  });
});

describe("config/clients.json", () => {
  const config = (path: string) => readFileSync(new URL(`../../config/${path}`, import.meta.url));
  const logos = readdirSync(new URL("../../config/logos", import.meta.url)).map((name) => `logos/${name}`);
  const contents = Object.fromEntries(["clients.json", ...logos].map((path) => [`/etc/${path}`, config(path)]));

  test("is fine in development: the operator's own shop, and a library that must ask", () => {
    const clients = clientsOf([], { production: false, contents });
    expect(clients.map(({ client_id, first_party, subject_type }) => [client_id, first_party, subject_type])).toEqual([
      ["shop", true, "public"],
      ["library", false, "pairwise"],
      ["credit-exchange", true, "public"],
      ["debt-service", true, "public"],
      ["till", true, "public"],
      ["keeper", true, "public"],
      ["wallet-api", false, "public"],
      ["wallet", false, "public"],
    ]);
  });

  test("has a logo for each site, and each logo is a picture", () => {
    const sites = clientsOf([], { production: false, contents }).filter(({ resource }) => resource === undefined);
    expect(sites.map(({ logo }) => logo?.type)).not.toContain(undefined);
    for (const logo of logos) expect(readLogo(config(logo)), logo).toMatchObject({ ok: true });
  });

  test("is refused in production", () => {
    expect(faultsOf([], { contents })).toEqual([
      expect.stringContaining('client "shop": development_only'),
      expect.stringContaining('client "library": development_only'),
      expect.stringContaining('client "credit-exchange": development_only'),
      expect.stringContaining('client "debt-service": development_only'),
      expect.stringContaining('client "till": development_only'),
      expect.stringContaining('client "keeper": development_only'),
      expect.stringContaining('client "wallet-api": development_only'),
      expect.stringContaining('client "wallet": development_only'),
    ]);
  });
});

describe("an address for front-channel logout", () => {
  test("has the scheme, host and port of one of the redirect addresses", () => {
    const frontchannel_logout_uri = "https://site.example.com/front-channel?tenant=1";
    expect(clientsOf([{ ...SITE, frontchannel_logout_uri }])).toMatchObject([{ frontchannel_logout_uri }]);
    for (const wrong of ["https://other.example.com/", "https://site.example.com:8443/", "http://site.example.com/"]) {
      const faults = faultsOf([{ ...SITE, frontchannel_logout_uri: wrong }], { production: false });
      expect(faults).toEqual([expect.stringMatching(/frontchannel_logout_uri has .*: it needs scheme, host and port/)]);
    }
  });
});
