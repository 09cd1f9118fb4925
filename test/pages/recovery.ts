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
const code: Views["recovery/code"] = {
  action: "/recovery/code",
  errors: [],
  values: {},
  phoneHref: "/recovery/phone",
  backHref: "/recovery",
};
const phone: Views["recovery/phone"] = {
  action: "/recovery/phone",
  codeHref: "/recovery/code",
  backHref: "/recovery",
};
const phoneCode: Views["recovery/phone-code"] = {
  action: "/recovery/phone-code",
  errors: [],
  values: {},
  backHref: "/recovery",
};
const due = new Date("2026-11-28T03:12:00Z");
const lapses = new Date("2026-12-05T03:12:00Z");
const own: Views["recovery/own"] = {
  action: "/account/recovery-codes",
  codes: { left: 3, madeAt: new Date("2026-05-03T09:12:00Z") },
  accountHref: "/account",
};
const around = { ...plain, path: "/account/recovery-codes", signedIn: { email: "alice@example.com" } };
const recovering = { ...plain, path: "/recovery" };
const codes = Array.from({ length: 10 }, (_, place) => `7K2M-QX4T-9WBA-3FZ${place}`);

export const recoveries: readonly Sample[] = [
  sample(
    "recovery",
    "recovery/ladder",
    {
      devicesHref: "/account/devices",
      codeHref: "/recovery/start",
      phoneHref: "/recovery/start?by=phone",
      openHref: "/recovery/case/start",
      caseHref: "/recovery/case",
    },
    recovering,
  ),
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
  sample("recovery-phone", "recovery/phone", phone, recovering),
  sample("recovery-phone-unsent", "recovery/phone", { ...phone, problem: "unsent" }, recovering, false),
  sample(
    "recovery-phone-ready",
    "recovery/phone",
    { ...phone, begun: { state: "ready", until: lapses } },
    recovering,
    false,
  ),
  sample("recovery-phone-code", "recovery/phone-code", { ...phoneCode, resent: true }, recovering, false),
  sample(
    "recovery-waiting",
    "recovery/wait",
    { state: "waiting", due, until: lapses, backHref: "/recovery" },
    recovering,
  ),
  sample("recovery-ready", "recovery/wait", { state: "ready", until: lapses, action: "/recovery/wait" }, recovering),
  sample("recovery-over", "recovery/wait", { state: "over", backHref: "/recovery" }, recovering, false),
  sample(
    "recovery-stop",
    "stop/stop",
    { state: "open", action: "/stop/x", what: { kind: "recovery", way: "contacts" }, due },
    plain,
  ),
  sample(
    "recovery-stop-ready",
    "stop/stop",
    { state: "open", action: "/stop/x", what: { kind: "recovery", way: "operator", until: lapses }, due },
    plain,
  ),
  sample(
    "recovery-stopped-allowed",
    "stop/stop",
    { state: "stopped", what: { kind: "recovery", way: "operator" }, accountHref: "/account" },
    plain,
    false,
  ),
  sample("recovery-case-start", "recovery/case-start", start, recovering),
  sample(
    "recovery-case-opened",
    "recovery/case-opened",
    { reference: "7K2M-QX4T", code: "9WBA-3FZC-7K2M-QX4T", caseHref: "/recovery/case" },
    recovering,
  ),
  sample(
    "recovery-case",
    "recovery/case",
    { action: "/recovery/case", errors: [{ field: "code", code: "unknown-case" }], values: {}, backHref: "/recovery" },
    recovering,
  ),
  sample(
    "recovery-case-waiting",
    "recovery/case-state",
    { state: "waiting", due, until: lapses, backHref: "/recovery" },
    recovering,
    false,
  ),
  sample(
    "recovery-case-refused",
    "recovery/case-state",
    { state: "refused", backHref: "/recovery" },
    recovering,
    false,
  ),
  sample("recovery-codes", "recovery/own", own, around),
  sample("account-recovering", "recovery/own", own, {
    ...around,
    recovering: { state: "waiting", due, action: "/account/recovery" },
  }),
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
