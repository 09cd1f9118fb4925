import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Access,
  checkRequirement,
  judge,
  type Requirement,
  type Verdict,
} from "../../examples/resource-server/kit/judge.ts";
import { refusalOf } from "../../examples/resource-server/kit/refusal.ts";

const SMS = "urn:e-num:acr:sms";
const LOGIN = "urn:e-num:acr:login";
const OPERATION = "urn:e-num:acr:operation";

const NOW = 1_800_000_000;
const ABOUT = { issuer: "https://id.example.com", resource: "https://api.example.com", now: NOW };
const CLAIMS = {
  active: true,
  iss: ABOUT.issuer,
  aud: ABOUT.resource,
  sub: "alice",
  client_id: "wallet",
  scope: "wallet:read wallet:settings",
  acr: LOGIN,
  auth_time: NOW - 300,
  iat: NOW - 100,
  exp: NOW + 500,
};
const CHANGE = {
  type: "security_settings",
  operation_id: "s-1",
  setting: "Daily limit",
  from: "100 WMZ",
  to: "500 WMZ",
};
const CONFIRMED = {
  ...CLAIMS,
  scope: undefined,
  acr: OPERATION,
  auth_time: NOW - 20,
  txn: "txn-1",
  authorization_details: [
    { ...CHANGE, confirmation: { id: "txn-1", confirmed_at: "2027-01-15T08:00:00Z", binding: "operation" } },
  ],
};
const LIMIT = {
  type: "security_settings",
  members: { setting: "Daily limit", to: "500 WMZ" },
  besides: ["from"],
} as const;

const kindOf = (claims: object, wanted: Requirement = {}) => judge({ ...claims }, wanted, ABOUT).kind;
/** The first element of what was confirmed, changed. */
const changed = (change: object) => ({
  ...CONFIRMED,
  authorization_details: [{ ...CONFIRMED.authorization_details[0], ...change }],
});

function granted(verdict: Verdict): Access {
  if (verdict.kind !== "granted") throw new Error(`not granted: ${JSON.stringify(verdict)}`);
  return verdict.access;
}

describe("a token", () => {
  test("that is the provider's, for this server and alive is granted, and says who is there", () => {
    expect(granted(judge(CLAIMS, { scope: ["wallet:read"] }, ABOUT))).toEqual({
      sub: "alice",
      clientId: "wallet",
      scope: ["wallet:read", "wallet:settings"],
      acr: LOGIN,
      authTime: NOW - 300,
    });
  });

  test.each<[string, object]>([
    ["that has ended", { active: false }],
    ["of which nothing is said", { active: undefined }],
    ["that is active only in words", { active: "true" }],
    ["of another issuer", { iss: "https://id.example.org" }],
    ["for another server", { aud: "https://other.example.com" }],
    ["for an address below this server's", { aud: `${ABOUT.resource}/v2` }],
    ["for nobody", { aud: undefined }],
    ["that has just expired", { exp: NOW }],
    ["without an end", { exp: undefined }],
    ["of nobody", { sub: undefined }],
    ["of no client", { client_id: undefined }],
    ["that is bound to a key", { cnf: { jkt: "thumbprint" } }],
    ["that is bound to a certificate", { cnf: { "x5t#S256": "thumbprint" } }],
    ["that is bound to what nobody knows", { cnf: { kid: "one" } }],
    ["that is bound in no known way", { cnf: "thumbprint" }],
  ])("%s is invalid", (_, change) => {
    expect(kindOf({ ...CLAIMS, ...change })).toBe("invalid-token");
  });

  test("without a wanted scope lacks it, and all that are wanted are named", () => {
    const wanted = { scope: ["wallet:read", "wallet:pay"] };
    expect(judge(CLAIMS, wanted, ABOUT)).toMatchObject({ kind: "more-scope", scope: wanted.scope });
    expect(kindOf({ ...CLAIMS, scope: "wallet:reader" }, { scope: ["wallet:read"] })).toBe("more-scope");
    expect(kindOf({ ...CLAIMS, scope: undefined }, { scope: ["wallet:read"] })).toBe("more-scope");
  });
});

describe("acr, as PROTOCOL 8 orders it", () => {
  test.each<[string, string | undefined, string[], boolean]>([
    ["login where login is wanted", LOGIN, [LOGIN], true],
    ["login where sms is wanted", LOGIN, [SMS], true],
    ["sms where login is wanted", SMS, [LOGIN], false],
    ["sms where either is wanted", SMS, [LOGIN, SMS], true],
    ["an operation where a login is wanted, for nobody may have signed in", OPERATION, [LOGIN], false],
    ["a value of somebody else's", "urn:other:high", [LOGIN], false],
    ["none", undefined, [SMS], false],
  ])("%s: %s", (_, acr, wanted, enough) => {
    expect(kindOf({ ...CLAIMS, acr }, { acr: wanted })).toBe(enough ? "granted" : "more-authentication");
  });
});

