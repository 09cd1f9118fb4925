import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { Views } from "../../src/http/views.ts";
import type { Locale } from "../../src/locale/locale.ts";
import { samples } from "./list.ts";
import { html, renderer } from "./server.ts";

const LOCALES: readonly Locale[] = ["en", "ru", "qps"];
const pages = samples.flatMap((sample) =>
  LOCALES.map((locale) => ({ name: sample.name, view: sample.view, locale, page: html(sample, locale) })),
);

const first = (text: string, pattern: RegExp) => pattern.exec(text)?.[1] ?? "";
const words = (markup: string) => markup.replace(/<[^>]+>/g, "");

/** What people read and hear: without style, and without data that is somebody else's words. */
function prose(page: string): string {
  const body = page.slice(page.indexOf("<body"));
  return words(body.replace(/<(\w+)[^>]* translate="no"[^>]*>.*?<\/\1>/gs, " "));
}

/** Pages with a script of their own. */
const MODULES: Partial<Record<keyof Views, string>> = {
  "certificate/new": "/certificates/pages.js",
  "certificate/certificate": "/certificates/pages.js",
};

describe.each(pages)("$name in $locale", ({ page, locale, view }) => {
  it("is under 30 kB, complete in its first answer", () => {
    expect(Buffer.byteLength(page)).toBeLessThan(30_000);
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\/(?!books\.example|id\.example)/);
  });

  it("says in its title what its heading says", () => {
    const heading = words(first(page, /<h1[^>]*>(.*?)<\/h1>/s));
    const title = first(page, /<title>(.*?)<\/title>/s);
    expect(heading).not.toBe("");
    expect(title.replace(/^(Error:|Ошибка:|⟦Éŕŕöŕ:[^⟧]*⟧) /, "")).toBe(`${heading} · E-num ID`);
    expect(page.match(/<h1/g)).toHaveLength(1);
  });

  it("begins its title with the word for an error where a field has one", () => {
    const wrong = page.includes('class="notice bad"');
    const start = locale === "ru" ? "Ошибка:" : locale === "en" ? "Error:" : "⟦Éŕŕöŕ:";
    expect(first(page, /<title>(.*?)<\/title>/s).startsWith(start)).toBe(wrong);
  });

  it("has neither inline style nor inline handlers, which its own policy forbids", () => {
    expect(page).not.toMatch(/<[^>]+\s(?:style|on[a-z]+)=/);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page.match(/<script[^>]*>/g)).toEqual([
      `<script src="${renderer.script.path}" defer>`,
      ...(MODULES[view] === undefined ? [] : [`<script type="module" src="${MODULES[view]}">`]),
      ...(page.includes("data-passkey=") ? [`<script src="${renderer.passkeyScript.path}" defer>`] : []),
    ]);
  });

  it("has no unfilled place", () => {
    expect(page).not.toMatch(/undefined|\[object|NaN|[\uE000-\uE003]|=""[^ >]/);
    expect(prose(page)).not.toMatch(/\*|\{[a-z]\}/);
  });

  it("never says challenge, OTP, token or invalid", () => {
    expect(prose(page)).not.toMatch(/challenge|\botp\b|token|invalid|токен|недействительн/i);
  });
});

/** The hooks of PROTOCOL section 7, by view. */
const HOOKS: { readonly [view: string]: readonly RegExp[] } = {
  "login/identifier": [/name="identifier"/, /value="next"/],
  "passkey/new": [/name="credential"/, /value="passkey"/],
  "login/challenge": [/data-enum-challenge="48219370"/, /value="decline"/],
  "login/email-code": [/name="code"/, /value="next"/, /value="resend"/, /value="decline"/],
  "login/admission": [/value="next"/, /value="admit"/],
  "registration/start": [/name="email"/, /name="phone"/, /value="next"/],
  "registration/email-code": [/name="code"/, /value="next"/, /value="resend"/],
  "registration/phone-code": [/name="code"/, /value="next"/, /value="resend"/],
  "enrolment/first-response": [/data-enum-challenge="61730482"/, /name="response"/, /value="next"/],
  "enrolment/ended": [/value="new-challenge"/, /role="alert"/],
  "enrolment/done": [/value="next"/],
  "confirmation/operation": [/data-enum-challenge="48219370"/, /value="decline"/],
  "confirmation/identifier": [/name="identifier"/, /value="next"/, /value="register"/, /value="decline"/],
  "confirmation/receipt": [/name="receipt"/, /value="next"/],
  "account/account": [
    /<form id="everywhere" method="post" action="\/account">/,
    /form="everywhere"[^>]* value="sign-out"/,
  ],
  "account/care": [
    /<form id="settings" method="post" action="\/account\/care">/,
    /form="settings"[^>]* value="o(n|ff) no-sms"/,
  ],
  "account/sessions": [
    /form="sessions"[^>]* value="(end [\w-]+|again)"/,
    /value="(end-others|again)"/,
    /value="forget [\w-]+"/,
  ],
  "account/site": [/form="revoke"[^>]* value="revoke"/],
  "device/device": [/name="name"/, /value="rename"/],
  "device/remove": [/value="(confirm|remove)"/],
  "device/email-code": [/name="code"/, /value="next"/, /value="resend"/],
  "consent/consent": [/value="allow"/, /value="decline"/],
  "user-code/enter": [/name="user_code"/, /name="xsrf" value="b1c2"/],
  "user-code/confirm": [/name="confirm" value="yes"/, /name="abort" value="yes"/, /WDJB-MJHT/],
  "signing-out/confirm": [
    /id="op.logoutForm"/,
    /name="xsrf" value="b1c2"/,
    /form="op.logoutForm"[^>]* name="logout" value="yes"/,
  ],
  "error/error": [/role="alert"/],
};

