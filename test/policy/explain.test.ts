import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { explain, parseExplained } from "../../src/policy/explain.ts";
import { createPolicy, type OwnDemand } from "../../src/policy/policy.ts";
import { offeredAcrs } from "../../src/provider/assurance.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";
import { OPERATION_TYPES } from "../support/operations.ts";
import { PAYMENT } from "../support/payment.ts";
import { policyFile } from "./support.ts";

const FILE = policyFile({
  rules: [
    { name: "by sms", clients: ["exchange"], types: ["payment"], acr: "urn:e-num:acr:sms" },
    { name: "small", types: ["payment"], limits: [{ currency: "WMZ", each: "50", above: "refuse" }] },
  ],
});
const OWN: OwnDemand[] = [];
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase(inject("engine"));
});

afterEach(() => {
  OWN.length = 0;
});

afterAll(() => fresh[Symbol.asyncDispose]());

async function explained(members: object, byCertificate = false) {
  const parsed = parseExplained(JSON.stringify({ client_id: "shop", ...members }));
  if (!parsed.ok) throw new Error(parsed.faults.join("\n"));
  return explain(parsed.request, {
    sql: fresh.database,
    policy: createPolicy({ clock: Date.now, file: FILE, types: OPERATION_TYPES }),
    types: OPERATION_TYPES,
    acrs: offeredAcrs({ byCertificate }),
    client: (id) =>
      id === "shop" || id === "exchange" ? { name: "Book shop", firstParty: true, types: ["payment"] } : undefined,
    own: async () => OWN,
    account: async (typed) => (typed === "alice@example.com" ? "alice" : undefined),
  });
}

const pay = (value: string) => ({ authorization_details: [{ ...PAYMENT, amount: { value, currency: "WMZ" } }] });
const CERTIFICATE = "urn:e-num:acr:certificate";
const SMS = "urn:e-num:acr:sms";
const OPERATION = "urn:e-num:acr:operation";
const LOGIN = "Demanded: a login, with a response to login or a passkey.";
const RESPONSE = "Demanded: a login, with a response to login.";

describe("a request that leads to no token is told so in the last line", () => {
  it.each<[string, object, string]>([
    ["above a limit", pay("50.01"), "Above it nothing is confirmed: refused."],
    ["an amount that is wrong", pay("10.50"), "amount.value: must be canonical decimal text"],
    ["no element", { authorization_details: [] }, "One request confirms one operation"],
    ["two elements", { authorization_details: [PAYMENT, PAYMENT] }, "One request confirms one operation"],
    ["a client that there is not", { client_id: "nobody" }, "There is no client nobody: refused."],
    [
      "a type that the client may not ask for",
      { authorization_details: [{ type: "keys", operation_id: "k", wmid: "301234567890", action: "move" }] },
      "keys is not among the client's authorization_details_types",
    ],
    ["acr_values without openid", { ...pay("1"), acr_values: OPERATION }, "acr_values needs the scope openid"],
    ["prompt=none", { ...pay("1"), prompt: "none" }, "refused with interaction_required"],
    [
      "an acr that nobody knows",
      { ...pay("1"), scope: "openid", acr_values: "gold" },
      "unmet_authentication_requirements",
    ],
    ["nobody there", { ...pay("1"), account: "nobody@example.com" }, "There is no such account"],
    ["a login that cannot be", { scope: "openid", acr_values: OPERATION }, "unmet_authentication_requirements"],
    [
      "a session by SMS without a person, where nothing is asked for",
      { scope: "openid", prompt: "none", signed_in_seconds: 60, signed_in_by: "sms" },
      "refused with login_required",
    ],
    [
      "a session by SMS without a person, where login is asked for",
      {
        scope: "openid",
        prompt: "none",
        signed_in_seconds: 60,
        signed_in_by: "sms",
        acr_values: "urn:e-num:acr:login",
      },
      "refused with unmet_authentication_requirements",
    ],
    ["a login without a person", { scope: "openid", prompt: "none" }, "refused with login_required"],
  ])("%s", async (_title, members, last) => {
    const { refused, lines } = await explained(members);
    expect(refused).toBe(true);
    expect(lines.at(-1)).toContain(last);
  });
});

describe("a request that can be met is told what it demands", () => {
  it.each<[string, object, string]>([
    ["a session that is there", { signed_in_seconds: 60 }, "Demanded: nothing. The token says urn:e-num:acr:login."],
    ["nobody signed in", {}, LOGIN],
    ["a session that is too old", { signed_in_seconds: 60, max_age: 30 }, LOGIN],
    ["one that is young enough", { signed_in_seconds: 60, max_age: 60 }, "Demanded: nothing."],
    ["one, and prompt=login", { signed_in_seconds: 6, prompt: "login" }, LOGIN],
    ["a session by SMS, where nothing is asked for", { signed_in_seconds: 60, signed_in_by: "sms" }, LOGIN],
    [
      "a session by SMS, where sms is asked for",
      { signed_in_seconds: 60, signed_in_by: "sms", acr_values: SMS },
      `Demanded: nothing. The token says ${SMS}.`,
    ],
    [
      "a sign-in that may be by SMS",
      { acr_values: SMS },
      "Demanded: a login, with a response to login or a passkey, or a code by SMS.",
    ],
    ["a sign-in that must be by a passkey", { acr_values: "urn:e-num:acr:passkey" }, "Demanded: a passkey."],
    [
      "a sign-in that must be by a certificate or a passkey, where there are no certificates",
      { acr_values: `${CERTIFICATE} urn:e-num:acr:passkey` },
      "Demanded: a passkey.",
    ],
    ["a payment", { ...pay("50"), account: "alice@example.com" }, "Demanded: a response to payment or operation."],
  ])("%s", async (_title, members, last) => {
    const { refused, lines } = await explained({ scope: "openid", ...members });
    expect(refused).toBe(false);
    expect(lines.at(-1)).toContain(last);
  });
});

