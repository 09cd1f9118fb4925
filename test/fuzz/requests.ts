/** What is well-formed at each route: the request that the mutators begin with. */
import { SIGN_IN } from "../../src/certificate/sign-in-route.ts";
import type { MountedRoute } from "../../src/http/listener.ts";
import { METADATA_PATH } from "../../src/storage/api.ts";
import { ecRequest } from "../certificate/support.ts";
import { PURSES } from "../support/resource-servers.ts";
import { ALICE } from "../support/sign-in.ts";
import { CIBA } from "../support/till.ts";
import type { World } from "../support/world.ts";
import { assertingDraft } from "./asserting.ts";
import { atAskingOrigin } from "./certificate.ts";
import type { Dice } from "./dice.ts";
import type { Draft, Field } from "./draft.ts";
import { authorizeFields, basic, PAYMENT, STATES, type State, type StateName, tokenFields } from "./states.ts";
import { storingDraft } from "./stored-keys.ts";

/** What oidc-provider answers beside what its discovery document lists. */
const UNLISTED: readonly MountedRoute[] = [
  { method: "GET", path: "/.well-known/openid-configuration" },
  { method: "OPTIONS", path: "/.well-known/openid-configuration" },
  { method: "GET", path: "/.well-known/oauth-authorization-server" },
  { method: "POST", path: "/authorize" },
  { method: "GET", path: "/authorize/:uid" },
  { method: "GET", path: "/device" },
  { method: "POST", path: "/device" },
  { method: "GET", path: "/device/:uid" },
  { method: "POST", path: "/sign-out" },
  { method: "POST", path: "/sign-out/confirm" },
  { method: "GET", path: "/sign-out/success" },
];

/** Every address that the server answers: ours from the router, oidc-provider's from discovery, the page's files, and one that is not there. */
export async function allRoutes(world: World): Promise<MountedRoute[]> {
  const response = await fetch(`${world.issuer}/.well-known/openid-configuration`);
  const metadata: Record<string, unknown> = await response.json();
  const listed = Object.entries(metadata).flatMap(([name, value]) =>
    name !== "issuer" && typeof value === "string" && value.startsWith(world.issuer)
      ? [value.slice(world.issuer.length)]
      : [],
  );
  const engine = listed.flatMap((path) => ["GET", "POST", "OPTIONS"].map((method) => ({ method, path })));
  const front = await (await fetch(world.issuer)).text();
  const files = [...front.matchAll(/(?:src|href)="(\/[^"]+\.[a-z]+)"/g)].map(([, path = ""]) => ({
    method: "GET",
    path,
  }));
  return [...world.routes, ...engine, ...UNLISTED, ...files, { method: "GET", path: "/nothing-here" }];
}

/** The states in which a route is worth trying, by what its path begins with; the ones where it has most to do come first. */
const WHERE: readonly [prefix: string, states: readonly StateName[]][] = [
  ["/interaction/:uid/operation-code", ["operation-sms", "operation", "stranger"]],
  ["/interaction/:uid/code", ["sms", "challenge", "stranger"]],
  ["/interaction/:uid/code-email", ["proving-for-sms", "challenge", "stranger"]],
  ["/interaction/:uid/email-code", ["proving-email", "challenge", "stranger"]],
  ["/interaction/:uid/operation", ["operation", "challenge", "identifier", "stranger"]],
  ["/interaction/", ["challenge", "identifier", "consent", "stranger", "operation"]],
  ["/confirmations/", ["confirmed", "stranger"]],
  ["/certificates/", ["stranger"]],
  ["/sign-in/", ["identifier", "stranger"]],
  ["/account", ["signed-in", "stranger", "operation"]],
  ["/register", ["email-code", "phone-code", "stranger", "signed-in"]],
  ["/enrolment/", ["activate", "first-response", "ended", "device", "stranger"]],
  ["/device/v1/activations", ["activate", "stranger", "device"]],
  ["/device/v1", ["device", "first-response", "stranger"]],
  ["/device", ["user-code", "stranger", "signed-in"]],
  ["/authorize/", ["challenge", "signed-in", "stranger"]],
  ["/authorize", ["signed-in", "stranger", "challenge"]],
  ["/storage/", ["stored-keys", "stranger"]],
  ["/wmid/", ["stranger", "signed-in"]],
  ["/development/", ["stranger"]],
];
/** They look at nothing but a language's cookie. */
const PLAIN = new Set(["/", "/phone/clients", "/livez", "/readyz", METADATA_PATH]);
const ELSEWHERE: readonly StateName[] = ["signed-in", "stranger"];

/** A route of ours that nobody has thought of here is tried in every state. */
export function statesFor({ path }: MountedRoute, world: World): readonly StateName[] {
  const known = WHERE.find(([prefix]) => path.startsWith(prefix))?.[1];
  if (known !== undefined) return known;
  return world.routes.some((ours) => ours.path === path) && !PLAIN.has(path) ? STATES : ELSEWHERE;
}

