import { describe, expect, test } from "vitest";
import { SUBJECT_MEMBERS } from "../../src/possession/subject.ts";
import { certificateFaults } from "../../src/provider/sender-constraint.ts";
import { clientsOf, faultsOf, SITE } from "./clients-file.ts";

describe("a client with a certificate", () => {
  const { client_secret: _, ...REST } = SITE;
  const issued = (members: object) =>
    faultsOf([{ ...REST, token_endpoint_auth_method: "tls_client_auth", ...members }]);

  test("names the subject of the certificate by one of five members", () => {
    for (const member of SUBJECT_MEMBERS) expect(issued({ [member]: "CN=bot,O=Example\\, Inc.,C=US" })).toEqual([]);
    const two = { tls_client_auth_san_dns: "bot.example.com", tls_client_auth_san_email: "bot@example.com" };
    for (const wrong of [{}, two])
      expect(issued(wrong)).toEqual([expect.stringContaining(`tls_client_auth needs one of ${SUBJECT_MEMBERS[0]}, `)]);
    expect(faultsOf([{ ...SITE, tls_client_auth_san_dns: "bot.example.com" }])).toEqual([
      expect.stringContaining(
        "tls_client_auth_san_dns is there, but token_endpoint_auth_method is client_secret_basic",
      ),
    ]);
  });

  test.each(["bot", "CN=bot,", "CN=bot,,C=US", "CN=a+OU=b,C=US", "=bot", "CN=bot\\"])("%j is no name", (name) => {
    expect(issued({ tls_client_auth_subject_dn: name })).toEqual([
      expect.stringContaining(`tls_client_auth_subject_dn has ${name}: write it as RFC 4514 does`),
    ]);
  });

  test("that it has signed itself has it in its keys", () => {
    const own = { ...REST, token_endpoint_auth_method: "self_signed_tls_client_auth" };
    expect(faultsOf([{ ...own, jwks: { keys: [{ kty: "EC", x5c: ["MII"] }] } }])).toEqual([]);
    expect(faultsOf([{ ...own, jwks_uri: "https://site.example.com/jwks" }])).toEqual([]);
    for (const jwks of [{ keys: [{ kty: "EC" }] }, { keys: [{ kty: "EC", x5c: [] }] }])
      expect(faultsOf([{ ...own, jwks }])).toEqual([expect.stringContaining("jwks is missing: self_signed_tls")]);
  });

  test("has a proxy that tells of certificates, and for an authority's that says which are verified", () => {
    const clients = clientsOf([
      { ...REST, token_endpoint_auth_method: "tls_client_auth", tls_client_auth_san_dns: "bot.example.com" },
      { ...SITE, client_id: "bound", tls_client_certificate_bound_access_tokens: true },
      { ...SITE, client_id: "other" },
    ]);
    const told = (certificates: Parameters<typeof certificateFaults>[2]) =>
      certificateFaults("clients.json", clients, certificates);
    expect(told(undefined)).toEqual([
      expect.stringMatching(/^clients.json, client "site": .*ENUM_ID_CERTIFICATE_HEADER is not set/),
      expect.stringMatching(/^clients.json, client "bound": .*ENUM_ID_CERTIFICATE_HEADER is not set/),
    ]);
    const header = { header: "X-Client-Certificate", verifiedHeader: undefined, origin: undefined };
    expect(told(header)).toEqual([expect.stringContaining("needs ENUM_ID_CERTIFICATE_VERIFIED_HEADER")]);
    expect(told({ ...header, verifiedHeader: "X-Client-Verify" })).toEqual([]);
  });
});
