import { describe, expect, test } from "vitest";
import { configOf, faultsOf, PRODUCTION } from "./settings.ts";

/** Everything that has to do with something else is set here, and right. */
const RIGHT = {
  ...PRODUCTION,
  ENUM_ID_PHONE_ORIGIN: "https://phone.example.com",
  ENUM_ID_SMTP_URL: "smtps://id:secret@mail.example.com:465",
  ENUM_ID_MAIL_FROM: "id@example.com",
  ENUM_ID_SMS_URL: "https://sms.example.com/send",
  ENUM_ID_SMS_BODY: "to={to}&text={text}&from={from}",
  ENUM_ID_SMS_FROM: "E-num",
  ENUM_ID_SMS_COUNTRIES: "+7=300",
  ENUM_ID_COUNTRY_HEADER: "CF-IPCountry",
  ENUM_ID_CERTIFICATE_HEADER: "X-Client-Certificate",
  ENUM_ID_CERTIFICATE_VERIFIED_HEADER: "X-Client-Verified",
  ENUM_ID_CERTIFICATE_ORIGIN: "https://clients.example.com",
  ENUM_ID_CERTIFICATE_SIGN_IN: "https://certificate.example.com",
};

type Change = Readonly<Record<string, string | undefined>>;

const NO_ISSUER = { ENUM_ID_ISSUER: undefined };
const STRANGE_ISSUER = { ENUM_ID_ISSUER: "ftp://id.example.com" };
const NO_CERTIFICATES = { ENUM_ID_CERTIFICATE_HEADER: undefined };
const HIDDEN_HEADER = { ENUM_ID_CERTIFICATE_HEADER: undefined, ENUM_ID_CERTIFICATE_HEADER_FILE: "/nowhere" };
const NO_MAIL = { ENUM_ID_SMTP_URL: undefined };
const NO_SENDER = { ENUM_ID_MAIL_FROM: undefined };
const HIDDEN_GATEWAY = { ENUM_ID_SMS_URL: undefined, ENUM_ID_SMS_URL_FILE: "/nowhere" };
const STRANGE_GATEWAY = { ENUM_ID_SMS_URL: "sms" };
const STRANGE_BODY = { ENUM_ID_SMS_BODY: "to={to}&text={text}&ids={ids}" };
const KANNEL = { ENUM_ID_SMS_PROFILE: "kannel" };
const UNKNOWN_PROFILE = { ENUM_ID_SMS_PROFILE: "smpp" };

