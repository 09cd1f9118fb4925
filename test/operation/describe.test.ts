import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalise } from "../../src/e-num/jcs.ts";
import { plain } from "../../src/locale/markup.ts";
import type { Described, Operation } from "../../src/operation/operation.ts";
import { operations, operationsOf } from "./arbitraries.ts";
import { example, parsed, shipped, TYPES } from "./registry.ts";

/** As a person reads it: headline, then a line for each row; figures are marked with `#`. */
function told({ heading, submit, noun, amount, payee, rows }: Described): string[] {
  return [
    plain(heading),
    `[${submit}] ${noun}`,
    ...(amount === undefined ? [] : [`${amount.label}: ${amount.value} ${amount.currency}, ${amount.currencyName}`]),
    ...(payee === undefined ? [] : [[payee.label, payee.name, payee.purse, payee.wmid].filter(Boolean).join(" | ")]),
    ...rows.map(({ label, value, figures }) => `${label}: ${value}${figures ? " #" : ""}`),
  ].map((line) => line.replaceAll("\u00a0", " "));
}

const inLanguage = (type: string, locale: "en" | "ru") => told(shipped.describe(parsed(example(type)), locale));

describe("an operation in the person's language", () => {
  it("payment", () => {
    expect(inLanguage("payment", "en")).toEqual([
      "Pay 10.50 WMZ to Book shop?",
      "[Confirm payment] Payment",
      "Amount: 10.50 WMZ, US dollars",
      "Payee | Book shop | Z 1234 5678 9012 | 3012 3456 7890",
      "Description: Two books",
      "From your purse: Z 2109 8765 4321 #",
      "Order or invoice: 1042",
      "Request number: inv-1042 #",
    ]);
    expect(inLanguage("payment", "ru")).toEqual([
      "Оплатить 10,50 WMZ — «Book shop»?",
      "[Подтвердить платёж] Платёж",
      "Сумма: 10,50 WMZ, доллары США",
      "Получатель | Book shop | Z 1234 5678 9012 | 3012 3456 7890",
      "Описание: Two books",
      "С вашего кошелька: Z 2109 8765 4321 #",
      "Заказ или счёт: 1042",
      "Номер запроса: inv-1042 #",
    ]);
  });

  it("trust_transfer", () => {
    expect(inLanguage("trust_transfer", "en")).toEqual([
      "Transfer 1 250.50 WMZ by trust to Book shop?",
      "[Confirm transfer] Transfer by trust",
      "Amount: 1 250.50 WMZ, US dollars",
      "Payee | Book shop | Z 1234 5678 9012",
      "From your purse: Z 2109 8765 4321 #",
      "Your WMID: 3012 3456 7890 #",
      "Request number: tt-88 #",
    ]);
    expect(inLanguage("trust_transfer", "ru")).toEqual([
      "Перевести 1 250,50 WMZ по доверию — «Book shop»?",
      "[Подтвердить перевод] Перевод по доверию",
      "Сумма: 1 250,50 WMZ, доллары США",
      "Получатель | Book shop | Z 1234 5678 9012",
      "С вашего кошелька: Z 2109 8765 4321 #",
      "Ваш WMID: 3012 3456 7890 #",
      "Номер запроса: tt-88 #",
    ]);
  });

  it("trust_limit", () => {
    expect(inLanguage("trust_limit", "en")).toEqual([
      "Let WMID 3012 3456 7890 take up to 500 WMZ from your purse?",
      "[Confirm limit] Trust limit",
      "Limit in all: 500 WMZ, US dollars",
      "Trusted WMID | 3012 3456 7890",
      "Your purse: Z 1234 5678 9012 #",
      "At most a day: 50 WMZ per day #",
      "At most a week: 150 WMZ per week #",
      "At most a month: 300 WMZ per month #",
      "Term: 30 days #",
      "Request number: tl-7 #",
    ]);
    expect(inLanguage("trust_limit", "ru")).toEqual([
      "Разрешить WMID 3012 3456 7890 списать с вашего кошелька до 500 WMZ?",
      "[Подтвердить лимит] Лимит доверия",
      "Лимит всего: 500 WMZ, доллары США",
      "Доверенный WMID | 3012 3456 7890",
      "Ваш кошелёк: Z 1234 5678 9012 #",
      "Не больше за день: 50 WMZ в день #",
      "Не больше за неделю: 150 WMZ в неделю #",
      "Не больше за месяц: 300 WMZ в месяц #",
      "Срок: 30 дней #",
      "Номер запроса: tl-7 #",
    ]);
  });

  it("credit_request", () => {
    expect(inLanguage("credit_request", "en")).toEqual([
      "Ask for a credit of 1 500 WMC?",
      "[Confirm request] Credit request",
      "Credit: 1 500 WMC, credit",
      "Your credit purse | C 1234 5678 9012",
      "Description: Credit for the shop",
      "Term: 30 days #",
      "Interest: 0.25 % per day #",
      "Repayment: at the end of the term",
      "Request number: cr-2026-11-000317 #",
    ]);
    expect(inLanguage("credit_request", "ru")).toEqual([
      "Запросить кредит 1 500 WMC?",
      "[Подтвердить заявку] Заявка на кредит",
      "Кредит: 1 500 WMC, кредит",
      "Ваш кредитный кошелёк | C 1234 5678 9012",
      "Описание: Credit for the shop",
      "Срок: 30 дней #",
      "Процент: 0,25 % в день #",
      "Погашение: в конце срока",
      "Номер запроса: cr-2026-11-000317 #",
    ]);
  });

  it("credit_issue", () => {
    expect(inLanguage("credit_issue", "en")).toEqual([
      "Lend 1 000 000 WMZ to WMID 3012 3456 7890?",
      "[Confirm credit] Credit given",
      "Credit: 1 000 000 WMZ, US dollars",
      "Borrower | 3012 3456 7890",
      "From your purse: Z 1234 5678 9012 #",
      "Term: 365 days #",
      "Interest: 0.5 % per day #",
      "Request number: ci-12 #",
    ]);
    expect(inLanguage("credit_issue", "ru")).toEqual([
      "Выдать кредит 1 000 000 WMZ — WMID 3012 3456 7890?",
      "[Подтвердить выдачу] Выдача кредита",
      "Кредит: 1 000 000 WMZ, доллары США",
      "Заёмщик | 3012 3456 7890",
      "С вашего кошелька: Z 1234 5678 9012 #",
      "Срок: 365 дней #",
      "Процент: 0,5 % в день #",
      "Номер запроса: ci-12 #",
    ]);
  });

  it("profile_update", () => {
    expect(inLanguage("profile_update", "en")).toEqual([
      "Change your details?",
      "[Confirm change] Change of details",
      "Change 1: e-mail: alice@example.org → alice@example.com",
      "Change 2: phone: → +37120000001",
      "Request number: pu-5 #",
    ]);
    expect(inLanguage("profile_update", "ru")).toEqual([
      "Изменить ваши данные?",
      "[Подтвердить изменения] Изменение данных",
      "Изменение 1: e-mail: alice@example.org → alice@example.com",
      "Изменение 2: phone: → +37120000001",
      "Номер запроса: pu-5 #",
    ]);
  });

  it("security_settings", () => {
    expect(inLanguage("security_settings", "en")).toEqual([
      "Change the security setting “Confirm by SMS”?",
      "[Confirm change] Security setting",
      "Setting: Confirm by SMS",
      "Now: allowed",
      "After this: not allowed",
      "Request number: ss-3 #",
    ]);
    expect(inLanguage("security_settings", "ru")).toEqual([
      "Изменить настройку безопасности «Confirm by SMS»?",
      "[Подтвердить изменение] Настройка безопасности",
      "Настройка: Confirm by SMS",
      "Сейчас: allowed",
      "Станет: not allowed",
      "Номер запроса: ss-3 #",
    ]);
  });

  it("correspondent_add", () => {
    expect(inLanguage("correspondent_add", "en")).toEqual([
      "Add WMID 3012 3456 7890 to your correspondents?",
      "[Confirm correspondent] New correspondent",
      "WMID: 3012 3456 7890 #",
      "Name: Bob",
      "Request number: ca-9 #",
    ]);
    expect(inLanguage("correspondent_add", "ru")).toEqual([
      "Добавить WMID 3012 3456 7890 в корреспонденты?",
      "[Подтвердить корреспондента] Новый корреспондент",
      "WMID: 3012 3456 7890 #",
      "Имя: Bob",
      "Номер запроса: ca-9 #",
    ]);
  });

  it("keys", () => {
    expect(inLanguage("keys", "en")).toEqual([
      "Back up the keys of WMID 3012 3456 7890?",
      "[Confirm] Keys",
      "What is done: Back up the keys",
      "Your WMID: 3012 3456 7890 #",
      "Request number: k-1 #",
    ]);
    expect(inLanguage("keys", "ru")).toEqual([
      "Сохранить копию ключей WMID 3012 3456 7890?",
      "[Подтвердить] Ключи",
      "Действие: Сохранить копию ключей",
      "Ваш WMID: 3012 3456 7890 #",
      "Номер запроса: k-1 #",
    ]);
  });

  it.each(TYPES)("every word of ours is in the language that was asked for: %s", (type) => {
    const own = ({ heading, submit, noun, amount, payee, rows }: Described) =>
      [heading, submit, noun, amount?.label ?? "", payee?.label ?? "", ...rows.map(({ label }) => label)].filter(
        Boolean,
      );
    const operation = parsed(example(type));
    for (const words of own(shipped.describe(operation, "qps"))) expect(words).toMatch(/^⟦.*⟧/);
    for (const words of own(shipped.describe(operation, "ru"))) if (words !== "WMID") expect(words).toMatch(/[а-яё]/i);
  });
});

