import { describe, expect, test } from "vitest";
import { configOf, faultsOf, KEY, PRODUCTION, SECOND_KEY } from "./settings.ts";

describe("with nothing set", () => {
  test("it is a development server on this machine, with SQLite, an outbox page and open registration", () => {
    expect(configOf({ PATH: "/bin", HOME: "/root" })).toEqual({
      production: false,
      issuer: "http://localhost:3000",
      formerPhoneOrigins: [],
      host: "127.0.0.1",
      port: 3000,
      database: { url: "sqlite:var/enum-id.sqlite", poolSize: 10, synchronous: "FULL" },
      masterKey: { kind: "file", path: "var/enum-id.sqlite.master-key" },
      clients: "config/clients.json",
      operations: expect.stringMatching(/config\/operations$/),
      policy: expect.stringMatching(/config\/policy\.json$/),
      trustProxy: false,
      countryHeader: undefined,
      boundTokens: "clients",
      certificates: undefined,
      certificateSignIn: undefined,
      logLevel: "info",
      mail: undefined,
      sms: undefined,
      smsCountries: [{ prefix: "+", budget: 1000 }],
      pushHosts: [],
      registration: "open",
      storedWmids: 1,
      metrics: undefined,
      drain: 0,
    });
  });

  test("a variable that is there and empty counts as not set", () => {
    expect(configOf({ ENUM_ID_PORT: "", ENUM_ID_ISSUER: " ", ENUM_ID_SMTP_URL_FILE: "" })).toEqual(configOf({}));
  });

  test.each(["development", "test"])("NODE_ENV=%s is development as well", (name) => {
    expect(configOf({ NODE_ENV: name }).production).toBe(false);
  });
});

describe("issuer, host and port", () => {
  test("in development a port of one's own moves the issuer, and an issuer of one's own the port", () => {
    expect(configOf({ ENUM_ID_PORT: "4000" })).toMatchObject({ issuer: "http://localhost:4000", port: 4000 });
    expect(configOf({ ENUM_ID_ISSUER: "http://localhost:5000" })).toMatchObject({ port: 5000 });
    expect(configOf({ ENUM_ID_ISSUER: "http://localhost" })).toMatchObject({ port: 80 });
    expect(configOf({ ENUM_ID_ISSUER: "https://id.test" })).toMatchObject({ port: 3000 });
  });

  test("in production the port is 3000 whatever the issuer says, since a proxy ends TLS", () => {
    expect(configOf({ ...PRODUCTION, ENUM_ID_ISSUER: "https://id.example.com:8443" }).port).toBe(3000);
  });

  test.each([
    ["https://id.example.com/", "write the origin alone, https://id.example.com."],
    ["https://id.example.com/oidc", "write the origin alone, https://id.example.com."],
    ["https://id.example.com?a", "write the origin alone, https://id.example.com."],
    ["https://id.example.com#a", "write the origin alone, https://id.example.com."],
    ["https://ID.example.com", "write the origin alone, https://id.example.com."],
    ["https://id.example.com:443", "write the origin alone, https://id.example.com."],
    ["http://id.example.com/oidc", "write the origin alone, https://id.example.com."],
    ["https://a:b@id.example.com", "holds a name or a password"],
    ["http://id.example.com", "production needs https"],
    ["id.example.com", "write an address such as https://id.example.com."],
    ["ftp://id.example.com", "write an address such as https://id.example.com."],
  ])("the issuer %s is refused in production", (issuer, remedy) => {
    const [fault, ...more] = faultsOf({ ...PRODUCTION, ENUM_ID_ISSUER: issuer });
    expect(fault).toMatch(/^ENUM_ID_ISSUER /);
    expect(fault).toContain(remedy);
    expect(more).toEqual([]);
  });

  test("plain http is for this machine alone, in development as well", () => {
    expect(faultsOf({ ENUM_ID_ISSUER: "http://192.168.1.2:3000" })).toEqual([
      expect.stringMatching(/^ENUM_ID_ISSUER .* http is for this machine alone/),
    ]);
    expect(faultsOf({ ENUM_ID_ISSUER: "http://[::1]:3000" })).toEqual([]);
  });

  test.each(["0.0.0.0", "::", "192.168.1.2", "example.com"])("a development server refuses to listen on %s", (host) => {
    expect(faultsOf({ ENUM_ID_HOST: host })).toEqual([expect.stringMatching(/^ENUM_ID_HOST .*this machine alone/)]);
    expect(configOf({ ...PRODUCTION, ENUM_ID_HOST: host }).host).toBe(host);
  });

  test.each(["0", "65536", "-1", "80a", "3e3", "http"])("%s is no port", (port) => {
    expect(faultsOf({ ENUM_ID_PORT: port })).toEqual([`ENUM_ID_PORT is "${port}": write a number from 1 to 65535.`]);
  });
});

