/** The pages on which an operation is confirmed, in every state, and those about receipts. */
import { drawQr } from "../../src/http/qr.ts";
import type { Described, ReceiptOutcome, Views } from "../../src/http/views.ts";
import type { Locale } from "../../src/locale/locale.ts";
import { datum } from "../../src/locale/markup.ts";
import { exchange, form, longName, number, path, plain, type Sample, sample, shop, signedIn, until } from "./sample.ts";

/** As long as PROTOCOL 4 allows: 700 characters. */
const signed = drawQr(`enum:o?c=${number}&r=Zt0bV9kq3mXyR2aLw4pQ7s&t=${"eyJ0eXAiOiJKV1Qi".repeat(42)}`.slice(0, 700));

/** An operation's words stand in `config/operations`, so a sample brings its own; pseudo-words are in brackets. */
/** Data of headings is marked, as `describe` marks it. */
type Words = { readonly en: string; readonly ru: string };
const say = ({ en, ru }: Words, locale: Locale): string => (locale === "qps" ? `⟦${en} ~~~~~⟧` : { en, ru }[locale]);
const row = (locale: Locale, label: Words, value: string, figures = false) => ({
  label: say(label, locale),
  value,
  figures,
});

const dollars: Words = { en: "WebMoney US dollars", ru: "Доллары США WebMoney" };
const confirmPayment: Words = { en: "Confirm payment", ru: "Подтвердить платёж" };
const noun: Words = { en: "Payment", ru: "Платёж" };

const amountLabel: Words = { en: "Amount", ru: "Сумма" };
const payeeLabel: Words = { en: "Payee", ru: "Получатель" };

function amount(locale: Locale, en: string, ru: string, label = amountLabel) {
  return {
    label: say(label, locale),
    value: locale === "ru" ? ru : en,
    currency: "WMZ",
    currencyName: say(dollars, locale),
  };
}

function payment(locale: Locale): Described {
  return {
    heading: say(
      {
        en: `Pay ${datum("10.50 WMZ")} to ${datum("Book shop")}?`,
        ru: `Оплатить ${datum("10,50 WMZ")} — «${datum("Книжный магазин")}»?`,
      },
      locale,
    ),
    submit: say(confirmPayment, locale),
    noun: say(noun, locale),
    amount: amount(locale, "10.50", "10,50"),
    payee: {
      label: say(payeeLabel, locale),
      name: locale === "ru" ? "Книжный магазин" : "Book shop",
      purse: "Z 1234 5678 9012",
    },
    rows: [
      row(
        locale,
        { en: "For", ru: "Назначение" },
        locale === "ru" ? "Три книги и доставка" : "Three books and delivery",
      ),
      row(locale, { en: "Order", ru: "Заказ" }, "A-2026-11874", true),
    ],
  };
}

function large(locale: Locale): Described {
  return {
    heading: say(
      {
        en: `Pay ${datum("1 250 000.00 WMZ")} to ${datum(longName)}?`,
        ru: `Оплатить ${datum("1 250 000,00 WMZ")} — «${datum(longName)}»?`,
      },
      locale,
    ),
    submit: say(confirmPayment, locale),
    noun: say(noun, locale),
    amount: amount(locale, "1 250 000.00", "1 250 000,00"),
    payee: { label: say(payeeLabel, locale), name: longName, purse: "Z 1234 5678 9012", wmid: "1234 5678 9012" },
    rows: [
      row(
        locale,
        { en: "For", ru: "Назначение" },
        "Погашение займа по договору №2026/11-874-КБ от 3 октября 2026 года, основной долг и проценты за октябрь и ноябрь, без НДС, по счёту 118/74",
      ),
      row(locale, { en: "From your purse", ru: "С вашего кошелька" }, "Z 9876 5432 1098", true),
      row(locale, { en: "Invoice", ru: "Счёт на оплату" }, `INV-${"2026118740".repeat(6)}`, true),
    ],
  };
}

