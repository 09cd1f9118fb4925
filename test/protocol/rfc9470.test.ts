import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ACRS,
  type Acr,
  assess,
  CERTIFICATE,
  demandedAcrs,
  LOGIN,
  OPERATION,
  offeredAcrs,
  PASSKEY,
  SMS,
} from "../../src/provider/assurance.ts";
import { order, PAYMENT, TYPED } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { PURSE_API, PURSES, seenBy, WALLET, WITH_SERVERS } from "../support/resource-servers.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { client, createWorld, SHOP, type World } from "../support/world.ts";

const claims = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr } }) });

const MINUTE = 60_000;

/** Every page that asks for a response, with the way back to the site at last. */
async function walkBack(world: World, visitor: Visitor, address: string) {
  let page = await visitor.open(address);
  let numbers = 0;
  while (page.url.startsWith(world.issuer) && page.status === 200 && numbers < 5) {
    if (page.challenge === "") page = await visitor.submit(page, "next", { identifier: ALICE });
    numbers += 1;
    page = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge) });
  }
  return { numbers, back: page };
}

describe("RFC 9470 section 5 and OpenID Connect Core 5.5.1.1: what is asked for is answered strictly", () => {
  test.each([
    ["nothing asked", {}, LOGIN],
    ["login", { acr_values: LOGIN }, LOGIN],
    ["sms, which a login satisfies", { acr_values: SMS }, SMS],
    ["sms and login: the highest met", { acr_values: `${SMS} ${LOGIN}` }, LOGIN],
    ["an unknown value beside a known one", { acr_values: `urn:other ${LOGIN}` }, LOGIN],
    ["operation before login", { acr_values: `${OPERATION} ${LOGIN}` }, LOGIN],
    ["an essential claim", claims({ essential: true, value: SMS }), SMS],
    ["an essential claim with values", claims({ essential: true, values: [OPERATION, LOGIN] }), LOGIN],
    ["a voluntary claim that cannot be met", claims({ value: OPERATION }), LOGIN],
  ])("%s", async (_name, parameters, acr) => {
    await using world = await createWorld();
    const { tokens } = await signIn(world, { parameters });
    expect((await tokens()).claims()?.["acr"]).toBe(acr);
  });

  test.each([
    ["only unknown values", { acr_values: "urn:other" }],
    ["only operation, without authorization_details", { acr_values: OPERATION }],
    ["an essential claim of an unknown value", claims({ essential: true, value: "urn:other" })],
    ["an essential claim before acr_values", { ...claims({ essential: true, value: OPERATION }), acr_values: LOGIN }],
  ])("%s fails at once with unmet_authentication_requirements, signed in or not", async (_name, parameters) => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    expect(errorOf((await signIn(world, { visitor, parameters })).back)).toBe("unmet_authentication_requirements");
    await signIn(world, { visitor });
    expect(errorOf((await signIn(world, { visitor, parameters })).back)).toBe("unmet_authentication_requirements");
    expect(errorOf((await signIn(world, { visitor, parameters: { ...parameters, prompt: "none" } })).back)).toBe(
      "unmet_authentication_requirements",
    );
  });

  test("one request's lower acr does not stay with the session", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world, { parameters: { acr_values: SMS } });
    const again = await signIn(world, { visitor, parameters: { prompt: "none" } });
    expect((await again.tokens()).claims()?.["acr"]).toBe(LOGIN);
  });
});

