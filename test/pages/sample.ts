/** What a sample page is, and who stands around it. */
import type { Frame } from "../../src/http/render.ts";
import type { Views } from "../../src/http/views.ts";
import type { Locale } from "../../src/locale/locale.ts";

export const ISSUER = "https://id.example.org";

/** The frame of a page, but for the language, which the tests vary. */
type Around = Omit<Frame, "locale">;

/** One page in one state; `with` keeps a view and its data together. */
export interface Sample {
  /** The file name of its pictures. */
  readonly name: string;
  readonly view: keyof Views;
  readonly around: Around;
  /** Renders by `render`, in whatever language; an operation's own words come in it already. */
  with<Result>(locale: Locale, render: <View extends keyof Views>(view: View, data: Views[View]) => Result): Result;
}

export const path = "/interaction/4nQ0vPqYw1";
export const shop: Around = { site: { name: "Book shop", origin: "https://books.example" }, path, development: false };
export const signedIn: Around = { ...shop, signedIn: { email: "alice@example.com" } };
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
): Sample {
  return {
    name,
    view,
    around,
    with: (locale, render) => render(view, typeof data === "function" ? data(locale) : data),
  };
}
