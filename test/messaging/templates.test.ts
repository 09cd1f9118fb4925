import { describe, expect, test } from "vitest";
import { languages } from "../../src/locale/locale.ts";
import { isGsm, segmentsOf } from "../../src/messaging/gsm.ts";
import type { Unaddressed } from "../../src/messaging/messages.ts";
import { createWriter } from "../../src/messaging/templates.ts";
import { CHANGE, DELETION, every, NOON, WAIT } from "./samples.ts";

const write = createWriter({ issuer: "https://id.example.com" });
const writeOnPort = createWriter({ issuer: "http://localhost:3000" });

/** What is said in words of the language. */
const OWN_WORDS = ["event", "kind", "way", "by", "userAgent", "country"];

/** WMIDs are written by four. */
const unspaced = (text: string) => text.replace(/(?<=\d{4}) (?=\d{4})/g, "");

describe.each(languages.map(({ locale }) => locale))("messages in %s", (locale) => {
  test.each(Object.values(every))("$template says what it has to, in plain text", (content) => {
    const message: Unaddressed = { ...content, locale };
    const { subject, text } = write(message);
    expect(subject === undefined).toBe(content.channel === "sms");
    expect(subject ?? "").not.toMatch(/[\r\n]/);
    expect(`${subject} ${text}`).not.toMatch(/[\uE000-\uE003]|\[object|NaN|Invalid/);
    for (const [name, value] of Object.entries(content.params)) {
      if (typeof value !== "string" || value === "login" || OWN_WORDS.includes(name)) continue;
      // An SMS about a contact is read by who knows it.
      if (content.template !== "phone-contact-change" || name !== "to")
        expect(unspaced(text)).toContain(unspaced(value));
    }
    if (("until" in content.params && content.channel === "mail") || content.template === "device-activated") {
      expect(text).toMatch(/2026.*12:00.*UTC/);
      if (content.template === "device-activated") expect(text).toContain("https://id.example.com");
    }
  });

  test.each(Object.values(every))("$template as a mail says the same in HTML, and fetches nothing", (content) => {
    const { subject, text, html } = write({ ...content, locale });
    expect(html === undefined).toBe(subject === undefined);
    if (html === undefined) return;
    expect(html).toContain(`<html lang="${locale}">`);
    const body = html.slice(html.indexOf("<body"));
    const said = body
      .replace(/<[^>]+>/g, "")
      .replace(/&#39;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, "&");
    expect(said.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
    expect(html).not.toMatch(/<(?:img|script|link|style|iframe|form)|url\(|[ ;"]color:|background/i);
    for (const [, href = ""] of html.matchAll(/href="([^"]*)"/g))
      expect(href).toMatch(/^https:\/\/id\.example\.com(?:\/|$)/);
  });

  test("a deletion by those who run E-num is said to be theirs, and nobody is told to look for a thief's session", () => {
    const told = (by: "account" | "operator", event: "waiting" | "stopped" = "waiting") => {
      const params = { ...DELETION, by, event };
      return write({ ...every["account-deletion"], locale, params }).text;
    };
    expect(told("account")).toMatch(/signed in to your|вошёл в ваш/);
    expect(told("account")).toMatch(/Sign out everywhere|Выйти везде/);
    expect(told("operator")).toMatch(/who run E-num delete your account|Сотрудники E-num удаляют ваш счёт/);
    expect(told("operator")).not.toMatch(/Sign out everywhere|Выйти везде/);
    // On whose word they do it, the program cannot know.
    expect(told("operator")).not.toMatch(/as they were asked|их об этом попросили/);
    expect(told("account", "stopped")).toMatch(/Sign out everywhere|Выйти везде/);
    expect(told("operator", "stopped")).toMatch(/people who run E-num had ordered it|собирались сотрудники E-num/);
    expect(told("operator", "stopped")).not.toMatch(/Sign out everywhere|Выйти везде/);
  });

  test.each(["device-removed", "certificate-revoked"] as const)(
    "%s by those who run E-num does not say that it was asked of them, nor that the reader did it",
    (template) => {
      const told = (by: "account" | "operator") => {
        const content = every[template];
        return write(
          content.template === "device-removed"
            ? { ...content, locale, params: { ...content.params, by } }
            : { ...content, locale, params: { ...content.params, by } },
        ).text;
      };
      expect(told("operator")).toMatch(/by the people who run E-num \(|сотрудниками E-num \(/);
      expect(told("operator")).not.toMatch(/was you|was not you|были вы|были не вы/);
      expect(told("account")).toMatch(
        /If this was you[\s\S]*If it was not you|Если это были вы[\s\S]*Если это были не вы/,
      );
    },
  );

  test("a name is neither markup nor a link in HTML", () => {
    const name = '<b>"https://evil.example/" & https://id.example.com.evil/</b>';
    const { html } = write({ ...every["not-me"], locale, params: { site: name, at: NOON } });
    expect(html).not.toMatch(/<b>|href="[^"]*evil/);
    expect(html).toContain("&lt;b&gt;");
  });

  test("a sign-in from a new browser is told with its browser and place, and with nothing that the browser has made up", () => {
    const { params } = every["new-browser"];
    const told = write({ ...every["new-browser"], locale }).text;
    for (const part of ["Firefox 140, Windows", "203.0.113.7", locale === "ru" ? "Германия" : "Germany"])
      expect(told).toContain(part);
    const userAgent = "All is well, call +1 555 0100 (Linux)";
    const { text } = write({ ...every["new-browser"], locale, params: { ...params, userAgent, ip: "", by: "sms" } });
    expect(text).not.toContain("555");
    expect(text).toContain("https://id.example.com/account/care");
    const advice = (["response", "sms", "passkey"] as const).map(
      (by) => write({ ...every["new-browser"], locale, params: { ...params, by } }).text,
    );
    expect(new Set(advice).size).toBe(3);
  });

  test("a code by SMS ends with the line by which browsers fill it in on our host alone", () => {
    const { text } = write({ ...every["phone-code"], locale });
    expect(text.split("\n").at(-1)).toBe("@id.example.com #482193");
    // The line names a host; a port would make it no such line.
    expect(
      writeOnPort({ ...every["phone-code"], locale })
        .text.split("\n")
        .at(-1),
    ).toBe("@localhost #482193");
  });

  test.each(["waiting", "stopped", "done"] as const)(
    "a deletion that is %s is told in one SMS of the GSM alphabet or two of UCS-2, and in a mail of its own",
    (event) => {
      const params = { ...DELETION, event };
      const sms = write({ ...every["phone-account-deletion"], locale, params });
      expect(segmentsOf(sms.text)).toBeLessThanOrEqual(isGsm(sms.text) ? 1 : 2);
      const mail = write({ ...every["account-deletion"], locale, params });
      for (const { text } of [sms, mail]) expect(text.includes(DELETION.stop)).toBe(event === "waiting");
    },
  );

  test.each(["waiting", "done", "stopped", "refused"] as const)(
    "a change of a contact that is %s is told in one SMS of the GSM alphabet or two of UCS-2, and in a mail of its own",
    (event) => {
      const subjects = (["email", "phone"] as const).map((kind) => {
        const sms = write({ ...every["phone-contact-change"], locale, params: { ...CHANGE, event, kind } });
        expect(segmentsOf(sms.text)).toBeLessThanOrEqual(isGsm(sms.text) ? 1 : 2);
        expect(sms.text.includes(CHANGE.stop)).toBe(event === "waiting");
        const mail = write({ ...every["contact-change"], locale, params: { ...CHANGE, event, kind } });
        expect(mail.text).toContain(CHANGE.to);
        expect(mail.text.includes(CHANGE.stop)).toBe(event === "waiting");
        return mail.subject;
      });
      expect(new Set(subjects).size).toBe(2);
    },
  );

  test.each(["begun", "used", "ready", "stopped", "lapsed"] as const)(
    "a recovery that waits is told when it is %s in one SMS of the GSM alphabet or two of UCS-2, with its link while it can be stopped",
    (event) => {
      for (const way of ["contacts", "operator"] as const) {
        const sms = write({ ...every["phone-recovery-wait"], locale, params: { ...WAIT, event, way } });
        const mail = write({ ...every["recovery-wait"], locale, params: { ...WAIT, event, way } });
        expect(segmentsOf(sms.text)).toBeLessThanOrEqual(isGsm(sms.text) ? 1 : 2);
        for (const { text } of [sms, mail])
          expect(text.includes(WAIT.stop)).toBe(event !== "stopped" && event !== "lapsed");
      }
    },
  );

  const LONGEST = "Международная кредитная биржа взаимопомощи «Северное сияние» №12";
  const PLAIN = "The International Credit Exchange of Mutual Aid, Northern Light";

  test.each([LONGEST, PLAIN, "€".repeat(64), "😀".repeat(32)])(
    "a code for %s stays within one SMS of the GSM alphabet or two of UCS-2: names are cut, and nothing else",
    (name) => {
      const about = { noun: "Payment", amount: "999,999,999.99 WMZ", payee: { name, account: "Z 1234 5678 9012" } };
      for (const message of [
        { ...every["sign-in-code"], locale, params: { code: "042119", site: name } },
        { ...every["operation-code"], locale, params: { code: "042119", site: name, ...about } },
      ] satisfies Unaddressed[]) {
        const { text } = write(message);
        expect(segmentsOf(text)).toBeLessThanOrEqual(isGsm(text) ? 1 : 2);
        expect(text).toMatch(/^042119 .*\n\n@id\.example\.com #042119$/s);
        if (message.template === "operation-code")
          for (const kept of [about.amount, about.payee.account]) expect(text).toContain(kept);
      }
    },
  );

  test("an operation without amount or payee is named by what it is", () => {
    const params = { code: "042119", site: "Wallet", noun: "Change of profile" };
    const { text } = write({ ...every["operation-code"], locale, params });
    expect(text.split("\n")[0]).toContain("Change of profile");
    expect(text).not.toContain("undefined");
  });
});
