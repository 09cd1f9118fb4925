/** The pages of client certificates in every state. */
import type { CertificateShown } from "../../src/http/certificate-views.ts";
import type { Views } from "../../src/http/views.ts";
import { exchange, plain, type Sample, sample } from "./sample.ts";

const list = "/account/certificates";
const around = { ...plain, path: list, signedIn: { email: "alice@example.com" } };
const live: CertificateShown = {
  wmid: "301234567890",
  serial: "0145 4504 B885 57BB CF93 C5E5 C691 5939 73",
  kind: "P-256",
  fingerprint: "7B1C 09F2 A4D3 5E68",
  issuedAt: new Date("2026-11-23T14:18:00Z"),
  until: new Date("2028-11-22T14:18:00Z"),
  state: "live",
};
const revoked: CertificateShown = {
  ...live,
  serial: "01F3 9A0C 2E55 81D4 6B7F 0092 AC3E 18D5 4C",
  kind: "RSA 2048",
  state: "revoked",
  revoked: { at: new Date("2026-11-20T08:00:00Z"), by: "account", reason: "key-compromise" },
};
const expired: CertificateShown = { ...live, until: new Date("2026-11-01T00:00:00Z"), state: "expired" };
const href = `${list}/1`;
const csr =
  "-----BEGIN CERTIFICATE REQUEST-----\nMIHIMHACAQAwDjEMMAoGA1UEAwwDbWUgMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD\n-----END CERTIFICATE REQUEST-----";

const asking: Views["certificate/new"] = {
  action: `${list}/new`,
  errors: [],
  values: {},
  wmids: ["301234567890"],
  listHref: list,
  script: "/certificates/pages.js",
};
const one: Views["certificate/certificate"] = {
  certificate: live,
  fileHref: `${href}/certificate.pem`,
  revokeHref: `${href}/revoke`,
  renewHref: `${list}/new?wmid=301234567890`,
  listHref: list,
  keyId: "k",
  script: "/certificates/pages.js",
};
const ending: Views["certificate/revoke"] = {
  action: `${href}/revoke`,
  errors: [],
  values: {},
  certificate: live,
  certificateHref: href,
};

export const certificates: readonly Sample[] = [
  sample(
    "certificates",
    "certificate/list",
    {
      live: [{ ...live, href }],
      ended: [
        { ...revoked, href },
        { ...expired, href },
      ],
      newHref: `${list}/new`,
      wmids: "some",
      accountHref: "/account",
    },
    around,
  ),
  sample(
    "certificates-no-wmid",
    "certificate/list",
    { live: [], ended: [], wmids: "none", accountHref: "/account" },
    around,
  ),
  sample(
    "certificate-new",
    "certificate/new",
    {
      ...asking,
      wmids: ["301234567890", "399999999999"],
      values: { csr },
      errors: [{ field: "csr", code: "unproven" }],
    },
    { ...around, signedIn: exchange.signedIn ?? around.signedIn },
  ),
  sample("certificate", "certificate/certificate", one, around),
  sample("certificate-revoked", "certificate/certificate", { ...one, certificate: revoked }, around),
  sample(
    "certificate-revoke",
    "certificate/revoke",
    { ...ending, errors: [{ field: "reason", code: "not-chosen" }] },
    around,
  ),
];