export function draftFor(route: MountedRoute, state: State, world: World, dice: Dice): Draft {
  const path = route.path.replace(/:([a-z]+)/gi, (_, name: string) => state.params[name] ?? "A".repeat(21));
  const takesBody = route.method !== "GET" && route.method !== "DELETE" && route.method !== "OPTIONS";
  const carrier = !takesBody ? "none" : /^\/(device\/v1|enrolment\/same-browser)/.test(path) ? "json" : "form";
  const known = fieldsFor(route, state, dice);
  const draft: Draft = {
    method: route.method,
    path,
    query: takesBody ? [] : known,
    version: "HTTP/1.1",
    headers: [
      ["Host", new URL(world.issuer).host],
      ["Accept", path.startsWith("/device/v1") || dice.oneIn(4) ? "application/json" : "text/html,*/*;q=0.8"],
    ],
    cookies: state.cookies(path),
    carrier,
    fields: takesBody ? known : [],
    framing: "length",
    cut: 0,
    authorize: /^\/(device|storage)\/v1/.test(path) ? state.authorize : undefined,
  };
  if (path === SIGN_IN) atAskingOrigin(draft);
  if (path.startsWith("/wmid/v1")) assertingDraft(draft, world, dice);
  else if (path.startsWith("/storage/v1")) storingDraft(draft);
  else if (carrier === "form") draft.headers.push(["Content-Type", "application/x-www-form-urlencoded"]);
  if (carrier === "json") draft.headers.push(["Content-Type", "application/json"]);
  if (/^\/(token|revoke|introspect|par|bc-authorize|confirmations\/receipt)$/.test(path))
    draft.headers.push(["Authorization", basic()]);
  if (path === "/introspect" && dice.oneIn(2)) draft.headers.push(["Accept", "application/token-introspection+jwt"]);
  if (/^\/(userinfo|confirmations\/.*receipt)$/.test(path) && carrier !== "form")
    draft.headers.push(["Authorization", `Bearer ${state.values["access_token"] ?? "x"}`]);
  return draft;
}