describe("in production", () => {
  test("issuer, database and master key must be named, and all that is missing is told at once", () => {
    expect(faultsOf({ NODE_ENV: "production" })).toEqual([
      expect.stringMatching(/^ENUM_ID_ISSUER is not set: /),
      expect.stringMatching(/^ENUM_ID_DATABASE_URL is not set: /),
      expect.stringMatching(/^ENUM_ID_MASTER_KEY is not set: /),
      expect.stringMatching(/^ENUM_ID_TRUST_PROXY is not true: /),
    ]);
  });

  test("a misspelt NODE_ENV starts nothing, and what production would refuse is told with it", () => {
    expect(faultsOf({ ...PRODUCTION, NODE_ENV: "prod" })).toEqual([
      `NODE_ENV is "prod": write production or development; until then the other settings are looked at as production's.`,
    ]);
    expect(faultsOf({ NODE_ENV: "prod" })).toEqual([expect.anything(), ...faultsOf({ NODE_ENV: "production" })]);
  });

  test("a gateway needs the countries that codes are sent to, and without one none are sent anywhere", () => {
    const url = { ENUM_ID_SMS_URL: "http://10.0.0.1:13013/sendsms?to={to}&text={text}" };
    const countries = { ENUM_ID_SMS_COUNTRIES: "+7=300, +1=100,+1876=0" };
    expect(faultsOf({ ...PRODUCTION, ...url })).toEqual([expect.stringMatching(/^ENUM_ID_SMS_COUNTRIES is not set: /)]);
    expect(configOf({ ...PRODUCTION, ...countries }).smsCountries).toEqual([]);
    expect(configOf({ ...PRODUCTION, ...url, ...countries }).smsCountries).toEqual([
      { prefix: "+7", budget: 300 },
      { prefix: "+1", budget: 100 },
      { prefix: "+1876", budget: 0 },
    ]);
  });

  test.each(["7=300", "+7", "+7=", "+7=many", "+0=1", "+=100", "+7=300;+1=5", "+7=300,+7=100"])(
    "%s names no countries",
    (given) => {
      expect(faultsOf({ ENUM_ID_SMS_COUNTRIES: given })).toEqual([
        expect.stringMatching(/^ENUM_ID_SMS_COUNTRIES has /),
      ]);
    },
  );

  test("registration is open only when mail and SMS can be sent", () => {
    const mail = { ENUM_ID_SMTP_URL: "smtps://u:p@mail.example.com", ENUM_ID_MAIL_FROM: "E-num <id@example.com>" };
    const sms = {
      ENUM_ID_SMS_URL: "http://10.0.0.1:13013/sendsms?to={to}&text={text}",
      ENUM_ID_SMS_COUNTRIES: "+7=300",
    };
    expect(configOf(PRODUCTION).registration).toBe("closed");
    expect(configOf({ ...PRODUCTION, ...mail }).registration).toBe("closed");
    expect(configOf({ ...PRODUCTION, ...mail, ...sms }).registration).toBe("open");
    expect(configOf({ ...PRODUCTION, ...mail, ...sms, ENUM_ID_REGISTRATION: "closed" }).registration).toBe("closed");
    expect(faultsOf({ ...PRODUCTION, ...mail, ENUM_ID_REGISTRATION: "open" })).toEqual([
      expect.stringMatching(/^ENUM_ID_REGISTRATION is open, but nobody can be reached: set ENUM_ID_SMTP_URL and/),
    ]);
  });
});