describe("max_age", () => {
  test.each([
    ["at the last second", NOW - 60, true],
    ["one second too old", NOW - 61, false],
    ["by a clock that is ahead", NOW + 5, true],
    ["without a time", undefined, false],
  ])("an authentication %s", (_, at, enough) => {
    expect(kindOf({ ...CLAIMS, auth_time: at }, { maxAge: 60 })).toBe(enough ? "granted" : "more-authentication");
  });

  test("is asked for together with acr and scope, so that one way to the provider is enough", () => {
    const wanted = { scope: ["wallet:pay"], acr: [LOGIN], maxAge: 60 };
    expect(judge(CLAIMS, wanted, ABOUT)).toEqual({
      kind: "more-authentication",
      why: "a more recent authentication is needed",
      ...wanted,
    });
  });
});

describe("a confirmed operation", () => {
  test("is granted when it is exactly what is to be done, with what is to be spent", () => {
    expect(granted(judge(CONFIRMED, { operation: LIMIT }, ABOUT)).operation).toEqual({
      details: CONFIRMED.authorization_details[0],
      txn: "txn-1",
      until: CONFIRMED.exp,
    });
  });

  test("is asked for by its acr where a token has none", () => {
    expect(judge(CLAIMS, { operation: LIMIT }, ABOUT)).toMatchObject({ kind: "more-authentication", acr: [OPERATION] });
  });

  test.each<[string, object]>([
    ["of another type", changed({ type: "profile_update" })],
    ["with another value", changed({ to: "1000 WMZ" })],
    ["with a value of another kind", changed({ to: ["500 WMZ"] })],
    ["without a member that is compared", changed({ setting: undefined })],
    ["with a member that nobody has looked at", changed({ valid_until: "2030" })],
    ["that says nothing of a confirmation", changed({ confirmation: undefined })],
    ["whose confirmation is another's", changed({ confirmation: { id: "txn-2" } })],
    ["without txn", { ...CONFIRMED, txn: undefined }],
    ["with an element more", { ...CONFIRMED, authorization_details: [...CONFIRMED.authorization_details, CHANGE] }],
    ["with none", { ...CONFIRMED, authorization_details: [] }],
    ["that is no list", { ...CONFIRMED, authorization_details: CHANGE }],
  ])("%s is refused", (_, claims) => {
    expect(kindOf(claims, { operation: LIMIT })).toBe("more-scope");
  });

  test("with members of members is compared in depth", () => {
    const amount = { value: "10.5", currency: "WMZ" };
    const wanted = { operation: { ...LIMIT, members: { ...LIMIT.members, amount } } };
    expect(kindOf(changed({ amount: { ...amount } }), wanted)).toBe("granted");
    expect(kindOf(changed({ amount: { ...amount, value: "10.50" } }), wanted)).toBe("more-scope");
    expect(kindOf(changed({ amount: { ...amount, fee: "1" } }), wanted)).toBe("more-scope");
  });

  test("may be one that a type lets be confirmed by SMS, where the server says so", () => {
    const bySms = { ...CONFIRMED, acr: SMS };
    expect(kindOf(bySms, { operation: LIMIT })).toBe("more-authentication");
    expect(kindOf(bySms, { operation: LIMIT, acr: [OPERATION, SMS] })).toBe("granted");
  });

  test("may be as fresh as the server wants", () => {
    expect(kindOf({ ...CONFIRMED, auth_time: NOW - 90 }, { operation: LIMIT, maxAge: 60 })).toBe("more-authentication");
  });
});

describe("a requirement that nobody could ever meet is said at once, instead of a loop for each person", () => {
  test.each<[string, Requirement, string]>([
    ["max_age below half a minute", { maxAge: 0 }, "30 seconds or more"],
    ["max_age that is no number of seconds", { maxAge: 59.5 }, "30 seconds or more"],
    ["an empty list of acr", { acr: [] }, "lists nothing"],
    ["the acr of an operation without one", { acr: [OPERATION] }, "say which, by operation"],
    ["an operation with scopes", { operation: LIMIT, scope: ["wallet:read"] }, "has no scopes"],
  ])("%s", (_, wanted, why) => {
    expect(() => checkRequirement(wanted)).toThrow(why);
  });
});

