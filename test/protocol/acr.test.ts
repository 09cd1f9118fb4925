import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACRS, assess, demandedAcrs, LOGIN, OPERATION, SMS } from "../../src/provider/assurance.ts";
import { errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

const claims = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr } }) });

describe("RFC 9470 and OpenID Connect Core 5.5.1.1: what is asked for is answered strictly", () => {
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

describe("the rule itself", () => {
  const asked = fc.array(fc.constantFrom(...ACRS, "urn:other"), { maxLength: 5 });

  test("no token says more than was reached, nor anything that was not asked for", () => {
    fc.assert(
      fc.property(asked, fc.constantFrom(SMS, LOGIN), (values, reached) => {
        const assurance = assess(demandedAcrs({ acrValues: values.join(" "), claim: undefined }), reached);
        if (assurance.kind !== "met") return;
        expect(ACRS.indexOf(assurance.acr)).toBeLessThanOrEqual(ACRS.indexOf(reached));
        if (values.length > 0) expect(values).toContain(assurance.acr);
      }),
    );
  });

  test("a login is asked for only when it would help", () => {
    fc.assert(
      fc.property(asked, fc.constantFrom(undefined, SMS, LOGIN), (values, reached) => {
        const demanded = demandedAcrs({ acrValues: values.join(" "), claim: undefined });
        if (assess(demanded, reached).kind === "login") expect(assess(demanded, LOGIN).kind).toBe("met");
      }),
    );
  });
});