describe("the master key", () => {
  const bytes = Buffer.from(KEY, "hex");

  test.each([
    ["hex", KEY],
    ["base64url", bytes.toString("base64url")],
    ["base64, as openssl writes it", bytes.toString("base64")],
  ])("is read from %s", (_, text) => {
    const { masterKey } = configOf({ ENUM_ID_MASTER_KEY: text });
    expect(masterKey.kind === "given" && masterKey.keys.map((key) => Buffer.from(key).toString("hex"))).toEqual([KEY]);
  });

  test("can be several, in order", () => {
    const { masterKey } = configOf({ ...PRODUCTION, ENUM_ID_MASTER_KEY: `${KEY}, ${SECOND_KEY}` });
    expect(masterKey).toMatchObject({ kind: "given", keys: [bytes, Buffer.from(SECOND_KEY, "hex")] });
  });

  test.each([
    ["too short", KEY.slice(2), /holds no key at place 1/],
    ["too long", `${KEY}00`, /holds no key at place 1/],
    ["no hex and no base64url", "not a key", /holds no key at place 1/],
    ["second is missing", `${KEY},`, /holds no key at place 2/],
    ["one byte all over", "ab".repeat(32), /is weak at place 1/],
    ["the same twice", `${KEY},${KEY.toUpperCase()}`, /holds one key twice/],
  ])("is refused in production, and not repeated, when it is %s", (_, text, fault) => {
    const faults = faultsOf({ ...PRODUCTION, ENUM_ID_MASTER_KEY: text });
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults[0]).not.toContain(text.slice(0, 12));
  });
});

describe("a variable from a file", () => {
  test("is the file's text without the line's end", () => {
    const env = { ...PRODUCTION, ENUM_ID_MASTER_KEY: undefined, ENUM_ID_MASTER_KEY_FILE: "/run/key" };
    expect(configOf(env, { "/run/key": `${KEY}\n` })).toEqual(configOf(PRODUCTION));
  });

  test("is a fault when the file is not there or empty, or the variable is set as well", () => {
    const env = { ENUM_ID_PORT_FILE: "/run/port" };
    expect(faultsOf(env)).toEqual([
      "ENUM_ID_PORT_FILE names /run/port, which cannot be read (ENOENT): correct it or its mode.",
    ]);
    expect(faultsOf(env, { "/run/port": "\n" })).toEqual([expect.stringMatching(/^ENUM_ID_PORT_FILE .* is empty/)]);
    expect(faultsOf({ ...env, ENUM_ID_PORT: "1" }, { "/run/port": "2" })).toEqual([
      "ENUM_ID_PORT and ENUM_ID_PORT_FILE are both set: keep one of them.",
    ]);
  });
});

