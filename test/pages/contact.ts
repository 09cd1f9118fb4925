/** The pages on which e-mail and phone are changed, in every state. */
import type { Views } from "../../src/http/views.ts";
import { plain, type Sample, sample } from "./sample.ts";

const around = { ...plain, path: "/account/contact", signedIn: { email: "alice@example.com" } };
const due = new Date("2026-11-25T14:35:00Z");
const contact: Views["contact/contact"] = {
  action: "/account/contact",
  email: "alice@example.com",
  phone: "+44•••••23",
  changeHref: { email: "/account/contact/email", phone: "/account/contact/phone" },
  waiting: [],
  accountHref: "/account",
};
const waiting: Views["contact/contact"] = {
  ...contact,
  waiting: [
    { kind: "email", to: "n•••@example.com", due },
    { kind: "phone", to: "+79•••••67", due },
  ],
};
const fresh: Views["contact/new"] = {
  action: "/account/contact/phone",
  errors: [],
  values: {},
  kind: "phone",
  backHref: "/account/contact",
};
const code: Views["contact/code"] = {
  action: "/account/contact/email/code",
  errors: [],
  values: {},
  kind: "email",
  to: "new-alice@example.com",
  newHref: "/account/contact/email",
};
const confirm: Views["contact/confirm"] = {
  action: "/account/contact/email/confirm",
  kind: "email",
  from: "alice@example.com",
  to: "konstantin.konstantinopolskiy.1985+webmoney@mail-service.example",
  backHref: "/account/contact",
};

export const contacts: readonly Sample[] = [
  sample("contact", "contact/contact", contact, around, false),
  sample("contact-waiting", "contact/contact", { ...waiting, told: "waiting" }, around),
  sample("contact-changed", "contact/contact", { ...contact, told: "changed" }, around, false),
  sample("contact-new", "contact/new", fresh, around),
  sample(
    "contact-new-wrong",
    "contact/new",
    { ...fresh, kind: "email", values: { email: "alice@" }, errors: [{ field: "email", code: "unrecognised" }] },
    around,
    false,
  ),
  sample("contact-code", "contact/code", code, around),
  sample(
    "contact-code-wrong",
    "contact/code",
    { ...code, kind: "phone", to: "+447700900123", errors: [{ field: "code", code: "wrong", triesLeft: 2 }] },
    around,
    false,
  ),
  sample("contact-confirm", "contact/confirm", confirm, around),
];