/** What an operator gets wrong, the sentence that must be told whatever else is wrong, and beside what it is right or nobody could know. */
const FAULTS: readonly (readonly [Change, RegExp, ...Change[]])[] = [
  [{ NODE_ENV: "prod" }, /^NODE_ENV is "prod"/],
  [{ ENUM_ID_ISUER: "https://id.example.com" }, /^ENUM_ID_ISUER is not a variable/],
  [NO_ISSUER, /^ENUM_ID_ISSUER is not set/],
  [STRANGE_ISSUER, /^ENUM_ID_ISSUER .*write an address/],
  [{ ENUM_ID_ISSUER: "https://id.example.com/" }, /^ENUM_ID_ISSUER .*write the origin alone/],
  [{ ENUM_ID_ISSUER: "http://id.example.com" }, /^ENUM_ID_ISSUER .*production needs https/],
  [{ ENUM_ID_DATABASE_URL: undefined }, /^ENUM_ID_DATABASE_URL is not set/],
  [{ ENUM_ID_DATABASE_URL: "mysql://db" }, /^ENUM_ID_DATABASE_URL is not a database's address/],
  [{ ENUM_ID_MASTER_KEY: undefined }, /^ENUM_ID_MASTER_KEY is not set/],
  [{ ENUM_ID_MASTER_KEY: "short" }, /^ENUM_ID_MASTER_KEY holds no key at place 1/],
  [{ ENUM_ID_MASTER_KEY: undefined, ENUM_ID_MASTER_KEY_FILE: "/nowhere" }, /^ENUM_ID_MASTER_KEY_FILE .*cannot be read/],
  [{ ENUM_ID_TRUST_PROXY: "yes" }, /^ENUM_ID_TRUST_PROXY is not true/],
  [{ ENUM_ID_PORT: "many" }, /^ENUM_ID_PORT is "many"/],
  [{ ENUM_ID_METRICS: "everywhere" }, /^ENUM_ID_METRICS is "everywhere"/],
  [{ ENUM_ID_PHONE_ORIGIN: "https://phone.example.com/" }, /^ENUM_ID_PHONE_ORIGIN .*write the origin alone/],
  [{ ENUM_ID_PHONE_ORIGIN: "https://certificate.example.com" }, /^ENUM_ID_CERTIFICATE_SIGN_IN is ENUM_ID_PHONE_ORIGIN/],
  [{ ENUM_ID_PHONE_FORMER_ORIGINS: "https://phone.example.com" }, /^ENUM_ID_PHONE_FORMER_ORIGINS has phone/],
  [{ ENUM_ID_PHONE_FORMER_ORIGINS: "https://phone.example.com,here" }, /^ENUM_ID_PHONE_FORMER_ORIGINS is "here"/],
  [{ ENUM_ID_PHONE_FORMER_ORIGINS: "https://phone.example.com/" }, /^ENUM_ID_PHONE_FORMER_ORIGINS has phone/],
  [
    { ENUM_ID_CERTIFICATE_SIGN_IN: "https://id.example.com/" },
    /^ENUM_ID_CERTIFICATE_SIGN_IN .*where the issuer is/,
    NO_ISSUER,
    STRANGE_ISSUER,
  ],
  [
    { ENUM_ID_CERTIFICATE_SIGN_IN: "https://phone.example.com" },
    /^ENUM_ID_CERTIFICATE_SIGN_IN is ENUM_ID_PHONE_ORIGIN/,
  ],
  [NO_CERTIFICATES, /^ENUM_ID_CERTIFICATE_VERIFIED_HEADER is set, but/],
  [NO_CERTIFICATES, /^ENUM_ID_CERTIFICATE_ORIGIN is set, but/],
  [NO_CERTIFICATES, /^ENUM_ID_CERTIFICATE_SIGN_IN is set, but/],
  [{ ENUM_ID_CERTIFICATE_ORIGIN: "zzz" }, /^ENUM_ID_CERTIFICATE_ORIGIN is "zzz"/],
  [{ ENUM_ID_CERTIFICATE_SIGN_IN: "zzz" }, /^ENUM_ID_CERTIFICATE_SIGN_IN is "zzz"/],
  [{ ENUM_ID_PHONE_FORMER_ORIGINS: "https://clients.example.com" }, /^ENUM_ID_CERTIFICATE_ORIGIN is in ENUM_ID_PHONE/],
  [HIDDEN_HEADER, /^ENUM_ID_CERTIFICATE_HEADER_FILE .*cannot be read/],
  [{ ENUM_ID_CERTIFICATE_HEADER: "a b" }, /^ENUM_ID_CERTIFICATE_HEADER is "a b"/],
  [{ ENUM_ID_CERTIFICATE_VERIFIED_HEADER: "a b" }, /^ENUM_ID_CERTIFICATE_VERIFIED_HEADER is "a b"/],
  [{ ENUM_ID_COUNTRY_HEADER: "a b" }, /^ENUM_ID_COUNTRY_HEADER is "a b"/],
  [{ ENUM_ID_TRUST_PROXY: "false" }, /^ENUM_ID_COUNTRY_HEADER is set, but ENUM_ID_TRUST_PROXY/],
  [{ ENUM_ID_TRUST_PROXY: "false" }, /^ENUM_ID_CERTIFICATE_HEADER is set, but ENUM_ID_TRUST_PROXY/, NO_CERTIFICATES],
  [{ ENUM_ID_SMTP_URL: "mail.example.com" }, /^ENUM_ID_SMTP_URL is not a mail server's address/],
  [NO_MAIL, /^ENUM_ID_MAIL_FROM is set, but ENUM_ID_SMTP_URL is not/, NO_SENDER],
  [{ ENUM_ID_SMTP_URL: undefined, ENUM_ID_SMTP_URL_FILE: "/nowhere" }, /^ENUM_ID_SMTP_URL_FILE .*cannot be read/],
  [NO_SENDER, /^ENUM_ID_MAIL_FROM is not set/, NO_MAIL],
  [{ ENUM_ID_MAIL_FROM: "id" }, /^ENUM_ID_MAIL_FROM is "id"/],
  [{ ENUM_ID_REGISTRATION: "opened" }, /^ENUM_ID_REGISTRATION is "opened"/],
  [UNKNOWN_PROFILE, /^ENUM_ID_SMS_PROFILE is "smpp"/],
  [KANNEL, /^ENUM_ID_SMS_METHOD, _HEADERS and _BODY are set/],
  [STRANGE_GATEWAY, /^ENUM_ID_SMS_URL is not a gateway's address/],
  [HIDDEN_GATEWAY, /^ENUM_ID_SMS_URL_FILE .*cannot be read/],
  [
    { ENUM_ID_SMS_URL: "https://id:secret@sms.example.com/send" },
    /^ENUM_ID_SMS_URL (holds a name|is not Kannel's)/,
    UNKNOWN_PROFILE,
    KANNEL,
  ],
  [{ ENUM_ID_SMS_URL: "http://sms.example.com/send" }, /^ENUM_ID_SMS_URL is http:\/\/ to sms/],
  [{ ENUM_ID_SMS_COUNTRIES: undefined }, /^ENUM_ID_SMS_COUNTRIES is not set/],
  [{ ENUM_ID_SMS_COUNTRIES: "7" }, /^ENUM_ID_SMS_COUNTRIES has "7"/],
  [{ ENUM_ID_SMS_FROM: "far too long a sender" }, /^ENUM_ID_SMS_FROM is "far/],
  [{ ENUM_ID_SMS_METHOD: "DELETE" }, /^ENUM_ID_SMS_METHOD is "DELETE"/],
  [{ ENUM_ID_SMS_HEADERS: "Authorization: x" }, /^ENUM_ID_SMS_HEADERS is not a JSON object/],
  [{ ENUM_ID_SMS_FROM: undefined }, /^ENUM_ID_SMS_FROM is not set/, UNKNOWN_PROFILE, KANNEL, STRANGE_BODY],
  [{ ENUM_ID_SMS_METHOD: "GET" }, /^ENUM_ID_SMS_METHOD is GET/, UNKNOWN_PROFILE, KANNEL],
  [
    { ENUM_ID_SMS_BODY: "to={to}&from={from}" },
    /^ENUM_ID_SMS_URL lacks/,
    UNKNOWN_PROFILE,
    KANNEL,
    STRANGE_GATEWAY,
    HIDDEN_GATEWAY,
  ],
  [STRANGE_BODY, /^ENUM_ID_SMS_BODY has a place/],
];

function told(...changes: readonly Change[]): string[] {
  return faultsOf(Object.assign({}, RIGHT, ...changes));
}

test("what is right here is right", () => {
  expect(configOf(RIGHT)).toMatchObject({ production: true });
});

describe("of two faults in different settings each is told, whichever the other is", () => {
  const named = FAULTS.map(([change, sentence, ...except]) => ({ change, sentence, except }));
  test.each(named)("$sentence", ({ change, sentence, except }) => {
    expect(told(change)).toContainEqual(expect.stringMatching(sentence));
    const others = FAULTS.map(([other]) => other).filter((other) => !except.includes(other) && apart(change, other));
    expect(others.length).toBeGreaterThan(30);
    expect(others.filter((other) => !told(change, other).some((line) => sentence.test(line)))).toEqual([]);
  });
});

const NO_BODY = { ENUM_ID_SMS_BODY: undefined };

test.each<[string, Change]>([
  ["ENUM_ID_SMS_URL is not a gateway's address", { ...NO_BODY, ENUM_ID_SMS_URL: "foo" }],
  ["ENUM_ID_SMS_URL is not a gateway's address", { ...NO_BODY, ENUM_ID_SMS_URL: "ftp://id:secret@sms.example.com/x" }],
  ["ENUM_ID_SMS_URL is not a gateway's address", { ENUM_ID_SMS_URL: "http://id:secret@sms.example.com" }],
  ["ENUM_ID_SMS_URL is not a gateway's address", { ...NO_BODY, ...KANNEL, ENUM_ID_SMS_URL: "http://sms.example.com" }],
  ["ENUM_ID_SMS_BODY is not JSON", { ENUM_ID_SMS_BODY: '{"to":{to}}' }],
  ["ENUM_ID_SMS_BODY_FILE names /nowhere", { ...NO_BODY, ENUM_ID_SMS_BODY_FILE: "/nowhere" }],
  ["ENUM_ID_SMS_FROM_FILE names /nowhere", { ENUM_ID_SMS_FROM: undefined, ENUM_ID_SMS_FROM_FILE: "/nowhere" }],
  ["ENUM_ID_CERTIFICATE_HEADER_FILE names /nowhere", HIDDEN_HEADER],
])("of a value that cannot be understood one fault is told, and none of another: %s", (beginning, change) => {
  expect(told(change)).toEqual([expect.stringMatching(`^${beginning}`)]);
});

describe("an origin is not compared with one that cannot be told", () => {
  const DEFAULT = "http://localhost:3000";

  test.each<[string, Change]>([
    ["ENUM_ID_ISSUER", { ENUM_ID_ISSUER: "ftp://x", ENUM_ID_PHONE_ORIGIN: DEFAULT }],
    ["ENUM_ID_ISSUER", { ENUM_ID_ISSUER: "ftp://x", ENUM_ID_PHONE_FORMER_ORIGINS: DEFAULT }],
    ["ENUM_ID_PORT", { ENUM_ID_PORT: "many", ENUM_ID_PHONE_ORIGIN: DEFAULT }],
    ["ENUM_ID_PORT", { ENUM_ID_PORT: "many", ENUM_ID_PHONE_FORMER_ORIGINS: DEFAULT }],
    ["ENUM_ID_PHONE_ORIGIN", { ENUM_ID_PHONE_ORIGIN: "ftp://x", ENUM_ID_PHONE_FORMER_ORIGINS: DEFAULT }],
  ])("since %s was refused", (name, env) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(`^${name} `)]);
  });

  test("since production has no issuer by default", () => {
    const faults = faultsOf({ ...PRODUCTION, ...NO_ISSUER, ENUM_ID_PHONE_ORIGIN: DEFAULT });
    expect(faults).toContainEqual(expect.stringMatching(/^ENUM_ID_PHONE_ORIGIN .*production needs https/));
  });

  test("but with the one that a development server has by its port", () => {
    const refused = expect.stringMatching(/^ENUM_ID_PHONE_ORIGIN .*where the issuer is/);
    expect(faultsOf({ ENUM_ID_PHONE_ORIGIN: DEFAULT })).toEqual([refused]);
    expect(faultsOf({ ENUM_ID_PORT: "4000", ENUM_ID_PHONE_ORIGIN: "http://localhost:4000" })).toEqual([refused]);
  });
});

/** Not of one setting, and not both of those origins that are wrong only in being one. */
function apart(change: Change, other: Change): boolean {
  const names = (one: Change) => Object.keys(one).map((name) => name.replace(/_FILE$/, ""));
  const isOrigin = (name: string) => /_(ORIGIN|ORIGINS|SIGN_IN)$/.test(name);
  const both = names(change).some(isOrigin) && names(other).some(isOrigin);
  return !both && !names(change).some((name) => names(other).includes(name));
}
