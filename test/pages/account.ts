/** The account pages in every state. */
import { pathOf, SECTIONS } from "../../src/account/sections.ts";
import type { Views } from "../../src/http/views.ts";
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
  sections: SECTIONS.map((section) => ({ section, href: pathOf(section) })),
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
const off = care.settings.map((one) => ({ ...one, on: false }));
/** As many as are shown at once, and as long as each may be. */
const many = Array.from({ length: 5 }, (_, place) => ({
  clientId: `kreditnaya-birzha-vzaimopomoshchi-severnoe-siyanie-number-${place}-12`,
  name: longName,
  origin: "kreditnaya-birzha-severnoe-siyanie.example",
  on: place < 2,
}));

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