/** The largest amount and the smallest one that a statement can hold (PROTOCOL 3). */
function extreme(locale: Locale, en: string, ru: string): Described {
  const { rows, ...rest } = payment(locale);
  const heading = {
    en: `Pay ${datum(`${en} WMZ`)} to ${datum("Book shop")}?`,
    ru: `Оплатить ${datum(`${ru} WMZ`)} — «${datum("Книжный магазин")}»?`,
  };
  return { ...rest, heading: say(heading, locale), amount: amount(locale, en, ru), rows: [] };
}

function trustLimit(locale: Locale): Described {
  return {
    heading: say(
      {
        en: `Let ${datum("3456 7890 1234")} spend up to ${datum("500 WMZ")}?`,
        ru: `Доверить ${datum("3456 7890 1234")} до ${datum("500 WMZ")}?`,
      },
      locale,
    ),
    submit: say({ en: "Confirm the limit", ru: "Подтвердить лимит" }, locale),
    noun: say({ en: "Trust limit", ru: "Лимит доверия" }, locale),
    amount: amount(locale, "500", "500", { en: "Limit", ru: "Лимит" }),
    payee: { label: say({ en: "Whom you trust", ru: "Кому доверяете" }, locale), wmid: "3456 7890 1234" },
    rows: [
      row(locale, { en: "Your purse", ru: "Ваш кошелёк" }, "Z 9876 5432 1098", true),
      row(locale, { en: "At most per day", ru: "Не больше в день" }, "50 WMZ", true),
      row(locale, { en: "At most per week", ru: "Не больше в неделю" }, "150 WMZ", true),
      row(locale, { en: "At most per month", ru: "Не больше в месяц" }, "500 WMZ", true),
      row(locale, { en: "For how long", ru: "На какой срок" }, locale === "ru" ? "90 дней" : "90 days"),
    ],
  };
}

function correspondent(locale: Locale): Described {
  return {
    heading: say(
      { en: `Add ${datum("Bob")} as a correspondent?`, ru: `Добавить корреспондента «${datum("Bob")}»?` },
      locale,
    ),
    submit: say({ en: "Confirm", ru: "Подтвердить" }, locale),
    noun: say({ en: "New correspondent", ru: "Новый корреспондент" }, locale),
    rows: [
      row(locale, { en: "WMID", ru: "WMID корреспондента" }, "3456 7890 1234", true),
      row(locale, { en: "Name", ru: "Имя" }, "Bob"),
    ],
  };
}

type Operation = Views["confirmation/operation"];
const challenge = {
  ...form,
  number,
  state: "open",
  expiresInSeconds: 252,
  qr: signed,
  statusHref: `${path}/status`,
  unusual: [],
  declineReasons: true,
  screen: "payment",
} as const satisfies Omit<Operation, "described">;
const stranger = {
  declineReasons: false,
  otherHref: `${path}/identifier`,
  noPhoneHref: `${path}/no-phone`,
} as const satisfies Partial<Operation>;

function operation(
  name: string,
  described: (locale: Locale) => Described,
  more: Partial<Operation> = {},
  around = signedIn,
): Sample {
  return sample(
    `confirmation-${name}`,
    "confirmation/operation",
    (locale) => ({ ...challenge, ...more, described: described(locale) }),
    around,
  );
}

const pasted = `eyJhbGciOiJFUzI1NiIsInR5cCI6ImVudW0tcmVjZWlwdCtqd3QifQ.${"eyJpc3MiOiJodHRwczovL2lkIn0".repeat(20)}.c2ln`;
const receipt = { action: "/confirmations/verify", errors: [], values: { receipt: pasted } };
const genuine = {
  kind: "genuine",
  site: "Book shop",
  confirmedAt: new Date("2026-11-23T14:20:07Z"),
  confirmationId: "cnf_7f3k22qd9m4x",
  acr: "operation",
  binding: "operation",
  signedByDevice: true,
} as const satisfies Omit<ReceiptOutcome & { kind: "genuine" }, "described">;
const reasons = ["not-a-receipt", "other-issuer", "bad-signature", "wrong-type"] as const;