describe("RFC 9470 section 4: max_age", () => {
  test("asks once for a new check number where the last response is older, and auth_time is that of the new one", async () => {
    await using world = await createWorld();
    const { visitor, party, tokens } = await signIn(world);
    const first = (await tokens()).claims()?.["auth_time"];
    world.pass(10 * MINUTE);
    const attempt = await party.begin({ max_age: "300" });
    const { numbers, back } = await walkBack(world, visitor, attempt.address);
    const { claims } = await attempt.finish(back.url);
    expect(numbers).toBe(1);
    expect(Number(claims()?.["auth_time"])).toBeGreaterThanOrEqual(Number(first) + 600);
  });

  test("asks for nothing where the last response is young enough", async () => {
    await using world = await createWorld();
    const { visitor, party } = await signIn(world);
    world.pass(4 * MINUTE);
    const { numbers, back } = await walkBack(world, visitor, (await party.begin({ max_age: "300" })).address);
    expect([numbers, back.url]).toEqual([0, expect.stringContaining("code=")]);
  });

  test.each(["0", "1"])("of %s seconds ends after one check number: it never loops", async (age) => {
    await using world = await createWorld();
    const { visitor, party } = await signIn(world);
    world.pass(MINUTE);
    const { numbers, back } = await walkBack(world, visitor, (await party.begin({ max_age: age })).address);
    expect([numbers, back.url]).toEqual([1, expect.stringContaining("code=")]);
  });

  test("does not stick: the next request without it is answered from the session, with the time of the last response", async () => {
    await using world = await createWorld();
    const { visitor, party } = await signIn(world);
    world.pass(10 * MINUTE);
    const fresh = await party.begin({ max_age: "300" });
    const { back } = await walkBack(world, visitor, fresh.address);
    const at = (await fresh.finish(back.url)).claims()?.["auth_time"];
    world.pass(10 * MINUTE);
    const plain = await party.begin();
    const later = await walkBack(world, visitor, plain.address);
    expect(later.numbers).toBe(0);
    expect((await plain.finish(later.back.url)).claims()?.["auth_time"]).toBe(at);
  });

  test("that is no number is invalid_request", async () => {
    await using world = await createWorld();
    expect(errorOf((await signIn(world, { parameters: { max_age: "soon" } })).back)).toBe("invalid_request");
  });

  test("of the client's own entry counts where the request has none", async () => {
    const entry = client({ client_id: "shop", client_name: "Book shop", first_party: true, default_max_age: 300 });
    await using world = await createWorld({ clients: [entry] });
    const { visitor, party } = await signIn(world, { client: entry });
    world.pass(10 * MINUTE);
    expect((await walkBack(world, visitor, (await party.begin()).address)).numbers).toBe(1);
  });
});

describe("RFC 9470 section 5: prompt=none shows no page", () => {
  test("too old is login_required, unmet is unmet_authentication_requirements, and met is a code", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    world.pass(10 * MINUTE);
    const ask = async (parameters: Record<string, string>) =>
      (await signIn(world, { visitor, parameters: { prompt: "none", ...parameters } })).back;
    expect(errorOf(await ask({ max_age: "300" }))).toBe("login_required");
    expect(errorOf(await ask({ acr_values: OPERATION }))).toBe("unmet_authentication_requirements");
    expect((await ask({ acr_values: LOGIN, max_age: "900" })).url).toContain("code=");
  });
});

describe("OpenID Connect Dynamic Client Registration section 2: a client's defaults", () => {
  test("default_acr_values of the client's entry are answered as strictly as those of a request", async () => {
    const entry = { ...SHOP, default_acr_values: [OPERATION] };
    await using world = await createWorld({ clients: [entry] });
    expect(errorOf((await signIn(world, { client: entry })).back)).toBe("unmet_authentication_requirements");
  });
});

describe("RFC 9470 section 6: what a resource server learns of the authentication", () => {
  const parameters = { scope: "openid purses:read", resource: PURSES };

  test("introspection has acr, amr and auth_time, as the ID token has them", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const { tokens } = await signIn(world, { client: WALLET, parameters: { ...parameters, acr_values: SMS } });
    const { access_token: token, claims } = await tokens();
    const { acr, amr, auth_time: at } = await seenBy(world, PURSE_API, token);
    expect({ acr, amr, at }).toEqual({ acr: SMS, amr: claims()?.["amr"], at: claims()?.["auth_time"] });
  });

  test("a step-up gives a new token, and the old one says what it said", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const signed = await signIn(world, { client: WALLET, parameters });
    const old = await signed.tokens();
    const before = await seenBy(world, PURSE_API, old.access_token);
    world.pass(5 * MINUTE);
    const party = await createRelyingParty(world.issuer, WALLET);
    const attempt = await party.begin({ ...parameters, acr_values: LOGIN, max_age: "60" });
    const { numbers, back } = await walkBack(world, signed.visitor, attempt.address);
    const { access_token: token } = await attempt.finish(back.url);
    expect(numbers).toBe(1);
    expect(Number((await seenBy(world, PURSE_API, token))["auth_time"])).toBeGreaterThan(Number(before["auth_time"]));
    expect(await seenBy(world, PURSE_API, old.access_token)).toEqual(before);
  });
});

