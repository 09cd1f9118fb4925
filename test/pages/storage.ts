/** The page of kept keys. */
import type { Views } from "../../src/http/views.ts";
import { plain, type Sample, sample } from "./sample.ts";

const path = "/account/keys";
const around = { ...plain, path, signedIn: { email: "alice@example.com" } };
const at = new Date("2026-11-23T14:18:00Z");
const some: Views["storage/keys"] = {
  action: path,
  kept: [
    {
      wmid: "301234567890",
      versions: [
        { version: 3, at, by: "WM Keeper" },
        { version: 2, at: new Date("2026-05-03T09:12:00Z"), by: "WM Keeper" },
        {
          version: 1,
          at: new Date("2025-12-30T08:00:00Z"),
          by: "Программа с очень длинным названием для кошельков и ключей №12",
        },
      ],
      read: { at, by: "WM Keeper" },
    },
    {
      wmid: "301234567891",
      versions: [{ version: 1, at, by: "WM Keeper" }],
      read: { at, by: "WM Keeper" },
      until: new Date("2026-11-30T14:18:00Z"),
    },
  ],
  accountHref: "/account",
};

export const keptKeys: readonly Sample[] = [
  sample("keys", "storage/keys", some, around),
  sample("keys-none", "storage/keys", { ...some, told: "keys-deleted", kept: [] }, around, false),
];
