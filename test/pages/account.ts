/** The account pages in every state. */

import { sectionGroups } from "../../src/account/sections.ts";
import { KINDS } from "../../src/history/rules.ts";
import type { Views } from "../../src/http/views.ts";
import { type Locale, languages, messagesFor } from "../../src/locale/locale.ts";
import { datum } from "../../src/locale/markup.ts";
import { describedAs } from "./operations.ts";
import { exchange, longName, plain, type Sample, sample, until } from "./sample.ts";

const phone = {
  name: "Alice’s Pixel 9",
  platform: "android",
  state: "active",
  addedAt: new Date("2026-05-03T09:12:00Z"),
  usedAt: new Date("2026-11-23T14:18:00Z"),
  renewing: false,
  here: true,
} as const;
const tablet = {
  ...phone,
  name: "Планшет на кухне",
  platform: "web",
  state: "locked",
  lockedUntil: until,
  usedAt: new Date("2025-12-30T08:00:00Z"),
  renewing: true,
  here: false,
} as const;
const waiting = {
  name: "New laptop",
  platform: "cli",
  state: "pending",
  addedAt: new Date("2026-11-23T14:10:00Z"),
  renewing: false,
  here: false,
} as const;
const devices: Views["device/devices"] = {
  action: "/account/devices",
  accountHref: "/account",
  there: [
    { ...phone, href: "/account/devices/1" },
    { ...tablet, href: "/account/devices/2" },
    { ...waiting, href: "/account/devices/3" },
  ],
  closed: [
    { name: "Old phone", endedAt: new Date("2026-10-01T10:00:00Z"), by: "account" },
    { name: "Alice’s work phone", endedAt: new Date("2026-09-12T10:00:00Z"), by: "device" },
  ],
  room: "free",
};
const noDevices: Views["device/devices"] = { ...devices, there: [], closed: [], room: "no-phone" };
/** As many as there can be, each as long as it can be. */
const longDeviceName = "Телефон Константина Константинопольского".slice(0, 40);
const manyDevices: Views["device/devices"] = {
  ...devices,
  there: Array.from({ length: 5 }, (_, place) => ({
    ...tablet,
    name: longDeviceName,
    href: `/account/devices/AAAAAAAAAAAAAAAAAAAAA${place}`,
  })),
  closed: Array.from({ length: 5 }, () => ({
    name: longDeviceName,
    endedAt: new Date("2026-10-01T10:00:00Z"),
    by: "operator" as const,
  })),
  room: "full",
};

const around = { ...plain, path: "/account", signedIn: { email: "alice@example.com" } };
const account: Views["account/account"] = {
  action: "/account",
  email: "alice@example.com",
  phone: "+44•••••23",
  wmids: ["123456789012"],
  since: new Date("2026-05-03T09:12:00Z"),
  groups: sectionGroups(),
};
const care: Views["account/care"] = {
  action: "/account/care",
  accountHref: "/account",
  settings: [
    { demands: "no-sms", on: false },
    { demands: "operation", on: true },
  ],
  sites: [
    { clientId: "shop", name: "Book shop", origin: "books.example", on: true },
    { clientId: "library", name: "City library", origin: "library.example", on: false },
  ],
};
const notifications: Views["account/notifications"] = {
  action: "/account/notifications",
  accountHref: "/account",
  notices: [
    { notice: "new-browser", on: true },
    { notice: "kept-keys", on: false },
    { notice: "certificate-expiring", on: true },
  ],
};
const language: Views["account/language"] = {
  action: "/account/language",
  accountHref: "/account",
  languages: languages.map(({ locale, name }) => ({ locale, name, chosen: locale === "en" })),
};
const off = care.settings.map((one) => ({ ...one, on: false }));
/** As many as are shown at once, and as long as each may be. */
const many = Array.from({ length: 5 }, (_, place) => ({
  clientId: `kreditnaya-birzha-vzaimopomoshchi-severnoe-siyanie-number-${place}-12`,
  name: longName,
  origin: "kreditnaya-birzha-severnoe-siyanie.example",
  on: place < 2,
}));

