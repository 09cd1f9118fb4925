/** The account page in every state. */
import type { Views } from "../../src/http/views.ts";
import { exchange, longName, plain, type Sample, sample } from "./sample.ts";

const around = { ...plain, path: "/account", signedIn: { email: "alice@example.com" } };
const account: Views["account/account"] = {
  action: "/account",
  email: "alice@example.com",
  phone: "+44•••••23",
  wmids: ["123456789012"],
  settings: [
    { demands: "no-sms", on: false },
    { demands: "operation", on: true },
  ],
  sites: [
    { clientId: "shop", name: "Book shop", origin: "books.example", on: true },
    { clientId: "library", name: "City library", origin: "library.example", on: false },
  ],
};
const none: Views["account/account"] = {
  ...account,
  wmids: [],
  settings: account.settings.map((one) => ({ ...one, on: false })),
  sites: [],
};
/** As many as are shown at once, and as long as each may be. */
const many = Array.from({ length: 12 }, (_, place) => ({
  clientId: `kreditnaya-birzha-vzaimopomoshchi-severnoe-siyanie-number-${place}-12`,
  name: longName,
  origin: "kreditnaya-birzha-severnoe-siyanie.example",
  on: place < 2,
}));

export const accounts: readonly Sample[] = [
  sample("account", "account/account", account, around),
  sample("account-new", "account/account", none, around),
  sample("account-on", "account/account", { ...account, told: "on" }, around),
  sample("account-off", "account/account", { ...account, told: "off" }, around),
  sample("account-unchanged", "account/account", { ...account, told: "unchanged" }, around),
  sample(
    "account-many-sites",
    "account/account",
    {
      ...account,
      email: exchange.signedIn?.email ?? "",
      wmids: ["123456789012", "987654321098"],
      sites: many,
      moreHref: "/account?from=12",
      firstHref: "/account",
    },
    { ...around, signedIn: exchange.signedIn ?? around.signedIn },
  ),
  sample("account-stopped", "account/stopped", { againHref: "/account" }, { ...plain, path: "/account/callback" }),
];
