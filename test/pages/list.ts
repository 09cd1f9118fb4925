/** Every hosted page in every state: what the page tests check and `npm run pages` photographs. */
import { drawQr } from "../../src/http/qr.ts";
import type { ErrorPageCode, Views } from "../../src/http/views.ts";
import { accounts } from "./account.ts";
import { certificates } from "./certificate.ts";
import { confirmations } from "./confirmation.ts";
import { contacts } from "./contact.ts";
import { deletions } from "./deletion.ts";
import { downloads } from "./download.ts";
import { passkeys, requestOptions } from "./passkey.ts";
import { recoveries } from "./recovery.ts";
import {
  developing,
  exchange,
  form,
  ISSUER,
  logos,
  longName,
  number,
  path,
  plain,
  type Sample,
  sample,
  shop,
  signedIn,
  until,
} from "./sample.ts";
import { smsCodes } from "./sms.ts";
import { keptKeys } from "./storage.ts";
import { tillCodes } from "./till-code.ts";

const code = "K7QF29XWTA";
const login = drawQr(`enum:l?c=${number}&r=Zt0bV9kq3mXyR2aLw4pQ7s`);
const activation = drawQr(`${ISSUER}/phone#enum:a?i=${encodeURIComponent(ISSUER)}&u=alice%40example.com&c=${code}`);

const identifier: Views["login/identifier"] = {
  ...form,
  registration: true,
  recoveryHref: "/recovery",
  passkey: { action: `${path}/passkey`, options: requestOptions },
};
const challenge: Views["login/challenge"] = {
  ...form,
  number,
  state: "open",
  screen: "login",
  expiresInSeconds: 252,
  qr: login,
  clientHref: `/phone#${login.text}`,
  statusHref: `${path}/status`,
  noPhoneHref: `${path}/no-phone`,
  otherHref: `${path}/identifier`,
};
const loginCode: Views["login/email-code"] = { ...form, otherHref: `${path}/identifier` };
const closedOut: Views["login/closed-out"] = { againHref: `${path}/again`, siteHref: "https://books.example" };
const start: Views["registration/start"] = { ...form, signInHref: `${path}/login` };
const emailCode: Views["registration/email-code"] = { ...form, email: "alice@example.com", startHref: "/register" };
const phoneCode: Views["registration/phone-code"] = { ...form, phone: "+447700900123", startHref: "/register" };
const activate: Views["enrolment/activate"] = {
  action: path,
  code,
  state: "waiting",
  expiresInSeconds: 583,
  email: "alice@example.com",
  phoneHref: `${ISSUER}/phone`,
  hereHref: `/phone#enum:a?i=${encodeURIComponent(ISSUER)}&u=alice%40example.com&c=${code}`,
  qr: activation,
  statusHref: `${path}/status`,
};
const { qr: _, ...withoutQr } = activate;
const fromClient: Views["enrolment/activate"] = { ...withoutQr, phoneHref: "/phone", fromClient: true };
const first: Views["enrolment/first-response"] = {
  ...form,
  number: "61730482",
  state: "open",
  expiresInSeconds: 300,
  device: "Alice’s Pixel 9",
};
const consent: Views["consent/consent"] = {
  ...form,
  asked: [
    { scope: "email", value: "alice@example.com" },
    { scope: "phone", value: "+447700900123" },
    { scope: "profile" },
    { scope: "wmid" },
    { scope: "offline_access" },
  ],
  wmids: ["123456789012"],
  servers: [],
  app: false,
  remembered: true,
  lasts: { days: 30, most: 365 },
};
const visit = { minutes: 10 };

/** A native app has no address that says whose it is. */
const keeper = { ...signedIn, site: { name: "Keeper", logo: logos.keeper.path } };
const plainCode = { ...plain, path: "/device" };
const typing = { action: "/device", xsrf: "b1c2", errors: [], values: { user_code: "WDJB-MJHT" } } as const;
const askedByDevice = {
  action: "/device",
  xsrf: "b1c2",
  userCode: "WDJB-MJHT",
  asked: { ip: "192.0.2.44", country: "NL", at: until },
  operation: false,
} as const;
const WALLET = { name: "Wallet API", scopes: ["See the balance of your purses", "Change the settings of your wallet"] };
const LONG_SERVER = {
  name: longName,
  scopes: ["Read every statement of every purse that you have had at this exchange since the first of January 2019"],
};

