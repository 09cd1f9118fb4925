import { describe, expect, it } from "vitest";
import { webPhone as webPhoneEn } from "../../src/locale/en/web-phone.ts";
import { en } from "../../src/locale/en.ts";
import { languageTag, messagesFor, negotiate, parseLocale } from "../../src/locale/locale.ts";
import { datum, moment, parts, plain } from "../../src/locale/markup.ts";
import { webPhone as webPhoneRu } from "../../src/locale/ru/web-phone.ts";
import { ru } from "../../src/locale/ru.ts";

describe("the choice of language", () => {
  it("is this browser's before the site's, the site's before the account's, the account's before the browser's own, and English in the end", () => {
    expect(negotiate({ cookie: "ru", uiLocales: "en", acceptLanguage: "en" })).toBe("ru");
    expect(negotiate({ uiLocales: "ru en", account: "en", acceptLanguage: "en" })).toBe("ru");
    expect(negotiate({ account: "ru", acceptLanguage: "en" })).toBe("ru");
    expect(negotiate({ acceptLanguage: "kk,ru;q=0.9,en;q=0.8" })).toBe("ru");
    expect(negotiate({})).toBe("en");
  });

  it("goes by the browser's weights, not by its order, and never takes what it refuses", () => {
    expect(negotiate({ acceptLanguage: "en;q=0.5, ru-RU;q=0.9" })).toBe("ru");
    expect(negotiate({ acceptLanguage: "ru;q=0, en;q=0.1" })).toBe("en");
  });

  it("takes a region's language, in any case", () => {
    expect(negotiate({ uiLocales: "de RU-kz" })).toBe("ru");
  });

  it.each(["", " ", ";;;", "*", "ru;q=x", "\u0000", ",".repeat(1000)])("has an answer for %j", (acceptLanguage) => {
    expect(["en", "ru"]).toContain(negotiate({ acceptLanguage, uiLocales: acceptLanguage, cookie: acceptLanguage }));
  });

  it("knows the pseudo-language only where it is allowed", () => {
    expect(parseLocale("qps")).toBeUndefined();
    expect(negotiate({ cookie: "qps", acceptLanguage: "qps" })).toBe("en");
    expect(negotiate({ cookie: "qps", pseudoAllowed: true })).toBe("qps");
    expect(languageTag("qps")).toBe("en-XA");
  });
});

describe("the markup of messages", () => {
  it("keeps data as it is, whatever it looks like", () => {
    expect(parts(`*Sign in* to ${datum("*x* <b>")}`)).toEqual([
      { kind: "strong", text: "Sign in" },
      { kind: "words", text: " to " },
      { kind: "datum", text: "*x* <b>" },
    ]);
  });

  it("cannot be closed from within data", () => {
    expect(parts(datum("a\uE003b\uE000c"))).toEqual([{ kind: "datum", text: "abc" }]);
  });

  it("is gone from plain text", () => {
    expect(plain(`*a* ${datum("b")} ${moment(new Date(0), "00:00 UTC")}`)).toBe("a b 00:00 UTC");
  });
});

describe("Russian", () => {
  /** Every text of a language by its key; functions are asked with the same sample arguments. */
  function texts(value: unknown, key = ""): [string, string][] {
    if (typeof value === "string") return [[key, value]];
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).flatMap(([name, inner]) => texts(inner, `${key}.${name}`));
    }
    return [];
  }
  const english = new Map(texts(en));

  it("has words of its own for every message", () => {
    const same = texts(ru).filter(([key, text]) => text !== "" && english.get(key) === text);
    expect(same.map(([key]) => key)).toEqual([".registration.start.email", ".outbox.sms"]);
  });

  it("says число-вопрос and число-ответ, and вы without a capital", () => {
    for (const [key, text] of texts(ru)) {
      expect(text, key).not.toMatch(/челлендж|токен|пароль из SMS|[а-яё,] (?:Вы|Вас|Вам|Ваш)/);
    }
  });

  it("has words of its own for the web client as well", () => {
    const client = new Map(texts(webPhoneEn));
    const same = texts(webPhoneRu).filter(([key, text]) => text !== "" && client.get(key) === text);
    expect(same.map(([key]) => key)).toEqual([
      ".product",
      ".agree.wmid",
      ".devices.iphone",
      ".devices.ipad",
      ".devices.mac",
      ".account.email",
    ]);
    for (const [key, text] of texts(webPhoneRu)) expect(text, key).not.toMatch(/[а-яё,] (?:Вы|Вас|Вам|Ваш)/);
    for (const [key, text] of [...client, ...texts(webPhoneRu)])
      expect(text, key).not.toMatch(/challenge|\botp\b|token|invalid|токен|недействительн/i);
  });

  it("names the phone's screens as the phone does", () => {
    expect(ru.screens).toEqual({ login: "Вход", confirm: "Подтверждение", payment: "Платёж", activate: "Активация" });
  });
});

describe("tries that are left", () => {
  it("are counted in the language's own way", () => {
    expect(en.fields.response.wrong(1, "login").help).toContain("1 try left.");
    expect(en.fields.response.wrong(2, "login").help).toContain("2 tries left.");
    expect(ru.fields.response.wrong(2, "payment").help).toContain("Осталось попыток: 2.");
    expect(ru.fields.response.wrong(2, "payment").help).toContain("«*Платёж*»");
  });
});

describe("mails and SMS", () => {
  it.each(["en", "ru", "qps"] as const)("carry their code alone on a line, without markup (%s)", (locale) => {
    const { mail, sms } = messagesFor(locale);
    const written = mail.emailCode({ code: "K7QF29XW", site: "*Shop*" });
    expect(written.text).toMatch(/^ {4}K7QF29XW$/m);
    expect(written.text).toContain("*Shop*");
    expect(written.subject).toContain("K7QF29XW");
    const text = sms.phoneCode({ code: "204816", host: "id.example.org" });
    // Its last line, which is the same in every language, is added behind it: test/messaging/templates.test.ts.
    expect(text).toMatch(/^204816 [^\n]+$/);
  });

  it("fit one SMS in Latin letters and two in Cyrillic", () => {
    const message = { code: "204816", host: "id.example.org" };
    expect(en.sms.phoneCode(message).length).toBeLessThanOrEqual(160);
    expect(ru.sms.phoneCode(message).length).toBeLessThanOrEqual(2 * 67);
  });
});

describe("the pseudo-language", () => {
  const qps = messagesFor("qps");

  it("brackets, accents and lengthens every message, and leaves data and places alone", () => {
    expect(qps.login.identifier.next).toMatch(/^⟦Ñéxt[ ~]+⟧$/);
    const heading = qps.login.identifier.headingTo("Book shop");
    expect(plain(heading)).toMatch(/^⟦.*Book shop[ ~]+⟧$/);
    expect(qps.login.challenge.leftMinutes).toMatch(/\{m\}.*\{s\}/);
    expect(heading.length).toBeGreaterThan(en.login.identifier.headingTo("Book shop").length * 1.2);
  });
});