describe("a fault", () => {
  test("hides no other: every wrong variable has its line", () => {
    const faults = faultsOf({
      ENUM_ID_ISUER: "https://id.example.com",
      ENUM_ID_PORT: "x",
      ENUM_ID_DATABASE_POOL: "0",
      ENUM_ID_SQLITE_SYNCHRONOUS: "off",
      ENUM_ID_TRUST_PROXY: "yes",
      ENUM_ID_LOG_LEVEL: "loud",
      ENUM_ID_REGISTRATION: "maybe",
      ENUM_ID_MAIL_FROM: "nobody",
    });
    expect(faults.map((fault) => fault.split(" ")[0]).sort()).toEqual([
      "ENUM_ID_DATABASE_POOL",
      "ENUM_ID_ISUER",
      "ENUM_ID_LOG_LEVEL",
      "ENUM_ID_MAIL_FROM",
      "ENUM_ID_PORT",
      "ENUM_ID_REGISTRATION",
      "ENUM_ID_SQLITE_SYNCHRONOUS",
      "ENUM_ID_TRUST_PROXY",
    ]);
    for (const fault of faults) expect(fault).toMatch(/^[^\n]+: [^\n]+\.$/);
  });

  test.each([
    ["ENUM_ID_DATABASE_URL", "sqlite:"],
    ["ENUM_ID_DATABASE_URL", "sqlite::memory:"],
    ["ENUM_ID_DATABASE_URL", "mysql://root:hunter2@localhost/x"],
    ["ENUM_ID_DATABASE_URL", "postgres://enum:hunter2@db.example.com"],
    ["ENUM_ID_SMTP_URL", "https://id:hunter2@mail.example.com"],
    ["ENUM_ID_SMS_URL", "http://sms.example.com/?password=hunter2&to={to}"],
    ["ENUM_ID_SMS_URL", "http://{to}/?password=hunter2&text={text}"],
    ["ENUM_ID_SMS_URL", "http://sms.example.com/?password=hunter2&to={to}&text={text}&when={when}"],
    ["ENUM_ID_SMS_URL", "http://enum:hunter2@sms.example.com/?to={to}&text={text}"],
    ["ENUM_ID_SMS_URL", "ftp://sms.example.com/?password=hunter2&to={to}&text={text}"],
  ])("of %s does not repeat a password (%s)", (name, given) => {
    const env = { ENUM_ID_MAIL_FROM: "id@example.com", [name]: given };
    const faults = faultsOf(env);
    expect(faults).toEqual([expect.stringMatching(`^${name} `)]);
    expect(faults[0]).not.toContain("hunter2");
  });

  test("of a sender is told where mail is set without one", () => {
    expect(faultsOf({ ENUM_ID_SMTP_URL: "smtp://localhost:2525" })).toEqual([
      "ENUM_ID_MAIL_FROM is not set: name the sender of mail, such as id@example.com.",
    ]);
    expect(faultsOf({ ENUM_ID_MAIL_FROM: "id@example.com\r\nBcc: x@example.com" })).toHaveLength(1);
  });
});

describe("what leaves as mail or SMS", () => {
  const FROM = { ENUM_ID_MAIL_FROM: "id@example.com" };
  const smtp = (url: string) => faultsOf({ ...FROM, ENUM_ID_SMTP_URL: url });

  test.each([
    "smtp://mail:25",
    "smtp://u:p%40@mail.example.com:587",
    "smtps://u:p@mail.example.com:465/",
    "smtps://mail.example.com",
    "smtp://localhost:2525",
  ])("goes by %s", (url) => {
    expect(smtp(url)).toEqual([]);
  });

  test.each([
    ["smtp://mail.example.com?ignoreTLS=true", "nothing behind host and port"],
    ["smtps://mail.example.com/?tls.rejectUnauthorized=false", "nothing behind host and port"],
    ["smtp://mail.example.com/relay", "nothing behind host and port"],
    ["smtp://hunter2@mail.example.com", "user and password, or neither"],
    ["smtp://:hunter2@mail.example.com", "user and password, or neither"],
    ["smtp://u:hunter2%zz@mail.example.com", "percent-encoded"],
    ["smtp://mail.example.com:465", "smtps://"],
    ["smtps://mail.example.com:587", "by smtp://"],
    ["smtp://mail.example.com:0", "not a mail server's address"],
    ["mail.example.com:587", "not a mail server's address"],
    ["http://mail.example.com", "not a mail server's address"],
  ])("does not go by %s", (url, why) => {
    const [fault, ...more] = smtp(url);
    expect(more).toEqual([]);
    expect(fault).toMatch(/^ENUM_ID_SMTP_URL /);
    expect(fault).toContain(why);
    expect(fault).not.toContain("hunter2");
  });

  test("has all its faults told at once in production, and half of a setting is one", () => {
    const faults = faultsOf({
      ...PRODUCTION,
      ENUM_ID_MAIL_FROM: "id@example.com",
      ENUM_ID_SMS_FROM: "E-num",
      ENUM_ID_SMS_METHOD: "POST",
    });
    expect(faults).toEqual([
      "ENUM_ID_MAIL_FROM is set, but ENUM_ID_SMTP_URL is not: name the mail server, or remove the sender.",
      "ENUM_ID_SMS_FROM, _METHOD are set, but ENUM_ID_SMS_URL is not: name the gateway, or remove the rest.",
    ]);
    expect(faultsOf({ ENUM_ID_MAIL_FROM: "id@example.com", ENUM_ID_SMS_FROM: "E-num" })).toEqual([]);
  });

  test.each([
    ["http://sms.example.com/send", 1],
    ["http://172.32.0.1/send", 1],
    ["http://8.8.8.8/send", 1],
    ["http://10.sms.example.com/send", 1],
    ["http://192.168.1.example.com/send", 1],
    ["http://134744072/send", 1],
    ["https://sms.example.com/send", 0],
    ["http://127.0.0.1:13013/send", 0],
    ["http://10.0.0.1/send", 0],
    ["http://172.16.0.1/send", 0],
    ["http://192.168.1.1/send", 0],
    ["http://[fd00::1]/send", 0],
    ["http://kannel:13013/send", 0],
  ])("in production %s has %i faults: in the clear it stays in one's own network", (url, count) => {
    const faults = faultsOf({
      ...PRODUCTION,
      ENUM_ID_SMS_URL: `${url}?to={to}&text={text}`,
      ENUM_ID_SMS_COUNTRIES: "+7=300",
    });
    expect(faults.filter((fault) => fault.includes("in the clear"))).toHaveLength(count);
    expect(faults).toHaveLength(count);
  });
});