const errorCodes: readonly ErrorPageCode[] = [
  "not-found",
  "bad-request",
  "session-lost",
  "wrong-host",
  "unavailable",
  "server-error",
  "site-gone",
  "cross-site",
  "too-large",
  "method",
  "too-many",
];

/** As where any address may have come to this; a sign-out whose thread is lost leads on as well. */
const leadsOn = (code: ErrorPageCode) => code === "not-found" || code === "site-gone";

export const samples: readonly Sample[] = [
  sample("login-identifier", "login/identifier", identifier),
  sample("login-identifier-long-name", "login/identifier", identifier, exchange),
  sample("login-identifier-logo", "login/identifier", identifier, {
    ...shop,
    site: {
      name: "Book shop",
      origin: "https://books.example",
      logo: logos.shop.path,
    },
  }),
  sample("login-identifier-own", "login/identifier", { ...identifier, registration: false }, plain),
  sample("login-identifier-empty", "login/identifier", {
    ...identifier,
    errors: [{ field: "identifier", code: "empty" }],
  }),
  sample("login-identifier-unrecognised", "login/identifier", {
    ...identifier,
    values: { identifier: "alice at example" },
    errors: [{ field: "identifier", code: "unrecognised" }],
  }),
  sample("login-identifier-too-many", "login/identifier", {
    ...identifier,
    values: { identifier: "alice@example.com" },
    errors: [{ field: "identifier", code: "too-many" }],
  }),
  sample("login-identifier-certificate", "login/identifier", {
    ...identifier,
    certificateAction: `${path}/certificate`,
    keysAlone: "either",
    errors: [{ field: "certificate", code: "none" }],
  }),
  sample("login-challenge", "login/challenge", challenge),
  sample("login-challenge-last-minute", "login/challenge", { ...challenge, expiresInSeconds: 42 }),
  sample("login-challenge-confirm-signed-in", "login/challenge", { ...challenge, screen: "confirm" }, exchange),
  sample("login-challenge-payment", "login/challenge", { ...challenge, screen: "payment" }),
  sample("login-challenge-wrong", "login/challenge", {
    ...challenge,
    values: { response: "6754654" },
    errors: [{ field: "response", code: "wrong", triesLeft: 2, screen: "login" }],
  }),
  sample("login-challenge-other-screen", "login/challenge", {
    ...challenge,
    values: { response: "675 4654" },
    errors: [{ field: "response", code: "other-screen", triesLeft: 1, used: "confirm", wanted: "login" }],
  }),
  sample("login-challenge-check-number", "login/challenge", {
    ...challenge,
    values: { response: number },
    errors: [{ field: "response", code: "check-number" }],
  }),
  sample("login-challenge-malformed", "login/challenge", {
    ...challenge,
    values: { response: "675" },
    errors: [{ field: "response", code: "malformed" }],
  }),
  sample("login-challenge-empty", "login/challenge", { ...challenge, errors: [{ field: "response", code: "empty" }] }),
  sample("login-challenge-too-many", "login/challenge", {
    ...challenge,
    errors: [{ field: "response", code: "too-many" }],
  }),
  sample("login-challenge-not-yet", "login/challenge", { ...challenge, notYet: true }),
  sample("login-challenge-expired", "login/challenge", { ...challenge, state: "expired", expiresInSeconds: 0 }),
  sample("login-challenge-exhausted", "login/challenge", { ...challenge, state: "exhausted" }),
  sample("login-challenge-development", "login/challenge", { ...challenge, shownResponse: "6754654" }, developing),
  sample("login-email-code", "login/email-code", loginCode),
  sample("login-email-code-wrong", "login/email-code", {
    ...loginCode,
    values: { code: "ABCD2345" },
    errors: [{ field: "code", code: "wrong", triesLeft: 2 }],
  }),
  sample("login-email-code-resent", "login/email-code", { ...loginCode, resent: true }),
  sample("login-email-code-expired", "login/email-code", {
    ...loginCode,
    errors: [{ field: "code", code: "expired" }],
  }),
  sample("login-challenge-sms", "login/challenge", { ...challenge, sms: true }),
  ...smsCodes,
  sample("login-locked", "login/locked", { until, siteHref: "https://books.example", recoveryHref: "/recovery" }),
  sample("login-closed-out", "login/closed-out", closedOut),
  sample(
    "login-closed-out-not-yet",
    "login/closed-out",
    { ...closedOut, notYet: true, command: "npm run phone -- admit" },
    developing,
  ),
  sample("login-admission", "login/admission", form, signedIn),
  sample("login-admission-long-name", "login/admission", form, exchange),
  sample("login-admission-own", "login/admission", form, plain),
  sample("login-declined", "login/declined", { siteHref: "https://books.example" }),
  sample("request-declined", "request/declined", { siteHref: "https://books.example", alarmed: false }),
  sample("request-declined-not-me", "request/declined", { siteHref: "https://books.example", alarmed: true }),
  sample("login-no-phone", "login/no-phone", {
    phoneHref: "/phone/clients",
    registerHref: "/register",
    recoveryHref: "/recovery",
    backHref: path,
  }),
  sample("phone-clients", "phone/clients", { phoneHref: "/phone" }, plain),
  sample("login-elsewhere", "login/elsewhere", { ended: false, siteHref: "https://books.example" }),
  sample("login-elsewhere-own", "login/elsewhere", { ended: false }, plain),
  sample("login-elsewhere-ended", "login/elsewhere", { ended: true, siteHref: "https://books.example" }),
  sample("registration-start", "registration/start", start),
  sample("registration-start-wrong", "registration/start", {
    ...start,
    values: { email: "alice", phone: "0770" },
    errors: [
      { field: "email", code: "unrecognised" },
      { field: "phone", code: "unrecognised" },
    ],
  }),
  sample("registration-start-country", "registration/start", {
    ...start,
    values: { email: "alice@example.com", phone: "+8821234567" },
    errors: [{ field: "phone", code: "unserved-country" }],
  }),
  sample("registration-email-code", "registration/email-code", emailCode),
  sample("registration-email-code-wrong", "registration/email-code", {
    ...emailCode,
    values: { code: "ABCD2345" },
    errors: [{ field: "code", code: "wrong", triesLeft: 1 }],
  }),
  sample("registration-phone-code", "registration/phone-code", phoneCode),
  sample("registration-phone-code-exhausted", "registration/phone-code", {
    ...phoneCode,
    errors: [{ field: "code", code: "exhausted" }],
  }),
  sample("registration-closed", "registration/closed", { siteHref: "https://books.example" }),
  sample("enrolment-activate", "enrolment/activate", activate),
  sample("enrolment-activate-not-yet", "enrolment/activate", { ...activate, notYet: true }),
  sample("enrolment-activate-expired", "enrolment/activate", { ...activate, state: "expired", expiresInSeconds: 0 }),
  sample(
    "enrolment-activate-development",
    "enrolment/activate",
    { ...activate, command: `npm run phone -- activate --issuer ${ISSUER} --as alice@example.com K7QF2-9XWTA` },
    developing,
  ),
  sample("enrolment-first-response", "enrolment/first-response", first),
  sample("enrolment-first-response-wrong", "enrolment/first-response", {
    ...first,
    values: { response: "1234567" },
    errors: [{ field: "response", code: "wrong", triesLeft: 2, screen: "activate" }],
  }),
  sample("enrolment-ended", "enrolment/ended", { action: path }),
  sample("enrolment-activate-from-client", "enrolment/activate", fromClient, plain),
  sample("enrolment-activate-once", "enrolment/activate", { ...activate, once: true }, plain),
  sample(
    "enrolment-activate-once-expired",
    "enrolment/activate",
    { ...activate, once: true, state: "expired", expiresInSeconds: 0 },
    plain,
  ),
  sample("enrolment-ended-once", "enrolment/ended", { action: path, once: true }, plain),
  sample("enrolment-done", "enrolment/done", { action: path, device: "Alice’s Pixel 9" }),
  sample("enrolment-done-confirms", "enrolment/done", { action: path, device: "Alice’s Pixel 9", confirms: true }),
  sample("enrolment-done-own", "enrolment/done", { action: path, device: "Alice’s Pixel 9" }, plain),
  ...confirmations,
  ...accounts,
  ...certificates,
  ...contacts,
  ...recoveries,
  ...keptKeys,
  ...downloads,
  ...deletions,
  ...passkeys,
  ...tillCodes,
  sample("user-code-enter", "user-code/enter", { ...typing, values: {} }, plainCode),
  sample("user-code-filled-in", "user-code/enter", typing, plainCode),
  sample(
    "user-code-unknown",
    "user-code/enter",
    { ...typing, errors: [{ field: "user_code", code: "unknown" }] },
    plainCode,
  ),
  sample("user-code-confirm", "user-code/confirm", askedByDevice, keeper),
  sample("user-code-confirm-operation", "user-code/confirm", { ...askedByDevice, operation: true }, keeper),
  sample("user-code-signed-in", "user-code/end", { end: "signed-in" }, { ...keeper, path: "/device" }),
  sample("user-code-confirmed", "user-code/end", { end: "confirmed" }, { ...keeper, path: "/device" }, false),
  sample("user-code-stopped", "user-code/end", { end: "stopped" }, { ...keeper, path: "/device" }),
  sample("consent", "consent/consent", consent, signedIn),
  sample(
    "consent-servers",
    "consent/consent",
    {
      ...consent,
      asked: [{ scope: "email", value: "alice@example.com" }],
      servers: [WALLET, LONG_SERVER],
      lasts: visit,
    },
    signedIn,
  ),
  sample("consent-server", "consent/consent", { ...consent, asked: [], servers: [WALLET], lasts: visit }, signedIn),
  sample(
    "consent-app",
    "consent/consent",
    { ...consent, asked: [{ scope: "wmid" }], wmids: [], app: true, remembered: false, lasts: visit },
    keeper,
  ),
  sample("consent-wmids", "consent/consent", { ...consent, wmids: ["123456789012", "987654321098"] }, exchange),
  sample("consent-wmids-not-chosen", "consent/consent", {
    ...consent,
    wmids: ["123456789012", "987654321098"],
    errors: [{ field: "wmid", code: "not-chosen" }],
  }),
  sample(
    "signing-out-confirm",
    "signing-out/confirm",
    { formId: "op.logoutForm", action: "/session/end/confirm", xsrf: "b1c2", told: ["City library", longName] },
    signedIn,
  ),
  sample(
    "signing-out-confirm-alone",
    "signing-out/confirm",
    { formId: "op.logoutForm", action: "/session/end/confirm", xsrf: "b1c2", told: [] },
    { ...plain, signedIn: { email: "alice@example.com" } },
  ),
  sample("returning-post", "returning/post", {
    to: "site",
    action: "/callback",
    fields: [
      { name: "code", value: "K7QF" },
      { name: "state", value: 'a"b' },
    ],
  }),
  sample("returning-other-account", "returning/post", {
    to: "other-account",
    action: "/sign-out/confirm",
    fields: [{ name: "logout", value: "yes" }],
  }),
  sample("signing-out-done", "signing-out/done", { siteHref: "https://books.example" }),
  sample("signing-out-done-frames", "signing-out/done", { frames: ["about:blank"] }, plain),
  sample("signing-out-stayed", "signing-out/stayed", { siteHref: "https://books.example" }, signedIn),
  ...errorCodes.map((errorCode) =>
    sample(
      `error-${errorCode}`,
      "error/error",
      {
        ...(leadsOn(errorCode) ? { code: errorCode, next: "/" } : { code: errorCode }),
        reference: "7F3K-22QD",
        ...(errorCode === "wrong-host" ? { host: "id.example.org" } : {}),
      },
      plain,
    ),
  ),
  sample(
    "error-expired",
    "error/error",
    {
      code: "expired",
      next: "https://books.example",
      reference: "7F3K-22QD",
      oauthError: "invalid_request_uri",
      detail: "request_uri is invalid, expired, or was already used",
    },
    shop,
  ),
  sample("error-site-error", "error/error", {
    code: "site-error",
    reference: "7F3K-22QD",
    oauthError: "invalid_redirect_uri",
    detail: "redirect_uri did not match any of the client's registered redirect_uris",
  }),
  sample(
    "home",
    "home/home",
    {
      registerHref: "/register",
      accountHref: "/account",
      phoneHref: "/phone",
      discoveryHref: "/.well-known/openid-configuration",
      outboxHref: "/outbox",
    },
    { ...plain, development: true },
  ),
  sample(
    "development-outbox",
    "development/outbox",
    {
      messages: [
        {
          channel: "sms",
          to: "+447700900123",
          text: "204816 is your code for id.example.org. Read it to nobody.\n\n@id.example.org #204816",
          at: new Date("2026-11-23T14:21:07Z"),
        },
        {
          channel: "mail",
          to: "alice@example.com",
          subject: "K7QF29XW is your E-num code",
          text: "Hello,\n\nyour code is\n\n    K7QF29XW\n\nIt is good for 10 minutes.",
          at: new Date("2026-11-23T14:20:41Z"),
        },
      ],
    },
    { ...plain, path: "/outbox", development: true },
  ),
  sample("development-outbox-empty", "development/outbox", { messages: [] }, { ...plain, development: true }),
];
