/** The pages on which an operation is confirmed, of every type in every state, and those about receipts. */
import { drawQr } from "../../src/http/qr.ts";
import type { FieldError, ReceiptOutcome, Views } from "../../src/http/views.ts";
import type { Locale } from "../../src/locale/locale.ts";
import type { Described } from "../../src/operation/operation.ts";
import { describedAs, screenOf, TYPES, type Type } from "./operations.ts";
import {
  type Around,
  exchange,
  form,
  logos,
  longName,
  number,
  path,
  plain,
  type Sample,
  sample,
  shop,
  until,
} from "./sample.ts";

const request = "Zt0bV9kq3mXyR2aLw4pQ7s";
/** As long as PROTOCOL 4 allows: 700 characters. */
const text = `enum:o?c=${number}&r=${request}&t=${"eyJ0eXAiOiJKV1Qi".repeat(42)}`.slice(0, 700);
const signed = drawQr(text);
/** The details would not fit: the code names the request alone. */
const named = { qr: drawQr(`enum:o?c=${number}&r=${request}`), online: true } as const;

const at = (name: string, origin: string, { path: logo }: { path: string }): Around => ({
  ...shop,
  site: { name, origin, logo },
});
const bookShop = at("Book shop", "https://books.example", logos.shop);
const creditExchange = at("Credit exchange", "https://credit.example", logos.creditExchange);
const wallet = at("Wallet", "https://wallet.example", logos.wallet);
const SITES: { readonly [type in Type]: Around } = {
  payment: bookShop,
  trust_transfer: wallet,
  trust_limit: at("Debt service", "https://debts.example", logos.debtService),
  credit_request: creditExchange,
  credit_issue: creditExchange,
  profile_update: wallet,
  security_settings: wallet,
  correspondent_add: wallet,
  keys: wallet,
};
const known = (around: Around): Around => ({ ...around, signedIn: { email: "alice@example.com" } });

type Operation = Views["confirmation/operation"];
type Screen = Operation["screen"];
const challenge = {
  ...form,
  number,
  state: "open",
  expiresInSeconds: 252,
  qr: signed,
  clientHref: `/phone#${signed.text}`,
  statusHref: `${path}/operation-status`,
  unusual: [],
  declineReasons: true,
} as const satisfies Omit<Operation, "described" | "screen">;
const stranger = {
  declineReasons: false,
  otherHref: `${path}/operation-identifier`,
} as const satisfies Partial<Operation>;
const first = { unusual: ["first-payee"] } as const satisfies Partial<Operation>;

/** Where the response was made instead: what people mistake most easily for it. */
const OTHER: { readonly [screen in Screen]: "login" | "payment" | "confirm" } = {
  payment: "login",
  confirm: "payment",
  scan: "confirm",
};
const wrong = (screen: Screen): FieldError => ({ field: "response", code: "wrong", triesLeft: 2, screen });
const otherScreen = (screen: Screen): FieldError => ({
  field: "response",
  code: "other-screen",
  triesLeft: 1,
  used: OTHER[screen],
  wanted: screen,
});

/** Every state of an operation's page, for the type's own screen. */
const states = (screen: Screen): { readonly [state: string]: Partial<Operation> } => ({
  usual: {},
  stranger,
  wrong: { values: { response: "6754654" }, errors: [wrong(screen)] },
  "other-screen": { values: { response: "6754654" }, errors: [otherScreen(screen)] },
  "last-minute": { expiresInSeconds: 42 },
  "not-yet": { notYet: true },
  reached: { reached: true },
  expired: { state: "expired", expiresInSeconds: 0 },
  exhausted: { state: "exhausted" },
});

/** Of one type that is typed and one that is scanned; of the others the first page alone. */
const PICTURED: { readonly [type in Type]?: readonly string[] } = {
  payment: Object.keys(states("payment")),
  trust_limit: ["usual", "stranger", "wrong", "other-screen", "expired"],
};

interface More {
  readonly data?: Partial<Operation>;
  readonly around?: Around;
  readonly how?: Parameters<typeof describedAs>[2];
  readonly pictured?: boolean;
}

function operation(
  type: Type,
  state: string,
  { data = {}, around = known(SITES[type]), how = {}, pictured }: More,
): Sample {
  const name = `confirmation-${type.replaceAll("_", "-")}${state === "usual" ? "" : `-${state}`}`;
  return sample(
    name,
    "confirmation/operation",
    (locale) => ({ ...challenge, screen: screenOf(type), ...data, described: describedAs(type, locale, how) }),
    around,
    pictured ?? (state === "usual" || PICTURED[type]?.includes(state) === true),
  );
}