describe("the SMS gateway", () => {
  const URL_WITH_PLACES = "https://sms.example.com/send?to={to}&text={text}";
  const KANNEL = {
    ENUM_ID_SMS_PROFILE: "kannel",
    ENUM_ID_SMS_URL: "http://enum:secret@127.0.0.1:13013/cgi-bin/sendsms",
  };

  test("is a request of the operator's own, by GET or with a body by POST", () => {
    const request = { method: "GET", url: URL_WITH_PLACES, headers: {}, body: undefined };
    expect(configOf({ ENUM_ID_SMS_URL: URL_WITH_PLACES }).sms).toEqual({
      profile: "template",
      from: undefined,
      request,
    });
    const text = '{"to":"{to}","text":"{text}","from":"{from}"}';
    expect(
      configOf({
        ENUM_ID_SMS_URL: "https://sms.example.com/",
        ENUM_ID_SMS_BODY: text,
        ENUM_ID_SMS_FROM: "E-num",
        ENUM_ID_SMS_HEADERS: '{"Authorization":"Bearer hunter2"}',
      }).sms,
    ).toEqual({
      profile: "template",
      from: "E-num",
      request: {
        method: "POST",
        url: "https://sms.example.com/",
        headers: { Authorization: "Bearer hunter2" },
        body: { type: "json", text },
      },
    });
    const form = { ENUM_ID_SMS_BODY: "to={to}&text={text}", ENUM_ID_SMS_METHOD: "PUT" };
    expect(configOf({ ENUM_ID_SMS_URL: "https://sms.example.com/", ...form }).sms).toMatchObject({
      request: { method: "PUT", body: { type: "form" } },
    });
  });

  test("is Kannel's sendsms, by its address with user and password", () => {
    expect(configOf(KANNEL).sms).toEqual({ profile: "kannel", url: KANNEL.ENUM_ID_SMS_URL, from: undefined });
  });

  test.each([
    [{ ...KANNEL, ENUM_ID_SMS_URL: "http://127.0.0.1:13013/cgi-bin/sendsms" }, "ENUM_ID_SMS_URL is not Kannel's"],
    [{ ...KANNEL, ENUM_ID_SMS_URL: `${KANNEL.ENUM_ID_SMS_URL}?to={to}` }, "ENUM_ID_SMS_URL is not Kannel's"],
    [{ ...KANNEL, ENUM_ID_SMS_METHOD: "POST" }, "ENUM_ID_SMS_METHOD, _HEADERS and _BODY are set"],
    [{ ENUM_ID_SMS_URL: "https://sms.example.com/" }, "ENUM_ID_SMS_URL lacks {to} or {text}"],
    [{ ENUM_ID_SMS_URL: `${URL_WITH_PLACES}&from={from}` }, "ENUM_ID_SMS_FROM is not set"],
    [
      { ENUM_ID_SMS_URL: URL_WITH_PLACES, ENUM_ID_SMS_METHOD: "GET", ENUM_ID_SMS_BODY: "a=b" },
      "ENUM_ID_SMS_METHOD is GET",
    ],
    [{ ENUM_ID_SMS_PROFILE: "twilio" }, "ENUM_ID_SMS_PROFILE is"],
    [{ ENUM_ID_SMS_FROM: "a name that is too long" }, "ENUM_ID_SMS_FROM is"],
    [{ ENUM_ID_SMS_HEADERS: "Authorization: Bearer hunter2" }, "ENUM_ID_SMS_HEADERS is not a JSON object"],
    [{ ENUM_ID_SMS_HEADERS: '{"A":"hunter2\\r\\nB: c"}' }, 'ENUM_ID_SMS_HEADERS has "A"'],
    [{ ENUM_ID_SMS_HEADERS: '{"A":"{text}"}' }, 'ENUM_ID_SMS_HEADERS has a place in "A"'],
    [{ ENUM_ID_SMS_HEADERS: '{"content-type":"text/plain"}' }, 'ENUM_ID_SMS_HEADERS has "content-type"'],
    [{ ENUM_ID_SMS_BODY: '{"to":{to}}' }, "ENUM_ID_SMS_BODY is not JSON"],
    [{ ENUM_ID_SMS_BODY: "<to>{to}</to>" }, "ENUM_ID_SMS_BODY is neither a JSON object nor a form"],
    [{ ENUM_ID_SMS_BODY: '{"to":"{number}"}' }, "ENUM_ID_SMS_BODY has a place that there is not"],
  ])("is refused in one sentence: %j", (env, beginning) => {
    const faults = faultsOf(env);
    expect(faults).toEqual([expect.stringMatching(/^[^\n]+: [^\n]+\.$/)]);
    expect(faults[0]?.startsWith(beginning)).toBe(true);
    expect(faults[0]).not.toContain("hunter2");
  });
});

