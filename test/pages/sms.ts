/** Codes by SMS: a sign-in's, and an operation's. */
import type { SmsCodeData, Views } from "../../src/http/views.ts";
import type { Locale } from "../../src/locale/locale.ts";
import { describedAs } from "./operations.ts";
import { exchange, form, path, type Sample, sample, shop, signedIn } from "./sample.ts";

const code: SmsCodeData = { ...form, state: "open", backHref: `${path}/challenge` };

type OfOperation = Views["confirmation/sms-code"];
/** For a payment, in every language. */
const payment =
  (more: Partial<OfOperation> = {}, long = false) =>
  (locale: Locale): OfOperation => ({
    ...code,
    backHref: `${path}/operation`,
    described: describedAs("payment", locale, long ? { long } : {}),
    declineReasons: true,
    ...more,
  });

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
  sample("confirmation-sms-code", "confirmation/sms-code", payment({ fate: "sent" }), signedIn),
  sample("confirmation-sms-code-long", "confirmation/sms-code", payment({ fate: "delivered" }, true), exchange, false),
  sample(
    "confirmation-sms-code-wrong",
    "confirmation/sms-code",
    payment({ fate: "delivered", errors: [{ field: "code", code: "wrong", triesLeft: 1 }] }),
    signedIn,
  ),
  sample("confirmation-sms-code-stranger", "confirmation/sms-code", payment({ declineReasons: false }), shop, false),
  sample("confirmation-sms-code-withheld", "confirmation/sms-code", payment({ fate: "withheld" }), signedIn, false),
  sample("confirmation-sms-code-expired", "confirmation/sms-code", payment({ state: "expired" }), signedIn),
  sample("confirmation-sms-code-exhausted", "confirmation/sms-code", payment({ state: "exhausted" }), signedIn, false),
  sample("confirmation-sms-code-limited", "confirmation/sms-code", payment({ state: "limited" }), signedIn, false),
];