const firefox = {
  browser: "Firefox 140, Windows",
  country: "DE",
  ip: "2001:db8:0:1234:5678:9abc:def0:1234",
  since: new Date("2026-11-23T14:18:00Z"),
  sites: ["Book shop", "City library"],
};
const digest = "fbWlfZRyqRDHQIaLwGjBnkHwTsuc5f2uYzqDVMmDkUo";
const sessions: Views["account/sessions"] = {
  action: "/account/sessions",
  accountHref: "/account",
  sessions: [
    { ...firefox, name: digest, here: true },
    { name: digest, sites: [], here: false },
    { ...firefox, browser: "Chrome 141, Android", sites: [longName, longName], name: digest, here: false },
  ],
  more: false,
  fresh: true,
  known: [
    {
      digest,
      browser: "Firefox 140, Windows",
      country: "DE",
      firstAt: new Date("2026-05-03T09:12:00Z"),
      lastAt: new Date("2026-11-23T14:18:00Z"),
      here: true,
    },
    { digest, firstAt: new Date("2026-05-03T09:12:00Z"), lastAt: new Date("2026-10-01T10:00:00Z"), here: false },
  ],
  moreKnown: false,
};
const manySessions: Views["account/sessions"] = {
  ...sessions,
  sessions: Array.from({ length: 6 }, (_, place) => ({
    ...firefox,
    name: digest,
    sites: Array.from({ length: 3 }, () => longName),
    here: place === 0,
  })),
  more: true,
  known: Array.from({ length: 6 }, (_, place) => ({
    digest,
    browser: "Samsung Internet 28, Android",
    country: "VC",
    firstAt: new Date("2026-05-03T09:12:00Z"),
    lastAt: new Date("2026-10-01T10:00:00Z"),
    here: place === 0,
  })),
  moreKnown: true,
};

const lastAt = new Date("2026-11-23T14:18:00Z");
const site: Views["account/site"] = {
  action: "/account/sites/library",
  sitesHref: "/account/sites",
  name: "City library",
  origin: "library.example",
  firstParty: false,
  signsIn: true,
  scopes: ["email", "phone", "profile", "wmid", "offline_access"],
  servers: [
    {
      name: "Purse API",
      scopes: [{ name: "https://purses.example#purses:read", words: "See the balance of your purses" }],
    },
  ],
  since: new Date("2026-05-03T09:12:00Z"),
  lastAt,
  wmids: ["123456789012", "987654321098"],
  wmid: "987654321098",
};

const NO_SEARCH = { kind: "", site: "", from: "", to: "", q: "" };
const history = (locale: Locale): Views["account/history"] => ({
  action: "/account/history",
  accountHref: "/account",
  values: NO_SEARCH,
  kinds: KINDS,
  sites: [
    { clientId: "shop", name: "Book shop" },
    { clientId: "exchange", name: longName },
  ],
  entries: [
    {
      at: lastAt,
      title: messagesFor(locale).history.events["login.accepted"],
      site: "Book shop",
      device: phone.name,
      details: [],
    },
    {
      at: lastAt,
      title: messagesFor(locale).history.events["operation.confirmed"],
      site: longName,
      device: phone.name,
      details: ["Payment: 10.50 WMZ", "Z 1234 5678 9012"].map(datum),
      href: "/account/history/AAAAAAAAAAAAAAAAAAAAAA",
    },
  ],
  csvHref: "/account/history.csv",
  jsonHref: "/account/history.json",
  olderHref: "/account/history?before=1.a",
});
const manyEntries = (locale: Locale): Views["account/history"] => ({
  ...history(locale),
  values: { kind: "confirmation", site: "exchange", from: "2026-11-01", to: "2026-11-25", q: "Северное сияние" },
  sites: Array.from({ length: 10 }, (_, place) => ({ clientId: `kreditnaya-birzha-${place}`, name: longName })),
  entries: Array.from({ length: 10 }, () => ({
    at: lastAt,
    title: messagesFor(locale).history.events["operation.confirmed"],
    site: longName,
    device: longDeviceName,
    details: ["Payment: 10,000,000.50 WMZ", `${longName}, Z 1234 5678 9012`].map(datum),
    href: "/account/history/AAAAAAAAAAAAAAAAAAAAAA",
  })),
  newestHref: "/account/history",
});
const confirmation = (locale: Locale): Views["account/confirmation"] => ({
  described: describedAs("payment", locale),
  site: "Book shop",
  device: phone.name,
  confirmedAt: lastAt,
  confirmationId: "AAAAAAAAAAAAAAAAAAAAAA",
  binding: "operation",
  receipt: `eyJhbGciOiJFUzI1NiJ9.${"eyJ0eG4iOiJBQUFBQUFBQUFBQUFBIn0".repeat(20)}.c2lnbmF0dXJl`,
  historyHref: "/account/history",
  verifyHref: "/confirmations/verify",
});

