/** Where a person, a phone or a site can be when an attacker's request arrives: each state is made through the door, as people make it. */
import { createHash, randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { BROWSERS_HOSTS } from "../../src/config/push.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { PASSPORT } from "../support/asserting.ts";
import { codeTo } from "../support/newcomer.ts";
import { statementOf } from "../support/operations.ts";
import { activate } from "../support/phone.ts";
import { PURSE_API, PURSES } from "../support/resource-servers.ts";
import { ALICE } from "../support/sign-in.ts";
import { CIBA } from "../support/till.ts";
import { LIBRARY, SHOP, type World } from "../support/world.ts";
import { asks, type Browser, createBrowser, hook, type Visited } from "./browser.ts";
import { certificateOf, ticketOf } from "./certificate.ts";
import type { Call, Pair } from "./draft.ts";
import { allowed, passkeyOf } from "./passkey.ts";
import { atStoredKeys, STORING } from "./stored-keys.ts";
import { atUserCode, TELEVISION } from "./user-code.ts";

export const STATES = [
  "stranger",
  "identifier",
  "challenge",
  "proving-email",
  "sms",
  "proving-for-sms",
  "consent",
  "operation",
  "operation-sms",
  "confirmed",
  "email-code",
  "phone-code",
  "activate",
  "first-response",
  "ended",
  "device",
  "user-code",
  "stored-keys",
  "signed-in",
] as const;

export type StateName = (typeof STATES)[number];

export interface State {
  name: StateName;
  /** What the browser would send with a request for this path. */
  cookies(path: string): Pair[];
  /** For the path: `uid` of the visit. */
  params: Record<string, string>;
  /** What would be right in a field of this name. */
  values: Record<string, unknown>;
  /** A device's proof, where there is a device; or a token with its own, which is a header behind it. */
  authorize: ((call: Call) => Promise<string>) | undefined;
  /** Cookies of another browser, which is in the middle of a sign-in. */
  foreign: readonly Pair[];
  /** Cookies whose time is over. */
  former: readonly Pair[];
  /** What the log must not hold. */
  secrets: ReadonlySet<string>;
  /** Whether the state's page is still there, or what was sent has led elsewhere. */
  lasts(): Promise<boolean>;
}

export interface States {
  make(name: StateName): Promise<State>;
  /** Puts throttles, counters and the policy's sums back, or the fuzz would soon see nothing but "too many" and "more than 100 WMZ". */
  relent(): Promise<void>;
}

const ALICE_PHONE = "+15555550101";
/** What requests before have used up, or made stricter for a day ("It was not me"). */
const LIMITS = ["throttle", "counter", "policy_spent", "policy_raised"];
const [SHOP_CALLBACK = ""] = SHOP.redirect_uris;
const [LIBRARY_CALLBACK = ""] = LIBRARY.redirect_uris;
const VERIFIER = "fuzz-".repeat(10);

type Made = Partial<Pick<State, "params" | "values" | "authorize" | "lasts">> & {
  browser: Browser;
  more?: readonly string[];
};

/** Phones name the browsers' push services, which are not called: no address of theirs is known here, but that there is one. */
export const PUSH = { hosts: BROWSERS_HOSTS, network: { addressOf: async () => "127.0.0.1" } };

/** The sites of the worlds that are fuzzed; the shop takes payments. */
export const CLIENTS: readonly ClientEntry[] = [
  {
    ...SHOP,
    authorization_details_types: ["payment"],
    grant_types: [...SHOP.grant_types, CIBA],
    backchannel_token_delivery_mode: "poll",
    backchannel_user_code_parameter: true,
    enum_shows_challenge: true,
    scope: `${SHOP.scope} purses:read`,
    resources: [PURSES],
  },
  LIBRARY,
  PURSE_API,
  TELEVISION,
  STORING,
  PASSPORT,
];

export const PAYMENT = {
  type: "payment",
  operation_id: "inv-1042",
  payee: { purse: "Z123456789012", name: "Book shop" },
  amount: { value: "10.5", currency: "WMZ" },
  description: "Two books",
};
const PAY = statementOf({ mode: "payment", amount: "10.5", recipient: "Z123456789012" });

/** The page of each state, and what is on it for as long as the state lasts. */
const PAGES: Partial<Record<StateName, { path: string; shows: string }>> = {
  identifier: { path: "/interaction/:uid/identifier", shows: 'name="identifier"' },
  challenge: { path: "/interaction/:uid/challenge", shows: 'name="response"' },
  "proving-email": { path: "/interaction/:uid/email-code", shows: 'name="code"' },
  sms: { path: "/interaction/:uid/code", shows: 'name="code"' },
  "proving-for-sms": { path: "/interaction/:uid/code-email", shows: 'name="code"' },
  consent: { path: "/interaction/:uid/consent", shows: 'value="allow"' },
  operation: { path: "/interaction/:uid/operation", shows: 'name="response"' },
  "operation-sms": { path: "/interaction/:uid/operation-code", shows: 'name="code"' },
  "email-code": { path: "/register/email-code", shows: 'name="code"' },
  "phone-code": { path: "/register/phone-code", shows: 'name="code"' },
  activate: { path: "/enrolment/activate", shows: "data-enum-activation" },
  "first-response": { path: "/enrolment/first-response", shows: 'name="response"' },
  ended: { path: "/enrolment/ended", shows: "<h1" },
  device: { path: "/enrolment/done", shows: "<h1" },
};

export async function createStates(world: World): Promise<States> {
  const fresh = () => createBrowser(world);
  let newcomers = 0;

  const relent = async () => {
    for (const table of LIMITS) await world.database.rows(`DELETE FROM ${table}`);
  };

  const uidIn = ({ url }: Visited): string => {
    const uid = /^\/interaction\/([^/]+)/.exec(url.pathname)?.[1];
    if (uid === undefined) throw new Error(`no interaction at ${url.pathname}`);
    return uid;
  };

  /** Goes on as a person would, through every page that asks for something, to the site. */
  const goThrough = async (browser: Browser, begun: Visited): Promise<Visited> => {
    let page = begun;
    for (let pages = 0; pages < 6 && page.url.origin === world.issuer && page.answer.status === 200; pages += 1) {
      const { pathname } = page.url;
      const digits = hook(page, "challenge");
      if (asks(page, "identifier"))
        page = await browser.submit(`/interaction/${uidIn(page)}/identifier`, { action: "next", identifier: ALICE });
      else if (digits !== undefined)
        page = await browser.submit(pathname, { action: "next", response: world.answer(ALICE, digits) });
      else if (asks(page, "code"))
        page = await browser.submit(pathname, { action: "next", code: await codeTo(world, ALICE) });
      else if (pathname.endsWith("/consent") || page.answer.body.includes('value="allow"'))
        page = await browser.submit(`/interaction/${uidIn(page)}/consent`, { action: "allow" });
    }
    return page;
  };

  const alice = fresh();
  let serial: string | undefined;
  let passkey: { passkey: string; operation: string } | undefined;
  let tillCode: Visited | undefined;
  /** Alice's browser has signed in before, so that its limits are its own. */
  const signIn = async (): Promise<URL> => {
    const back = await goThrough(alice, await alice.open(authorize("shop")));
    if (!back.url.href.startsWith(SHOP_CALLBACK))
      throw new Error(`alice cannot sign in: ${back.answer.status} ${back.url.pathname}`);
    return back.url;
  };

  const tokens = async (code: string): Promise<Record<string, string>> => {
    const response = await fetch(`${world.issuer}/token`, {
      method: "POST",
      headers: { authorization: basic() },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code,
        redirect_uri: SHOP_CALLBACK,
        code_verifier: VERIFIER,
      }),
    });
    const answer: Record<string, unknown> = await response.json();
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, text(value)]));
  };

  const codeIn = (url: URL) => url.searchParams.get("code") ?? "";

  const signedIn = async (): Promise<Made> => {
    const given = await tokens(codeIn(await signIn()));
    const code = codeIn(await signIn());
    const page = await alice.open("/sign-out");
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.answer.body)?.[1] ?? "";
    const { access_token = "", refresh_token = "", id_token = "" } = given;
    const token = refresh_token === "" ? access_token : refresh_token;
    const values = { ...given, code, xsrf, token, id_token_hint: id_token, email: ALICE };
    passkey ??= await passkeyOf(world, alice);
    tillCode ??= await allowed(world, alice, "/account/till-code", "set");
    serial ??= await certificateOf(world, alice);
    const confirmed = tillCode.url.pathname.split("/").at(-1) ?? "";
    const params = { id: world.phone(ALICE).deviceId, serial, confirmed, ...passkey };
    return { browser: alice, params, values, more: [access_token, refresh_token, id_token, code, xsrf] };
  };

  const consent = async (): Promise<Made> => {
    await signIn();
    // Asked for again each time, so that there is a consent page however often it was given.
    const page = await alice.open(`${authorize("library")}&prompt=consent`);
    return { browser: alice, params: { uid: uidIn(page) } };
  };

  /** A payment that the shop has pushed, at the page that asks for alice's response. */
  const operation = async (acr?: string) => {
    await signIn();
    const details = JSON.stringify([{ ...PAYMENT, operation_id: randomBytes(8).toString("hex") }]);
    const fields = new URLSearchParams({ ...authorizeFields(), authorization_details: details });
    // Without openid, whose parameter the nonce is: the confirmation leaves no session.
    for (const name of ["scope", "nonce"]) fields.delete(name);
    if (acr !== undefined)
      for (const [name, value] of Object.entries({ scope: "openid", acr_values: acr })) fields.set(name, value);
    const pushed = await fetch(`${world.issuer}/par`, {
      method: "POST",
      headers: { authorization: basic() },
      body: fields,
    });
    const { request_uri: uri }: { request_uri: string } = await pushed.json();
    const page = await alice.open(`/authorize?${new URLSearchParams({ client_id: "shop", request_uri: uri })}`);
    const digits = hook(page, "challenge");
    if (digits === undefined) throw new Error(`no operation: ${page.answer.status} ${page.url.pathname}`);
    const response = world.answer(ALICE, digits, PAY);
    const uid = uidIn(page);
    return { browser: alice, params: { uid }, values: { response, challenge: digits }, more: [response, digits] };
  };

  /** The same, at the page of the code by SMS. */
  const operationBySms = async (): Promise<Made> => {
    const { browser, params, more } = await operation("urn:e-num:acr:sms");
    const page = await browser.submit(`/interaction/${params.uid}/operation`, { action: "sms" });
    if (!asks(page, "code")) throw new Error(`no code was sent: ${page.answer.status} ${page.url.pathname}`);
    const code = await codeTo(world, ALICE_PHONE);
    return { browser, params, values: { code }, more: [...more, code] };
  };

  const confirmed = async (): Promise<Made> => {
    const { browser, params, values } = await operation();
    const back = await browser.submit(`/interaction/${params.uid}/operation`, {
      action: "next",
      response: values.response,
    });
    const { access_token: token = "", authorization_details: details = "" } = await tokens(codeIn(back.url));
    const id = /"confirmation":\{"id":"([^"]+)"/.exec(details)?.[1];
    if (id === undefined) throw new Error(`nothing was confirmed: ${back.url.pathname}`);
    const headers = { authorization: `Bearer ${token}` };
    const receipt = await (await fetch(`${world.issuer}/confirmations/${id}/receipt`, { headers })).text();
    return {
      browser,
      params: { id },
      values: { access_token: token, confirmation_id: id, receipt },
      more: [token, receipt],
    };
  };

  const challenge = async (browser: Browser): Promise<Made> => {
    const begun = await browser.open(`${authorize("shop")}&prompt=login`);
    const uid = uidIn(begun);
    const page = await browser.submit(`/interaction/${uid}/identifier`, { action: "next", identifier: ALICE });
    const digits = hook(page, "challenge");
    if (digits === undefined) return { browser, params: { uid } };
    const response = world.answer(ALICE, digits);
    return { browser, params: { uid }, values: { response, challenge: digits }, more: [response, digits] };
  };

  /** Too many numbers were drawn for alice and not answered, so that a browser which she never used first proves her e-mail. */
  const provingEmail = async (): Promise<Made> => {
    const browser = fresh();
    const { params } = await challenge(browser);
    await world.database.rows("UPDATE throttle SET count = 1000 WHERE id LIKE 'unanswered%'");
    const page = await browser.submit(`/interaction/${params?.["uid"]}/identifier`, {
      action: "next",
      identifier: ALICE,
    });
    if (!asks(page, "code")) throw new Error(`no e-mail has to be proven: ${page.url.pathname}`);
    const code = await codeTo(world, ALICE);
    return { browser, ...(params === undefined ? {} : { params }), values: { code }, more: [code] };
  };

  /** A sign-in by SMS, at the code's page: by e-mail first in a browser that alice never used. */
  const bySms = async (browser: Browser): Promise<Made> => {
    const begun = await browser.open(`${authorize("shop")}&prompt=login&acr_values=urn:e-num:acr:sms`);
    const uid = uidIn(begun);
    const number = await browser.submit(`/interaction/${uid}/identifier`, { action: "next", identifier: ALICE });
    const page = await browser.submit(number.url.pathname, { action: "sms" });
    if (!asks(page, "code")) throw new Error(`no code was asked for: ${page.answer.status} ${page.url.pathname}`);
    const code = await codeTo(world, page.url.pathname.endsWith("/code") ? ALICE_PHONE : ALICE);
    return { browser, params: { uid }, values: { code }, more: [code] };
  };

  const newcomer = async (until: "email-code" | "phone-code" | "activate") => {
    newcomers += 1;
    const email = `newcomer-${newcomers}@example.com`;
    const phone = `+1555${String(6_000_000 + newcomers)}`;
    const browser = fresh();
    await browser.submit("/register", { action: "next", email, phone });
    const values: Record<string, unknown> = { email, phone, code: await codeTo(world, email) };
    if (until !== "email-code") {
      await browser.submit("/register/email-code", { action: "next", code: String(values["code"]) });
      values["code"] = await codeTo(world, phone);
    }
    let page: Visited | undefined;
    if (until === "activate")
      page = await browser.submit("/register/phone-code", { action: "next", code: String(values["code"]) });
    const activation = page === undefined ? undefined : hook(page, "activation");
    if (until === "activate" && activation === undefined)
      throw new Error(`no activation code: ${page?.answer.status} ${page?.url.pathname}`);
    if (activation !== undefined) values["code"] = activation;
    const code = String(values["code"]);
    return { browser, email, code, values: { ...values, identifier: email }, more: [email, phone, code] };
  };

  const phone = async () => {
    const { browser, email, code, values, more } = await newcomer("activate");
    const device = await activate(world.issuer, email, code);
    const page = await browser.open("/enrolment/first-response");
    const response = device.respond(hook(page, "challenge") ?? "", { mode: "activate" });
    const authorizeCall = (call: Call) => proof(world.issuer, device, call);
    return {
      browser,
      params: { id: device.id },
      values: { ...values, response },
      more: [...more, response],
      authorize: authorizeCall,
    };
  };

  const making: Record<StateName, () => Promise<Made>> = {
    stranger: async () => ({ browser: fresh() }),
    identifier: async () => {
      const browser = fresh();
      const uid = uidIn(await browser.open(authorize("shop")));
      const ticket = await ticketOf(browser, uid);
      return { browser, params: { uid }, values: { ticket }, more: [ticket] };
    },
    challenge: async () => {
      const made = await challenge(alice);
      if (made.values !== undefined) return made;
      // A lock has made this browser an unknown one.
      await signIn();
      return challenge(alice);
    },
    "proving-email": provingEmail,
    async sms() {
      // A lock has made alice's browser an unknown one.
      await signIn();
      return bySms(alice);
    },
    "proving-for-sms": () => bySms(fresh()),
    consent,
    operation: () => operation(),
    "operation-sms": operationBySms,
    confirmed,
    "email-code": () => newcomer("email-code"),
    "phone-code": () => newcomer("phone-code"),
    activate: () => newcomer("activate"),
    "first-response": phone,
    async ended() {
      const made = await phone();
      await made.browser.submit("/enrolment/first-response", { action: "decline" });
      return made;
    },
    async device() {
      const made = await phone();
      await made.browser.submit("/enrolment/first-response", { action: "next", response: made.values.response });
      return made;
    },
    "user-code": () => atUserCode(world, fresh()),
    "stored-keys": () => atStoredKeys(world, fresh()),
    "signed-in": signedIn,
  };

  await relent();
  await signIn();
  const stranger = await challenge(fresh());
  const foreign = stranger.browser.cookies(`/interaction/${stranger.params?.["uid"]}`);
  const gone = fresh();
  await goThrough(gone, await gone.open(authorize("shop")));
  const former = gone.former.slice();
  const jwks = { key: await publicKey(), agreement_key: await publicKey() };

  return {
    relent,
    async make(name) {
      await relent();
      const { browser, params = {}, values = {}, authorize: authorizeCall, more = [], lasts } = await making[name]();
      const secrets = new Set([...browser.secrets, ALICE, ...more].filter((secret) => secret !== ""));
      // Kept for this state alone: alice's browser would gather them for ever.
      browser.secrets.clear();
      const page = PAGES[name];
      return {
        name,
        cookies: browser.cookies,
        params,
        values: { ...jwks, ...values },
        authorize: authorizeCall,
        foreign,
        former,
        secrets,
        async lasts() {
          if (lasts !== undefined) return lasts();
          if (page === undefined) return name === "stranger";
          if (authorizeCall !== undefined && name === "device" && !(await answersDevice(world.issuer, authorizeCall)))
            return false;
          const { url, answer } = await browser.open(page.path.replace(":uid", params["uid"] ?? ""));
          return (
            answer.status === 200 &&
            url.pathname === page.path.replace(":uid", params["uid"] ?? "") &&
            answer.body.includes(page.shows)
          );
        },
      };
    },
  };
}

