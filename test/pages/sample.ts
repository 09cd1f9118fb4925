/** What a sample page is, and who stands around it. */
import { readFileSync } from "node:fs";
import type { Asset } from "../../src/http/assets.ts";
import type { Frame } from "../../src/http/render.ts";
import type { Views } from "../../src/http/views.ts";
import type { Locale } from "../../src/locale/locale.ts";
import { readLogo } from "../../src/provider/logo.ts";

export const ISSUER = "https://id.example.org";

/** The frame of a page, but for the language, which the tests vary. */
export type Around = Omit<Frame, "locale">;

/** One page in one state; `with` keeps a view and its data together. */
export interface Sample {
  /** The file name of its pictures. */
  readonly name: string;
  readonly view: keyof Views;
  readonly around: Around;
  /** Whether `docs/pages` has pictures of it; the tests look at all. */
  readonly pictured: boolean;
  /** Renders by `render`, in whatever language; an operation's own words come in it already. */
  with<Result>(locale: Locale, render: <View extends keyof Views>(view: View, data: Views[View]) => Result): Result;
}

export const path = "/interaction/4nQ0vPqYw1";
export const shop: Around = { site: { name: "Book shop", origin: "https://books.example" }, path, development: false };
export const signedIn: Around = { ...shop, signedIn: { email: "alice@example.com" } };
/** The demo's, as the provider reads them. */
export const logos = {
  shop: logoOf("shop"),
  creditExchange: logoOf("credit-exchange"),
  debtService: logoOf("debt-service"),
  wallet: logoOf("wallet"),
  keeper: logoOf("keeper"),
};

function logoOf(name: string): Asset {
  const read = readLogo(readFileSync(new URL(`../../config/logos/${name}.svg`, import.meta.url)));
  if (!read.ok) throw new Error(`${name}: ${read.fault}`);
  return read.logo;
}

export const plain: Around = { path: "/", development: false };
/** 64 characters, the longest name that a site may have. */
export const longName = "Международная кредитная биржа взаимопомощи «Северное сияние» №12";
export const exchange: Around = {
  site: { name: longName, origin: "https://kreditnaya-birzha-severnoe-siyanie.example" },
  signedIn: { email: "konstantin.konstantinopolskiy.1985+webmoney@mail-service.example" },
  path,
  development: false,
};
export const developing: Around = { ...shop, development: true };

export const form = { action: path, errors: [], values: {} };
export const number = "48219370";
export const until = new Date("2026-11-23T14:35:00Z");

export function sample<View extends keyof Views>(
  name: string,
  view: View,
  data: Views[View] | ((locale: Locale) => Views[View]),
  around: Around = shop,
  pictured = true,
): Sample {
  return {
    name,
    view,
    around,
    pictured,
    with: (locale, render) => render(view, typeof data === "function" ? data(locale) : data),
  };
}