const device: Views["device/device"] = {
  action: "/account/devices/1",
  errors: [],
  values: { name: phone.name },
  device: phone,
  removeHref: "/account/devices/1/remove",
  listHref: "/account/devices",
};
const removal: Views["device/remove"] = {
  action: "/account/devices/1/remove",
  device: phone,
  last: false,
  deviceHref: "/account/devices/1",
};
const code: Views["device/email-code"] = {
  action: "/account/devices/1/email-code",
  errors: [],
  values: {},
  device: phone.name,
  email: "alice@example.com",
  last: false,
  removeHref: "/account/devices/1/remove",
};

export const accounts: readonly Sample[] = [
  sample("account", "account/account", account, around),
  sample(
    "account-long",
    "account/account",
    { ...account, email: exchange.signedIn?.email ?? "", wmids: ["123456789012", "987654321098"] },
    { ...around, signedIn: exchange.signedIn ?? around.signedIn },
  ),
  sample("account-care", "account/care", { ...care, told: "on" }, around),
  sample("account-care-new", "account/care", { ...care, settings: off, sites: [] }, around, false),
  sample("account-care-off", "account/care", { ...care, told: "off" }, around, false),
  sample("account-care-unchanged", "account/care", { ...care, told: "unchanged" }, around, false),
  sample(
    "account-care-many-sites",
    "account/care",
    { ...care, sites: many, moreHref: "/account/care?from=5", firstHref: "/account/care" },
    around,
  ),
  sample("account-notifications", "account/notifications", { ...notifications, told: "notice-on" }, around),
  sample("account-language", "account/language", { ...language, told: "language-chosen" }, around),
  sample("account-sessions", "account/sessions", { ...sessions, told: "ended" }, around),
  sample("account-sessions-again", "account/sessions", { ...sessions, fresh: false }, around),
  sample("account-sessions-many", "account/sessions", { ...manySessions, told: "forgotten" }, around, false),
  sample(
    "account-sites",
    "account/sites",
    {
      accountHref: "/account",
      told: "withdrawn",
      sites: [
        { name: "Book shop", origin: "books.example", href: "/account/sites/shop", lastAt },
        { name: longName, href: "/account/sites/exchange" },
      ],
      moreHref: "/account/sites?from=10",
      firstHref: "/account/sites",
    },
    around,
  ),
  sample("account-sites-none", "account/sites", { accountHref: "/account", sites: [] }, around, false),
  sample("account-site", "account/site", { ...site, told: "wmid-chosen" }, around),
  sample(
    "account-site-first-party",
    "account/site",
    {
      ...site,
      name: longName,
      firstParty: true,
      scopes: ["wmid"],
      servers: [],
      wmids: ["123456789012"],
      wmid: "123456789012",
    },
    around,
    false,
  ),
  sample("account-history", "account/history", history, around),
  sample("account-history-many", "account/history", manyEntries, around),
  sample(
    "account-history-nothing",
    "account/history",
    (locale) => ({ ...history(locale), values: { ...NO_SEARCH, q: "x" }, entries: [] }),
    around,
    false,
  ),
  sample("account-confirmation", "account/confirmation", confirmation, around),
  sample("devices", "device/devices", devices, around),
  sample("devices-no-phone", "device/devices", { ...noDevices, told: "removed-last" }, around),
  sample("devices-renamed", "device/devices", { ...devices, told: "renamed" }, around, false),
  sample("devices-removed", "device/devices", { ...devices, told: "removed" }, around, false),
  sample("devices-full", "device/devices", { ...manyDevices, told: "full" }, around),
  sample("devices-nobody-to-confirm", "device/devices", { ...devices, told: "no-phone" }, around, false),
  sample("devices-spent", "device/devices", { ...devices, told: "spent" }, around, false),
  sample("device", "device/device", device, { ...around, path: "/account/devices/1" }),
  sample(
    "device-wrong",
    "device/device",
    { ...device, device: tablet, values: { name: "" }, errors: [{ field: "name", code: "empty" }] },
    around,
  ),
  sample("device-remove", "device/remove", removal, around),
  sample("device-remove-last", "device/remove", { ...removal, last: true }, around),
  sample("device-remove-pending", "device/remove", { ...removal, device: waiting }, around),
  sample("device-email-code", "device/email-code", code, around),
  sample(
    "device-email-code-wrong",
    "device/email-code",
    { ...code, last: true, values: { code: "ABCD2345" }, errors: [{ field: "code", code: "wrong", triesLeft: 2 }] },
    around,
  ),
  sample("device-email-code-resent", "device/email-code", { ...code, resent: true }, around, false),
  sample("account-stopped", "account/stopped", { againHref: "/account" }, { ...plain, path: "/account/callback" }),
];
