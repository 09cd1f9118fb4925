/** Codes by SMS: a sign-in's, and an operation's. */
import type { SmsCodeData } from "../../src/http/views.ts";
import { exchange, form, path, type Sample, sample, signedIn } from "./sample.ts";

const code: SmsCodeData = { ...form, state: "open", backHref: `${path}/challenge` };

export const smsCodes: readonly Sample[] = [
  sample("login-email-code-before-sms", "login/email-code", { ...form, otherHref: `${path}/challenge`, before: "sms" }),
  sample("login-sms-code", "login/sms-code", code),
  sample("login-sms-code-long-name", "login/sms-code", code, exchange, false),
  sample("login-sms-code-wrong", "login/sms-code", {
    ...code,
    errors: [{ field: "code", code: "wrong", triesLeft: 2 }],
  }),
  sample(
    "login-sms-code-malformed",
    "login/sms-code",
    { ...code, errors: [{ field: "code", code: "malformed" }] },
    undefined,
    false,
  ),
  sample(
    "login-sms-code-too-many",
    "login/sms-code",
    { ...code, errors: [{ field: "code", code: "too-many" }] },
    undefined,
    false,
  ),
  sample("login-sms-code-resent", "login/sms-code", { ...code, told: "sent" }),
  sample("login-sms-code-too-soon", "login/sms-code", { ...code, told: "too-soon" }),
  sample("login-sms-code-waiting", "login/sms-code", { ...code, fate: "waiting" }, signedIn, false),
  sample("login-sms-code-sent", "login/sms-code", { ...code, fate: "sent" }, signedIn, false),
  sample("login-sms-code-delivered", "login/sms-code", { ...code, fate: "delivered" }, signedIn),
  sample("login-sms-code-failed", "login/sms-code", { ...code, fate: "failed" }, signedIn),
  sample("login-sms-code-withheld", "login/sms-code", { ...code, fate: "withheld" }, signedIn),
  sample("login-sms-code-expired", "login/sms-code", { ...code, state: "expired" }),
  sample("login-sms-code-exhausted", "login/sms-code", { ...code, state: "exhausted" }),
  sample(
    "login-sms-code-exhausted-too-soon",
    "login/sms-code",
    { ...code, state: "exhausted", told: "too-soon" },
    undefined,
    false,
  ),
  sample("login-sms-code-limited", "login/sms-code", { ...code, state: "limited" }),
];