describe("where people sign in by a certificate", () => {
  it.each<[string, object, string]>([
    ["a sign-in", {}, "Demanded: a login, with a response to login, a passkey or a certificate."],
    ["one that must be by a certificate", { acr_values: CERTIFICATE }, "Demanded: a certificate."],
    [
      "one that must be by a key",
      { acr_values: `urn:e-num:acr:passkey ${CERTIFICATE}` },
      "Demanded: a certificate or a passkey.",
    ],
  ])("%s", async (_title, members, last) => {
    const { refused, lines } = await explained({ scope: "openid", ...members }, true);
    expect([refused, lines.at(-1)]).toEqual([false, last]);
  });
});

it("a sign-in that must be by a certificate is refused where nobody signs in by one", async () => {
  const { refused, lines } = await explained({ scope: "openid", acr_values: CERTIFICATE });
  expect([refused, lines.at(-1)]).toEqual([true, expect.stringContaining("unmet_authentication_requirements")]);
});

describe("a code by SMS for an operation", () => {
  const lines = async (members: object) => (await explained({ scope: "openid", ...members })).lines;
  const exchange = { ...pay("1"), client_id: "exchange" };

  it.each<[string, object, string]>([
    ["policy and request", { ...exchange, acr_values: SMS }, "it confirms this, by its own code."],
    ["the policy alone", { ...exchange, acr_values: OPERATION }, "acr_values names no code by SMS"],
    ["the policy alone, and nothing asked", exchange, "acr_values names no code by SMS"],
    ["the request alone", { ...pay("1"), acr_values: SMS }, "which is not enough here"],
  ])("%s", async (_title, members, last) => {
    expect((await lines(members)).at(-1)).toContain(last);
  });

  it("a session by SMS has a response asked for first, unless the request names sms", async () => {
    const bySms = { ...exchange, signed_in_seconds: 5, signed_in_by: "sms" };
    expect((await lines(bySms)).join("\n")).toContain("a response comes first");
    expect((await lines({ ...bySms, acr_values: SMS })).join("\n")).not.toContain("a response comes first");
  });
});

describe("what the account's owner has switched on", () => {
  const alice = { account: "alice@example.com" };
  const on = (demands: OwnDemand["demands"], clientId?: string): OwnDemand => ({ id: demands, demands, clientId });

  it("is told first, whatever the request is", async () => {
    OWN.push(on("no-sms"), on("operation"), on("login", "library"));
    const { lines } = await explained({ ...alice, signed_in_seconds: 60 });
    expect(lines.slice(1, 4)).toEqual([
      "The account's owner has switched on: no codes by SMS.",
      "The account's owner has switched on: what has an amount is scanned.",
      "The account's owner has switched on: a response at every sign-in to library.",
    ]);
    expect(lines.at(-1)).toContain("Demanded: nothing.");
  });

  it.each([on("no-sms"), on("login", "shop")])("$demands lets no code by SMS sign in", async (one) => {
    OWN.push(one);
    const { lines } = await explained({ ...alice, scope: "openid", acr_values: SMS });
    // Where a response is wanted each time, no passkey does either.
    const way = one.demands === "login" ? RESPONSE : LOGIN;
    expect(lines.at(-1)).toBe(`${way.slice(0, -1)}; a code by SMS is not taken for this account here.`);
  });

  it("decides a sign-in to its site, and refuses one without a person", async () => {
    OWN.push(on("login", "shop"));
    const signedIn = { ...alice, signed_in_seconds: 60 };
    expect((await explained(signedIn)).lines.slice(-2)).toEqual([
      "The account's owner is asked at every sign-in here: a new one.",
      RESPONSE,
    ]);
    expect(await explained({ ...signedIn, prompt: "none" })).toMatchObject({ refused: true });
    expect((await explained({ signed_in_seconds: 60 })).lines.at(-1)).toContain("Demanded: nothing.");
  });
});

it("what is no request is refused with the member's name", () => {
  expect(parseExplained(JSON.stringify({ client: "shop" }))).toEqual({
    ok: false,
    faults: ["client_id must be there as string.", "client is not a member that is known here: correct or remove it."],
  });
  expect(parseExplained("{")).toEqual({ ok: false, faults: [expect.stringMatching(/^is not JSON: /)] });
});