describe("hooks of the protocol", () => {
  it.each(pages.filter(({ view }) => HOOKS[view] !== undefined))("are on $name in $locale", ({ page, view }) => {
    for (const hook of HOOKS[view] ?? []) expect(page).toMatch(hook);
  });

  const named = (name: string) => pages.find((one) => one.name === name && one.locale === "en")?.page ?? "";

  it("an open check number takes a response, an answer by phone, and is in a QR code", () => {
    const page = named("login-challenge");
    for (const hook of [
      /name="response"/,
      /value="next"/,
      /value="answered"/,
      /data-enum-qr="enum:l\?c=48219370&amp;r=/,
    ]) {
      expect(page).toMatch(hook);
    }
  });

  it.each(["login-challenge-expired", "login-challenge-exhausted"])("%s offers a new number and no field", (name) => {
    expect(named(name)).toMatch(/value="new-challenge"/);
    expect(named(name)).not.toMatch(/name="response"/);
  });

  it("a time that ran out is no error", () => {
    expect(named("login-challenge-expired")).not.toMatch(/role="alert"/);
  });

  it("an activation code is marked without its hyphen", () => {
    expect(named("enrolment-activate")).toMatch(/data-enum-activation="K7QF29XWTA"/);
    expect(named("enrolment-activate-expired")).toMatch(/value="new-challenge"/);
    expect(named("enrolment-activate-expired")).not.toMatch(/data-enum-activation/);
  });

  it("an error stands in an alert that leads to its field, and beside the field", () => {
    const page = named("login-challenge-wrong");
    expect(page).toMatch(/role="alert"[^>]*>[\s\S]*?href="#response"/);
    expect(page).toMatch(/id="response"[^>]* aria-describedby="response-error response-hint" aria-invalid="true"/);
    expect(page).toContain("2 tries left.");
  });

  it("what was typed is kept", () => {
    expect(named("login-challenge-wrong")).toMatch(/id="response"[^>]* value="6754654"/);
    expect(named("registration-start-wrong")).toMatch(/id="email"[^>]* value="alice"/);
  });

  it("Enter in a field presses the primary button: it is the first in its form", () => {
    for (const { page, name } of pages) {
      for (const form of page.match(/<form[\s\S]*?<\/form>/g) ?? []) {
        const buttons = form.match(/<button[^>]*>/g) ?? [];
        const visible = buttons.filter(
          (button) => !button.includes("new-challenge") || !form.includes('name="response"'),
        );
        if (visible[0] !== undefined) expect(visible[0], name).toContain('class="primary"');
      }
    }
  });
});

describe("a site's name", () => {
  const named = (name: string) =>
    renderer
      .render({ locale: "en", path: "/x", development: false, site: { name } }, "login/identifier", {
        action: "/x",
        errors: [],
        values: {},
        registration: true,
        recoveryHref: "/recovery",
        passkey: { action: "/x", options: "{}" },
      })
      .toString();

  it("is text, never markup", () => {
    expect(named("<img src=x onerror=alert(1)>")).not.toContain("<img");
    expect(named('"><b>*shop*')).toContain('<bdi translate="no">&quot;&gt;&lt;b&gt;*shop*</bdi>');
  });

  it("cannot reorder the words around it", () => {
    expect(named("shop\u202e")).toContain('Sign in to <bdi translate="no">');
  });
});

describe("the language switch", () => {
  it("keeps the page's query", () => {
    const page = renderer.render({ locale: "en", path: "/a?b=c", development: false }, "home/home", {
      accountHref: "/account",
      phoneHref: "/phone",
      discoveryHref: "/d",
    });
    expect(page.toString()).toContain('href="/a?b=c&amp;lang=ru"');
  });
});

describe("the page's script", () => {
  it("is under 4 kB and its path follows its content", () => {
    expect(Buffer.byteLength(renderer.script.body)).toBeLessThan(4096);
    expect(renderer.script.path).toMatch(/^\/assets\/page\.[0-9a-f]{12}\.js$/);
  });
});