export const confirmations: readonly Sample[] = [
  operation("payment", payment),
  operation("payment-first-payee", payment, { unusual: ["first-payee"] }),
  operation("payment-stranger", payment, stranger, shop),
  operation("payment-large", large, { unusual: ["first-payee"] }, exchange),
  operation("payment-largest", (locale) =>
    extreme(locale, "999,999,999,999,999.99999999", "999 999 999 999 999,99999999"),
  ),
  operation("payment-smallest", (locale) => extreme(locale, "0.00000001", "0,00000001")),
  operation("payment-wrong", payment, {
    values: { response: "6754654" },
    errors: [{ field: "response", code: "wrong", triesLeft: 2, screen: "payment" }],
  }),
  operation("payment-other-screen", payment, {
    values: { response: "6754654" },
    errors: [{ field: "response", code: "other-screen", triesLeft: 1, used: "login", wanted: "payment" }],
  }),
  operation("payment-not-yet", payment, { notYet: true }),
  operation("payment-expired", payment, { state: "expired", expiresInSeconds: 0 }),
  operation("payment-exhausted", payment, { state: "exhausted" }),
  operation("payment-development", payment, { ...stranger, shownResponse: "6754654" }, { ...shop, development: true }),
  operation("confirm", correspondent, { screen: "confirm" }),
  operation("scan", trustLimit, { screen: "scan" }),
  operation("scan-stranger", trustLimit, { ...stranger, screen: "scan" }, shop),
  operation("scan-wrong", trustLimit, {
    screen: "scan",
    errors: [{ field: "response", code: "wrong", triesLeft: 2, screen: "scan" }],
  }),
  operation("scan-other-screen", trustLimit, {
    screen: "scan",
    errors: [{ field: "response", code: "other-screen", triesLeft: 2, used: "payment", wanted: "scan" }],
  }),
  operation("scan-expired", trustLimit, { screen: "scan", state: "expired", expiresInSeconds: 0 }),
  sample("confirmation-identifier", "confirmation/identifier", (locale) => ({ ...form, described: payment(locale) })),
  sample("confirmation-identifier-unrecognised", "confirmation/identifier", (locale) => ({
    ...form,
    described: trustLimit(locale),
    values: { identifier: "alice at example" },
    errors: [{ field: "identifier", code: "unrecognised" }],
  })),
  sample("confirmation-declined", "confirmation/declined", {
    siteHref: "https://books.example",
    requestsClosed: false,
  }),
  sample(
    "confirmation-declined-not-me",
    "confirmation/declined",
    { siteHref: "https://books.example", requestsClosed: true },
    signedIn,
  ),
  sample("confirmation-locked", "confirmation/locked", { until, siteHref: "https://books.example" }),
  sample("confirmation-receipt", "confirmation/receipt", { ...receipt, values: {} }, plain),
  sample(
    "confirmation-receipt-empty",
    "confirmation/receipt",
    { ...receipt, values: {}, errors: [{ field: "receipt", code: "empty" }] },
    plain,
  ),
  sample(
    "confirmation-receipt-genuine",
    "confirmation/receipt",
    (locale) => ({ ...receipt, outcome: { ...genuine, described: payment(locale) } }),
    plain,
  ),
  sample(
    "confirmation-receipt-unsigned",
    "confirmation/receipt",
    (locale) => ({
      ...receipt,
      outcome: { ...genuine, site: longName, binding: "payment", signedByDevice: false, described: large(locale) },
    }),
    plain,
  ),
  ...reasons.map((reason) =>
    sample(
      `confirmation-receipt-${reason}`,
      "confirmation/receipt",
      { ...receipt, outcome: { kind: "refused", reason } },
      plain,
    ),
  ),
];
