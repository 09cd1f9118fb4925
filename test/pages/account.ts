/** The account page in every state. */
import type { DeviceList } from "../../src/http/device-views.ts";
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
const devices: DeviceList = {
  action: "/account/devices",
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
const noDevices: DeviceList = { ...devices, there: [], closed: [], room: "no-phone" };
/** As many as there can be, each as long as it can be. */
const longDeviceName = "Телефон Константина Константинопольского".slice(0, 40);
const manyDevices: DeviceList = {
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
  devices,
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
  devices: { ...devices, there: devices.there.slice(0, 1), closed: [] },
  wmids: [],
  settings: account.settings.map((one) => ({ ...one, on: false })),
  sites: [],
};
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
  accountHref: "/account",
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
      devices: manyDevices,
      sites: many,
      moreHref: "/account?from=5",
      firstHref: "/account",
    },
    { ...around, signedIn: exchange.signedIn ?? around.signedIn },
  ),
  sample("account-no-phone", "account/account", { ...none, told: "removed-last", devices: noDevices }, around),
  sample("account-renamed", "account/account", { ...account, told: "renamed" }, around, false),
  sample("account-removed", "account/account", { ...account, told: "removed" }, around, false),
  sample("account-full", "account/account", { ...account, told: "full", devices: manyDevices }, around),
  sample("account-nobody-to-confirm", "account/account", { ...account, told: "no-phone" }, around, false),
  sample("account-spent", "account/account", { ...account, told: "spent" }, around, false),
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