describe("a site's own words", () => {
  it("stand apart from ours in the heading, whatever they look like", () => {
    const payee = { purse: "Z123456789012", name: "*Bank*? Nothing is paid" };
    const operation = parsed(example("payment", { payee }));
    expect(shipped.describe(operation, "en").heading).toBe(
      "Pay \uE00010.50 WMZ\uE003 to \uE000*Bank*? Nothing is paid\uE003?",
    );
  });

  it("a payee without a name is called by its purse", () => {
    const operation = parsed(example("payment", { payee: { purse: "Z123456789012" } }));
    expect(plain(shipped.describe(operation, "ru").heading)).toBe(
      "Оплатить 10,50 WMZ — Z\u00a01234\u00a05678\u00a09012?",
    );
  });

  it("that could be read in two ways have a row for each part", () => {
    const rows = (changes: unknown) => told(shipped.describe(parsed(example("profile_update", { changes })), "en"));
    expect(rows([{ field: "a", from: "b → c", to: "d" }]).slice(2, -1)).toEqual([
      "Change 1, what: a",
      "Change 1, from: b → c",
      "Change 1, to: d",
    ]);
    expect(rows([{ field: "a", to: "b → c" }]).slice(2, -1)).toEqual(["Change 1, what: a", "Change 1, to: b → c"]);
    expect(rows([{ field: "a: b", to: "d" }]).slice(2, -1)).toEqual(["Change 1, what: a: b", "Change 1, to: d"]);
    expect(rows([{ field: "a", from: "b: c", to: "d" }]).slice(2, -1)).toEqual(["Change 1: a: b: c → d"]);
    expect(rows([{ field: "a", from: "b ➝ c", to: "d" }]).slice(2, -1)).toHaveLength(3);
    expect(rows([{ field: "a", from: "b -> c", to: "d" }]).slice(2, -1)).toHaveLength(3);
    expect(rows([{ field: "a", from: "b", to: "c ⟶ d" }]).slice(2, -1)).toHaveLength(3);
    expect(rows([{ field: "a\uA789 b", to: "d" }]).slice(2, -1)).toHaveLength(2);
    expect(rows([{ field: "a", from: "+371", to: "c = d" }]).slice(2, -1)).toHaveLength(1);
  });

  // U+05BE looks like a hyphen; behind it `: 100 → 500` is drawn as `500 → 100 :`, since numbers keep their own direction and the arrow its own.
  it("that are written from right to left turn no change round", () => {
    const rows = (change: object) =>
      told(shipped.describe(parsed(example("profile_update", { changes: [change] })), "en")).slice(2, -1);
    expect(rows({ field: "Daily limit\u05BE", from: "100", to: "500" })).toEqual([
      "Change 1, what: Daily limit\u05BE",
      "Change 1, from: 100",
      "Change 1, to: 500",
    ]);
    for (const letter of ["א", "ع", "ߊ", "٣", "\u{1E900}"]) {
      expect(rows({ field: "a", from: letter, to: "1" })).toHaveLength(3);
      expect(rows({ field: "a", from: "1", to: letter })).toHaveLength(3);
    }
  });
});

