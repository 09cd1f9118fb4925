import { describe, expect, test } from "vitest";
import { configOf, faultsOf, PRODUCTION } from "./settings.ts";

describe("clients' certificates", () => {
  const proxied = { ...PRODUCTION, ENUM_ID_CERTIFICATE_HEADER: "X-Client-Certificate" };

  test("come in headers of the proxy's, perhaps at an origin of their own", () => {
    expect(configOf(proxied).certificates).toEqual({
      header: "X-Client-Certificate",
      verifiedHeader: undefined,
      origin: undefined,
    });
    const more = {
      ENUM_ID_CERTIFICATE_VERIFIED_HEADER: "X-Client-Verify",
      ENUM_ID_CERTIFICATE_ORIGIN: "https://mtls.id.example.com",
    };
    expect(configOf({ ...proxied, ...more }).certificates).toMatchObject({
      verifiedHeader: "X-Client-Verify",
      origin: "https://mtls.id.example.com",
    });
  });

  test.each([
    [{ ENUM_ID_CERTIFICATE_VERIFIED_HEADER: "X-Client-Verify" }, "ENUM_ID_CERTIFICATE_VERIFIED_HEADER is set, but"],
    [{ ENUM_ID_CERTIFICATE_ORIGIN: "https://mtls.example.com" }, "ENUM_ID_CERTIFICATE_ORIGIN is set, but"],
    [{ ENUM_ID_CERTIFICATE_SIGN_IN: "https://cert.example.com" }, "ENUM_ID_CERTIFICATE_SIGN_IN is set, but"],
    [{ ENUM_ID_CERTIFICATE_HEADER: "X Y" }, 'ENUM_ID_CERTIFICATE_HEADER is "X Y": write the name of a header'],
    [{ ENUM_ID_BOUND_TOKENS: "some" }, 'ENUM_ID_BOUND_TOKENS is "some": write clients or operations or all.'],
  ])("%j is refused", (env, beginning) => {
    const [fault, ...more] = faultsOf({ ...PRODUCTION, ...env });
    expect([fault?.startsWith(beginning), more]).toEqual([true, []]);
  });

  const at = (origin: string) => ({ ...proxied, ENUM_ID_CERTIFICATE_SIGN_IN: origin });
  test("may sign people in, at an origin of its own: neither the issuer's nor the web client's", () => {
    const origin = "https://cert.id.example.com";
    expect(configOf(proxied).certificateSignIn).toBeUndefined();
    expect(configOf(at(origin)).certificateSignIn).toBe(origin);
    const { ENUM_ID_ISSUER: issuer = "" } = PRODUCTION;
    expect(faultsOf(at(issuer))).toEqual([expect.stringContaining("where the issuer is: name another host")]);
    expect(faultsOf(at("http://cert.id.example.com"))).toEqual([expect.stringContaining("production needs https")]);
    expect(faultsOf({ ...at(origin), ENUM_ID_PHONE_ORIGIN: origin })).toEqual([
      expect.stringMatching(/^ENUM_ID_CERTIFICATE_SIGN_IN is ENUM_ID_PHONE_ORIGIN/),
    ]);
  });

  test("without a proxy are believed of nobody", () => {
    expect(faultsOf({ ENUM_ID_CERTIFICATE_HEADER: "X-Client-Certificate" })).toEqual([
      expect.stringMatching(/^ENUM_ID_CERTIFICATE_HEADER is set, but ENUM_ID_TRUST_PROXY is not true/),
    ]);
  });
});