describe("what is reached for one operation", () => {
  test("is in that operation's token alone, and in none that follows", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const parameters = { scope: "openid purses:read", resource: PURSES };
    const { visitor, tokens } = await signIn(world, { client: WALLET, parameters });
    const before = (await tokens()).access_token;
    const { page, finish } = await order(world, visitor, PAYMENT, { resource: PURSES }, WALLET);
    world.pass(MINUTE);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    const confirmed = (await finish(back)).access_token;
    const after = await signIn(world, { client: WALLET, visitor, parameters });
    const [own, old, next] = await Promise.all(
      [confirmed, before, (await after.tokens()).access_token].map((token) => seenBy(world, PURSE_API, token)),
    );
    expect([own?.["acr"], old?.["acr"], next?.["acr"]]).toEqual([OPERATION, LOGIN, LOGIN]);
    expect(Number(own?.["auth_time"])).toBeGreaterThanOrEqual(Number(old?.["auth_time"]) + 60);
    expect(next?.["auth_time"]).toBe(old?.["auth_time"]);
    expect(next).not.toHaveProperty("authorization_details");
  });
});

describe("the rule itself", () => {
  const asked = fc.array(fc.constantFrom(...ACRS, "urn:other"), { maxLength: 5 });

  test("no token says more than was reached, nor anything that was not asked for", () => {
    fc.assert(
      fc.property(asked, fc.constantFrom(SMS, LOGIN, CERTIFICATE, PASSKEY), (values, reached) => {
        const assurance = assess(demandedAcrs({ acrValues: values.join(" "), claim: undefined }), reached);
        if (assurance.kind !== "met") return;
        expect(ACRS.indexOf(assurance.acr)).toBeLessThanOrEqual(ACRS.indexOf(reached));
        if (values.length > 0) expect(values).toContain(assurance.acr);
      }),
    );
  });

  test("a session by SMS meets a request that names sms, and no other; who asks for nothing gets a login", () => {
    fc.assert(
      fc.property(asked, (values) => {
        const assurance = assess(demandedAcrs({ acrValues: values.join(" "), claim: undefined }), SMS);
        expect(assurance.kind === "met").toBe(values.includes(SMS));
        if (values.length === 0) expect(assurance.kind).toBe("login");
      }),
    );
  });

  test("a passkey or a certificate meets whatever a response meets, and what names it; none ever meets an operation alone", () => {
    fc.assert(
      fc.property(asked, fc.constantFrom(PASSKEY, CERTIFICATE), (values, key) => {
        const demanded = demandedAcrs({ acrValues: values.join(" "), claim: undefined });
        const [byKey, byResponse] = [assess(demanded, key), assess(demanded, LOGIN)];
        expect(byKey.kind === "met").toBe(byResponse.kind === "met" || values.includes(key));
        if (values.every((value) => value === OPERATION) && values.length > 0) expect(byKey.kind).toBe("impossible");
      }),
    );
  });

  test("a login is asked for only when it would help", () => {
    fc.assert(
      fc.property(asked, fc.constantFrom(undefined, SMS, LOGIN, PASSKEY), fc.boolean(), (values, reached, offered) => {
        const demanded = demandedAcrs({ acrValues: values.join(" "), claim: undefined });
        const acrs = offeredAcrs({ byCertificate: offered });
        if (assess(demanded, reached, acrs).kind !== "login") return;
        const helping: readonly Acr[] = offered ? [PASSKEY, CERTIFICATE] : [PASSKEY];
        expect(helping.some((key) => assess(demanded, key, acrs).kind === "met")).toBe(true);
      }),
    );
  });
});