describe("what is bound is shown", () => {
  /** Without the sentences: what stands in amount, payee and rows alone must tell two operations apart. */
  const shown = (operation: Operation, locale: "en" | "ru") => {
    const { noun, amount, payee, rows } = shipped.describe(operation, locale);
    return JSON.stringify([noun, amount, payee, rows]);
  };

  it.each(["en", "ru"] as const)("no two operations have the same description (%s)", (locale) => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(operations, (operation) => {
        const [description, element] = [shown(operation, locale), canonicalise(operation)];
        expect(seen.get(description) ?? element).toBe(element);
        seen.set(description, element);
      }),
      { numRuns: 1000 },
    );
  });

  it("not even two lists of changes whose texts hold our own signs", () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(operationsOf("profile_update"), (operation) => {
        const [description, element] = [shown(operation, "en"), canonicalise(operation)];
        expect(seen.get(description) ?? element).toBe(element);
        seen.set(description, element);
      }),
      { numRuns: 1500 },
    );
  });

  it.each(TYPES)("every member has its place, once: %s", (type) => {
    fc.assert(
      fc.property(operationsOf(type), (operation) => {
        const { amount, payee, rows } = shipped.describe(operation, "en");
        const own = Object.keys(operation).filter((name) => name !== "type");
        const labels = rows.map(({ label }) => label.replace(/ [0-9]+(, .*)?$/, ""));
        const places = new Set(labels).size + (amount === undefined ? 0 : 1) + (payee === undefined ? 0 : 1);
        expect(places).toBe(own.length);
        expect(new Set(rows.map(({ label }) => label)).size).toBe(rows.length);
      }),
      { numRuns: 100 },
    );
  });

  it("digits can be read back", () => {
    fc.assert(
      fc.property(operationsOf("trust_limit"), (operation) => {
        const limit = JSON.parse(JSON.stringify(operation));
        const { amount, payee, rows } = shipped.describe(operation, "ru");
        const row = (label: string) => rows.find((one) => one.label === label)?.value;
        const decimal = (text = "") =>
          text
            .replace(/[^0-9,]/g, "")
            .replace(",", ".")
            .replace(/(\.[0-9])0$/, "$1") || undefined;
        expect(decimal(amount?.value)).toBe(limit.limit.value);
        expect(decimal(row("Не больше за день"))).toBe(limit.per_day?.value);
        expect(decimal(payee?.wmid)).toBe(limit.trusted_wmid);
        expect(row("Ваш кошелёк")?.replaceAll(" ", "")).toBe(limit.purse);
        expect(decimal(row("Срок"))).toBe(limit.term_days?.toString());
      }),
      { numRuns: 200 },
    );
  });
});