describe("the address for figures", () => {
  test.each([
    ["127.0.0.1:9464", { host: "127.0.0.1", port: 9464 }],
    ["[::1]:9464", { host: "::1", port: 9464 }],
    ["0.0.0.0:1", { host: "0.0.0.0", port: 1 }],
    ["off", undefined],
    ["", { host: "127.0.0.1", port: 9464 }],
  ])("%j in production", (given, expected) => {
    expect(configOf({ ...PRODUCTION, ENUM_ID_METRICS: given }).metrics).toEqual(expected);
  });

  test.each(["9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "http://127.0.0.1:9464", "on"])(
    "%j is refused",
    (given) => {
      expect(faultsOf({ ...PRODUCTION, ENUM_ID_METRICS: given })).toEqual([
        expect.stringMatching(/^ENUM_ID_METRICS is ".*": write off, or an address and a port/),
      ]);
    },
  );

  test("of a development server is on this machine, where it is wanted", () => {
    expect(configOf({ ENUM_ID_METRICS: "localhost:9464" }).metrics).toEqual({ host: "localhost", port: 9464 });
    expect(faultsOf({ ENUM_ID_METRICS: "0.0.0.0:9464" })).toEqual([expect.stringMatching(/this machine alone/)]);
  });

  test("how long a server says that it is closing is a minute at most", () => {
    expect(configOf({ ENUM_ID_DRAIN: "5" }).drain).toBe(5000);
    expect(faultsOf({ ENUM_ID_DRAIN: "61" })).toEqual([expect.stringMatching(/^ENUM_ID_DRAIN .* from 0 to 60/)]);
  });
});
