/** The pages of passkeys in every state. */
import type { PasskeyShown } from "../../src/http/passkey-views.ts";
import { plain, type Sample, sample } from "./sample.ts";

const list = "/account/passkeys";
const around = { ...plain, path: list, signedIn: { email: "alice@example.com" } };
const challenge = "MTc5NTU2MDAwMDAwMC5fZzRhb1B2cWw4c0ZmX2lWd3Z4T3Z3";
const laptop: PasskeyShown = {
  name: "Laptop",
  kind: "multi-device",
  addedAt: new Date("2026-10-02T09:30:00Z"),
  usedAt: new Date("2026-11-23T14:18:00Z"),
};
const key: PasskeyShown = { name: "Blue key", kind: "single-device", addedAt: new Date("2026-11-20T08:00:00Z") };

/** What a sign-in asks the browser with. */
export const requestOptions = JSON.stringify({ challenge, rpId: "id.example", userVerification: "required" });

const creationOptions = JSON.stringify({
  challenge,
  rp: { id: "id.example", name: "E-num" },
  user: { id: "X2c0YW9QdnFs", name: "alice@example.com", displayName: "alice@example.com" },
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  excludeCredentials: [],
});

export const passkeys: readonly Sample[] = [
  sample(
    "passkeys",
    "passkey/list",
    {
      action: list,
      told: "passkey-added",
      passkeys: [
        { ...laptop, href: `${list}/1` },
        { ...key, href: `${list}/2` },
      ],
      full: false,
      accountHref: "/account",
    },
    around,
  ),
  sample(
    "passkey-new",
    "passkey/new",
    {
      action: `${list}/new/1`,
      errors: [{ field: "passkey", code: "not-added" }],
      values: {},
      options: creationOptions,
      listHref: list,
    },
    around,
  ),
  sample(
    "passkey",
    "passkey/passkey",
    {
      action: `${list}/1`,
      errors: [],
      values: { name: "Laptop" },
      passkey: laptop,
      removeHref: `${list}/1/remove`,
      listHref: list,
    },
    around,
  ),
  sample(
    "passkey-remove",
    "passkey/remove",
    { action: `${list}/2/remove`, passkey: key, passkeyHref: `${list}/2` },
    around,
  ),
];