function pagesOf(type: Type): Sample[] {
  const screen = screenOf(type);
  const site = SITES[type];
  const hasPayee = describedAs(type, "en").payee !== undefined;
  return [
    ...Object.entries(states(screen)).map(([state, data]) =>
      operation(type, state, { data, around: data === stranger ? site : known(site) }),
    ),
    ...(hasPayee ? [operation(type, "first-payee", { data: first, pictured: type === "payment" })] : []),
    operation(type, "long", {
      data: { ...(hasPayee ? first : {}), ...(type === "profile_update" ? named : {}) },
      around: exchange,
      how: { long: true },
      pictured: type === "payment" || type === "profile_update",
    }),
  ];
}

const amount = (value: string) => ({ more: { amount: { value, currency: "WMZ" } } });
const developing = { ...bookShop, development: true };
const commands = {
  command: `npm run phone -- pay ${number} Z123456789012 10.5`,
  scanCommand: `npm run phone -- scan '${text}'`,
};

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
const payment = (locale: Locale): Described => describedAs("payment", locale);
const dayLimit = { kind: "limit", window: "day", limit: "100 WMZ" } as const;
const lostPhone = { kind: "raised", by: "security", reason: "A phone of yours was reported lost." } as const;
const back = { siteHref: "https://books.example" };

export const confirmations: readonly Sample[] = [
  ...TYPES.flatMap(pagesOf),
  operation("payment", "largest", { how: amount("999999999999999.99999999"), pictured: true }),
  operation("payment", "smallest", { how: amount("0.00000001"), pictured: true }),
  operation("payment", "online", { data: named, pictured: true }),
  operation("payment", "online-stranger", { data: { ...named, ...stranger }, around: bookShop, pictured: false }),
  operation("payment", "development", {
    data: { ...stranger, ...commands, shownResponse: "6754654" },
    around: developing,
    pictured: true,
  }),
  operation("payment", "above-limit", { data: { screen: "scan", because: dayLimit }, pictured: true }),
  operation("payment", "raised", { data: { screen: "scan", because: lostPhone }, pictured: false }),
  operation("payment", "demands-scan", {
    data: {
      ...stranger,
      values: { response: "6754654" },
      errors: [{ field: "response", code: "demands-scan", because: dayLimit }],
    },
    around: bookShop,
    pictured: true,
  }),
  operation("payment", "sms", { data: { sms: true }, pictured: true }),
  operation("payment", "demands-response", {
    data: { errors: [{ field: "response", code: "demands-response", because: dayLimit }] },
    pictured: false,
  }),
  operation("trust_limit", "online", { data: named, pictured: false }),
  operation("trust_limit", "development", {
    data: { scanCommand: commands.scanCommand },
    around: { ...known(SITES.trust_limit), development: true },
    pictured: false,
  }),
  // Where the operator is content with amount and payee.
  operation("trust_limit", "typed", { data: { screen: "payment", ...first }, pictured: true }),
  operation("trust_limit", "typed-wrong", { data: { screen: "payment", errors: [wrong("payment")] }, pictured: false }),
  sample(
    "confirmation-identifier",
    "confirmation/identifier",
    (locale) => ({ ...form, described: payment(locale), registration: true }),
    bookShop,
  ),
  sample(
    "confirmation-identifier-unrecognised",
    "confirmation/identifier",
    (locale) => ({
      ...form,
      described: describedAs("trust_limit", locale),
      registration: true,
      values: { identifier: "alice at example" },
      errors: [{ field: "identifier", code: "unrecognised" }],
    }),
    SITES.trust_limit,
  ),
  sample("confirmation-declined", "confirmation/declined", { ...back, requestsClosed: false }, bookShop),
  sample("confirmation-declined-not-me", "confirmation/declined", { ...back, requestsClosed: true }, known(bookShop)),
  sample("confirmation-refused", "confirmation/refused", { ...back, because: dayLimit }, known(bookShop)),
  sample("confirmation-refused-raised", "confirmation/refused", { ...back, because: lostPhone }, bookShop, false),
  sample("confirmation-locked", "confirmation/locked", { until, ...back }, bookShop),
  sample("confirmation-locked-signed-in", "confirmation/locked", { until, ...back }, known(bookShop), false),
  sample(
    "confirmation-email-code",
    "login/email-code",
    { ...form, otherHref: `${path}/operation-identifier` },
    bookShop,
    false,
  ),
  sample("confirmation-closed-out", "login/closed-out", { againHref: path, ...back }, bookShop, false),
  sample("confirmation-closed-out-signed-in", "login/closed-out", { againHref: path, ...back }, known(bookShop), false),
  ...(["already-confirmed", "other-account"] as const).map((code) =>
    sample(`confirmation-${code}`, "error/error", { code, reference: "7F3K-22QD", next: back.siteHref }, bookShop),
  ),
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
      outcome: {
        ...genuine,
        site: longName,
        binding: "payment",
        signedByDevice: false,
        described: describedAs("payment", locale, { long: true }),
      },
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
