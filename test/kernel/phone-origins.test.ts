import { describe, expect, test } from "vitest";
import { configOf, faultsOf, PRODUCTION } from "./settings.ts";

describe("the origins that the web client has left", () => {
  const NOW = { ...PRODUCTION, ENUM_ID_PHONE_ORIGIN: "https://phone.example.com" };

  test("are none, or a list with the issuer's among them, each once", () => {
    expect(configOf(NOW).formerPhoneOrigins).toEqual([]);
    const given = "https://id.example.com, https://app.example.com,https://id.example.com";
    expect(configOf({ ...NOW, ENUM_ID_PHONE_FORMER_ORIGINS: given }).formerPhoneOrigins).toEqual([
      "https://id.example.com",
      "https://app.example.com",
    ]);
  });

  test.each(["app.example.com", "https://app.example.com/phone", "http://app.example.com", "https://a.example,"])(
    "%j is refused",
    (given) => {
      expect(faultsOf({ ...NOW, ENUM_ID_PHONE_FORMER_ORIGINS: given })).toEqual([
        expect.stringMatching(/^ENUM_ID_PHONE_FORMER_ORIGINS is /),
      ]);
    },
  );

  test("are not where it is now, be that its own or the issuer's", () => {
    const has = /^ENUM_ID_PHONE_FORMER_ORIGINS has .*, where the web client is now/;
    expect(faultsOf({ ...NOW, ENUM_ID_PHONE_FORMER_ORIGINS: "https://phone.example.com" })).toEqual([
      expect.stringMatching(has),
    ]);
    expect(faultsOf({ ...PRODUCTION, ENUM_ID_PHONE_FORMER_ORIGINS: "https://id.example.com" })).toEqual([
      expect.stringMatching(has),
    ]);
  });

  test.each(["ENUM_ID_CERTIFICATE_SIGN_IN", "ENUM_ID_CERTIFICATE_ORIGIN"])("ask for no certificate: %s", (name) => {
    const both = {
      ENUM_ID_PHONE_FORMER_ORIGINS: "https://app.example.com",
      [name]: "https://app.example.com",
      ENUM_ID_CERTIFICATE_HEADER: "X-Client-Certificate",
    };
    expect(faultsOf({ ...NOW, ...both })).toEqual([
      expect.stringMatching(new RegExp(`^${name} is in ENUM_ID_PHONE_FORMER_ORIGINS`)),
    ]);
  });
});