async function answersDevice(issuer: string, authorizeCall: (call: Call) => Promise<string>): Promise<boolean> {
  const path = "/device/v1";
  const authorization = await authorizeCall({ method: "GET", path, body: Buffer.alloc(0) });
  return (await fetch(`${issuer}${path}`, { headers: { authorization } })).ok;
}

/** A site's request; the verifier that fits is `VERIFIER`. */
function authorize(client: "shop" | "library"): string {
  return `/authorize?${new URLSearchParams({
    client_id: client,
    redirect_uri: client === "shop" ? SHOP_CALLBACK : LIBRARY_CALLBACK,
    response_type: "code",
    scope: "openid email offline_access",
    state: randomBytes(8).toString("hex"),
    nonce: "fuzz",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
  })}`;
}

export function authorizeFields(): Record<string, string> {
  return Object.fromEntries(new URL(authorize("shop"), "http://x").searchParams);
}

export function tokenFields(values: Record<string, unknown>): Record<string, unknown> {
  return {
    grant_type: "authorization_code",
    code: values["code"] ?? "x".repeat(43),
    redirect_uri: SHOP_CALLBACK,
    code_verifier: VERIFIER,
  };
}

export function basic(): string {
  return `Basic ${Buffer.from(`shop:${SHOP.client_secret}`).toString("base64")}`;
}

async function publicKey() {
  const { publicKey } = await generateKeyPair("ES256");
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return { kty, crv, x, y };
}

/** For whatever method, path and body there are: what is refused is refused for something else. */
async function proof(
  issuer: string,
  device: { id: string; key: CryptoKey },
  { method, path, body }: Call,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { htm: method, htu: `${issuer}${path}`, bsh: createHash("sha256").update(body).digest("base64url") };
  const jwt = await new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", typ: "enum-device+jwt", kid: device.id })
    .setAudience(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .setJti(randomBytes(16).toString("base64url"))
    .sign(device.key);
  return `Device ${jwt}`;
}
