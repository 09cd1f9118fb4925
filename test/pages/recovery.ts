/** The way back of who has lost the phone, and the pages of the codes on paper. */
import type { Views } from "../../src/http/views.ts";
import { plain, type Sample, sample } from "./sample.ts";

const start: Views["recovery/start"] = { action: "/recovery/start", errors: [], values: {}, backHref: "/recovery" };
const emailCode: Views["recovery/email-code"] = {
  action: "/recovery/email-code",
  errors: [],
  values: {},
  startHref: "/recovery/start",
};
const code: Views["recovery/code"] = { action: "/recovery/code", errors: [], values: {}, backHref: "/recovery" };
const own: Views["recovery/own"] = {
  action: "/account/recovery-codes",
  codes: { left: 3, madeAt: new Date("2026-05-03T09:12:00Z") },
  accountHref: "/account",
};
const around = { ...plain, path: "/account/recovery-codes", signedIn: { email: "alice@example.com" } };
const recovering = { ...plain, path: "/recovery" };
const codes = Array.from({ length: 10 }, (_, place) => `7K2M-QX4T-9WBA-3FZ${place}`);

export const recoveries: readonly Sample[] = [
  sample("recovery", "recovery/ladder", { devicesHref: "/account/devices", codeHref: "/recovery/start" }, recovering),
  sample("recovery-start", "recovery/start", start, recovering, false),
  sample("recovery-email-code", "recovery/email-code", { ...emailCode, resent: true }, recovering, false),
  sample("recovery-code", "recovery/code", code, recovering),
  sample(
    "recovery-code-unfit",
    "recovery/code",
    { ...code, values: { code: "7K2M-QX4T" }, errors: [{ field: "code", code: "unfit" }] },
    recovering,
    false,
  ),
  sample("recovery-codes", "recovery/own", own, around),
  sample(
    "recovery-codes-none",
    "recovery/own",
    { action: own.action, accountHref: own.accountHref, told: "shown" },
    around,
    false,
  ),
  sample(
    "recovery-codes-ready",
    "recovery/ready",
    { action: "/account/recovery-codes/new", operation: "recovery_codes.AAAAAA", ownHref: "/account/recovery-codes" },
    around,
    false,
  ),
  sample("recovery-codes-list", "recovery/list", { codes, ownHref: "/account/recovery-codes" }, around),
];