describe("whatever introspection says", () => {
  test("judging throws nothing and grants nothing that is not this server's and alive", () => {
    const claims = fc.record(
      {
        active: fc.oneof(fc.boolean(), fc.anything()),
        iss: fc.constantFrom(ABOUT.issuer, "https://id.example.org"),
        aud: fc.oneof(fc.constant(ABOUT.resource), fc.constant([ABOUT.resource]), fc.anything()),
        sub: fc.oneof(fc.string(), fc.anything()),
        client_id: fc.oneof(fc.string(), fc.anything()),
        scope: fc.anything(),
        acr: fc.oneof(fc.constantFrom(SMS, LOGIN, OPERATION), fc.anything()),
        auth_time: fc.oneof(fc.integer(), fc.anything()),
        exp: fc.oneof(fc.integer({ min: NOW - 10, max: NOW + 10 }), fc.anything()),
        txn: fc.anything(),
        authorization_details: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const wanted = fc.constantFrom<Requirement>({}, { maxAge: 60 }, { acr: [LOGIN] }, { operation: LIMIT });
    fc.assert(
      fc.property(claims, wanted, (said, requirement) => {
        const { kind } = judge(said, requirement, ABOUT);
        if (kind !== "granted") return;
        expect([said.active, said.iss, Number(said.exp) > NOW]).toEqual([true, ABOUT.issuer, true]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the answer to a refusal", () => {
  const REALM = "https://api.example.com";
  const ALGS = 'algs="ES256 EdDSA Ed25519 PS256 RS256"';
  const headerOf = (verdict: Parameters<typeof refusalOf>[0], authorization = "Bearer x") => {
    const { status, headers } = refusalOf(verdict, REALM, authorization);
    expect(headers["cache-control"]).toBe("no-store");
    return [status, headers["www-authenticate"]];
  };

  test("RFC 6750 section 3.1: no token is 401 with a bare challenge, which says that nothing was wrong", () => {
    expect(headerOf({ kind: "no-token" })).toEqual([401, `Bearer realm="${REALM}", DPoP realm="${REALM}", ${ALGS}`]);
  });

  test("RFC 9449 section 7.1: to who comes with DPoP, or with a token that needs it, the challenge is of that scheme", () => {
    const told = `DPoP realm="${REALM}", error="invalid_token", error_description="over", ${ALGS}`;
    expect(headerOf({ kind: "invalid-token", why: "over" }, "DPoP x")).toEqual([401, told]);
    expect(headerOf({ kind: "invalid-token", why: "over", bound: true })).toEqual([401, told]);
    const verdict = { kind: "more-scope", why: "less", scope: ["a"] } as const;
    expect(headerOf(verdict, "dpop x")[1]).toMatch(/^DPoP realm=".*", error="insufficient_scope"/);
  });

  test("RFC 6750 section 3.1: invalid_request 400, invalid_token 401, insufficient_scope 403 with the scopes", () => {
    expect(headerOf({ kind: "malformed", why: "no token" })).toEqual([
      400,
      `Bearer realm="${REALM}", error="invalid_request", error_description="no token"`,
    ]);
    expect(headerOf({ kind: "invalid-token", why: "over" })).toEqual([
      401,
      `Bearer realm="${REALM}", error="invalid_token", error_description="over"`,
    ]);
    expect(headerOf({ kind: "more-scope", why: "less", scope: ["a", "b"] })).toEqual([
      403,
      `Bearer realm="${REALM}", error="insufficient_scope", error_description="less", scope="a b"`,
    ]);
  });

  test("RFC 9470 section 3: insufficient_user_authentication 401 with acr_values in order and max_age", () => {
    const verdict = { kind: "more-authentication", why: "more", acr: [LOGIN, SMS], maxAge: 60 } as const;
    expect(headerOf(verdict)).toEqual([
      401,
      `Bearer realm="${REALM}", error="insufficient_user_authentication", error_description="more", acr_values="${LOGIN} ${SMS}", max_age="60"`,
    ]);
  });

  test("RFC 6750 section 3: nothing breaks out of the quotes", () => {
    const [, header] = headerOf({ kind: "more-scope", why: 'a", error="none\\\r\nX: y\u00e9' });
    expect(header).toBe(
      `Bearer realm="${REALM}", error="insufficient_scope", error_description="a?, error=?none???X: y?"`,
    );
  });

  test("a provider that cannot be asked is 503 without a challenge, for a sign-in would not help", () => {
    const { status, headers } = refusalOf({ kind: "unavailable" }, REALM, "Bearer x");
    expect([status, headers["www-authenticate"], headers["retry-after"]]).toEqual([503, undefined, "5"]);
  });
});