function fieldsFor({ path, method }: MountedRoute, { values }: State, dice: Dice): Field[] {
  const named = (fields: Record<string, unknown>) => Object.entries(fields).map(([name, value]) => ({ name, value }));
  // What is right uses its state up, so that it is seldom sent; what is no number at all costs no try.
  const right = dice.oneIn(3) ? values : {};
  const taken = (...names: string[]) =>
    named(Object.fromEntries(names.map((name) => [name, right[name] ?? USUAL[name] ?? values[name] ?? "x"])));
  switch (path) {
    case "/authorize":
      return named({ ...authorizeFields(), ...(dice.oneIn(3) ? AT_RESOURCE : {}) });
    case "/par":
      return named({
        ...authorizeFields(),
        ...(dice.oneIn(2) ? { authorization_details: JSON.stringify([PAYMENT]) } : {}),
        ...(dice.oneIn(3) ? AT_RESOURCE : {}),
      });
    case "/bc-authorize":
      return named({
        scope: "openid",
        [dice.pick(["login_hint", "login_hint", "login_hint_token", "id_token_hint"])]: ALICE,
        binding_message: "Касса 3: 10,50 WMZ",
        requested_expiry: "60",
        ...(dice.oneIn(2) ? { user_code: "blue 42" } : {}),
        ...(dice.oneIn(2) ? DETAILS : {}),
      });
    case "/confirmations/receipt":
      return dice.oneIn(2) ? taken("confirmation_id") : [{ name: "operation_id", value: PAYMENT.operation_id }];
    case "/confirmations/verify":
      return method === "POST" ? taken("receipt") : [];
    case "/token":
      if (values["device_code"] !== undefined)
        return [{ name: "grant_type", value: DEVICE_GRANT }, ...taken("device_code", "client_id")];
      if (dice.oneIn(3)) return [{ name: "grant_type", value: "refresh_token" }, ...taken("refresh_token")];
      if (dice.oneIn(4)) return [{ name: "grant_type", value: CIBA }, ...taken("auth_req_id")];
      return named(tokenFields(values));
    case "/revoke":
    case "/introspect":
      return taken("token", "token_type_hint");
    case "/userinfo":
      return [];
    case "/device":
      return method === "POST" ? taken("xsrf", "user_code", "confirm") : taken("user_code");
    case "/device-authorization":
      return [{ name: "client_id", value: "television" }, ...named(dice.oneIn(2) ? { scope: "openid" } : DETAILS)];
    case "/sign-out":
      return [
        ...taken("id_token_hint", "state"),
        { name: "client_id", value: "shop" },
        { name: "post_logout_redirect_uri", value: "http://localhost:9/shop/" },
      ];
    case "/sign-out/confirm":
      return taken("xsrf", "logout");
    case "/sign-out/success":
      return [{ name: "client_id", value: "shop" }];
    case SIGN_IN:
      return taken("ticket");
    case "/account/callback":
    case "/account/contact/callback":
    case "/account/deletion/callback":
      return taken("state", dice.oneIn(2) ? "code" : "error");
    case "/device/v1/activations":
      return taken("identifier", "code", "name", "platform", "key", "agreement_key");
  }
  if (path.endsWith("/certificate"))
    return named(method === "POST" ? { action: "certificate" } : { [dice.pick(["proof", "refused"])]: "revoked" });
  if (path.startsWith("/account/history"))
    return named({ kind: "confirmation", site: "shop", from: "2026-01-01", to: "2026-12-31", q: "WMZ", before: "1.a" });
  if (method === "GET" || method === "DELETE" || method === "OPTIONS") return [];
  if (path.endsWith("/answer")) return taken("challenge", "response");
  if (path.endsWith("/pad")) return taken("challenge", "response", "agreement_key");
  if (path.endsWith("/decline")) return taken("reason");
  if (path.endsWith("/push-subscription")) return taken("endpoint", "keys");
  if (path.startsWith("/device/v1")) return [];
  if (path === "/account/keys") return named({ action: "delete 301234567890" });
  if (path.startsWith("/account/certificates"))
    return named({
      action: dice.pick(["next", "revoke"]),
      csr: ecRequest().pem,
      wmid: USUAL["wmid"],
      reason: dice.pick(["superseded", "unspecified"]),
    });
  if (path.startsWith("/account/passkeys"))
    return named({ action: dice.pick(["add", "passkey", "rename"]), name: USUAL["name"], credential: CREDENTIAL });
  if (path.endsWith("/passkey")) return named({ action: "passkey", credential: CREDENTIAL });
  if (path.startsWith("/account/till-code"))
    return named({ action: dice.pick(["set", "remove", "save"]), till_code: dice.pick(["blue 42", "1"]) });
  if (path.startsWith("/account/devices"))
    return [
      { name: "action", value: dice.pick(["add", "rename", "confirm", "email", "remove", "next", "resend"]) },
      ...taken("name"),
      { name: "code", value: "AAAAAAAA" },
    ];
  if (path.startsWith("/account/contact"))
    return [
      { name: "action", value: dice.pick(["next", "resend", "confirm", "wait", "stop email", "stop phone"]) },
      ...taken(path.endsWith("email") ? "email" : "phone", "code"),
    ];
  if (path.startsWith("/account/recovery-codes"))
    return named({ action: dice.oneIn(2) ? "make" : "show", operation: "recovery_codes.AAAAAA" });
  if (path.startsWith("/account/data"))
    return named({ action: dice.oneIn(2) ? "download" : "save", operation: "download_data.AAAAAA" });
  if (path.startsWith("/account/deletion")) return named({ action: dice.oneIn(2) ? "confirm" : "stop" });
  if (path === "/account/recovery") return named({ action: "stop" });
  if (path.startsWith("/recovery/"))
    return [
      { name: "action", value: dice.pick(["next", "resend", "send", "finish"]) },
      ...taken("identifier", "code"),
      { name: "reference", value: "7K2M-QX4T" },
    ];
  if (path.startsWith("/stop")) return named({ action: "stop" });
  if (path.startsWith("/account/sites"))
    return named({ action: dice.pick(["revoke", "wmid"]), wmid: dice.oneIn(2) ? "301234567890" : "1" });
  if (path === "/account/sessions")
    return named({ action: dice.pick(["end AAAAAAAA", "forget AAAAAAAA", "end-others", "end"]) });
  if (path.startsWith("/account"))
    return named({ action: dice.oneIn(2) ? "on login shop" : dice.oneIn(2) ? "off operation" : "on operation" });
  const action = { name: "action", value: path.endsWith("/consent") ? "allow" : "next" };
  return [action, ...taken("identifier", "email", "phone", "code", "response", "reason", "wmid")];
}

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const CREDENTIAL = JSON.stringify({
  id: "AAAA",
  rawId: "AAAA",
  type: "public-key",
  response: {
    clientDataJSON: Buffer.from('{"challenge":"AAAA"}').toString("base64url"),
    attestationObject: "AAAA",
    authenticatorData: "AAAA",
    signature: "AAAA",
    userHandle: "AAAA",
  },
});
const DETAILS = { authorization_details: JSON.stringify([PAYMENT]) };
const AT_RESOURCE = { scope: "openid purses:read", resource: PURSES };

/** Of P-256: the base point, without compression (SEC 2 section 2.4.2). */
const POINT = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

/** What a person, a phone or a site sends where the state knows nothing better. */
const USUAL: Readonly<Record<string, unknown>> = {
  identifier: ALICE,
  email: "somebody@example.com",
  phone: "+15555550199",
  code: "ABCD2345",
  response: "123",
  challenge: "48219370",
  reason: "not_me",
  wmid: "301234567890",
  name: "Fuzzed phone",
  platform: "web",
  endpoint: "https://updates.push.services.mozilla.com/wpush/v2/x",
  keys: { p256dh: POINT, auth: "A".repeat(22) },
  token_type_hint: "access_token",
  logout: "yes",
};
