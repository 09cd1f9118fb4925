import type { Browser, BrowserContextOptions } from "playwright-core";
import { webPhone as en, type WebPhoneWords } from "../../src/locale/en/web-phone.ts";
import { plain } from "../../src/locale/markup.ts";
import { webPhone as ru } from "../../src/locale/ru/web-phone.ts";
import { type Walk, type Way, walk } from "./journey-walk.ts";

/** The web client in a browser of its own, as a person uses it. */
export interface WebPhone extends Walk {
  w: WebPhoneWords;
  /** Opens it where it is served, or by a link. */
  open(address: string): Promise<void>;
  press(name: string): Promise<void>;
  type(text: string, label: string): Promise<void>;
  /** As far as the screen that asks for the first check number. */
  connect(who: { email: string; code: string; pin?: string }): Promise<void>;
  choosePin(pin: string): Promise<void>;
  /** From the first screen to the response's seven digits. */
  respond(mode: "login" | "confirm" | "activate", number: string, pin?: string): Promise<string>;
  pay(asked: { number: string; amount: string; recipient: string }, pin?: string): Promise<string>;
  /** Types the PIN, and gives the seven digits that are shown. */
  agree(pin?: string): Promise<string>;
  /** From an answer to the first screen. */
  done(): Promise<void>;
}

export const PIN = "271828";

/** A phone's window: 390 wide, and touched. */
export const PHONE = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
} satisfies BrowserContextOptions;

export interface WebPhoneWay extends Way {
  locale?: "en" | "ru";
}

export async function webPhone(
  browser: Browser,
  { locale = "en", context = PHONE, ...rest }: WebPhoneWay = {},
): Promise<WebPhone> {
  const way = await walk(browser, { locale, context, ...rest });
  const w = locale === "en" ? en : ru;
  const { page, button, field, hands } = way;
  // On the way no more is looked at than that it is the right screen: a test says by `at` where it looks closely.
  const come = (heading: string) =>
    page.getByRole("heading", { level: 1, name: plain(heading), exact: true }).waitFor();
  /** One of the first screen's own, not a request that begins alike. */
  const mode = (name: string) =>
    page.locator("main > .modes .mode", { has: page.locator("b").getByText(name, { exact: true }) });
  const phone: WebPhone = {
    ...way,
    w,
    open: async (address) => void (await page.goto(address)),
    press: (name) => hands.press(button(name)),
    type: (text, label) => hands.type(text, field(label)),
    async connect({ email, code, pin = PIN }) {
      if (!(await field(w.connect.email).isVisible())) {
        await come(w.welcome.heading);
        await phone.press(w.welcome.connect);
      }
      await come(w.connect.heading);
      await phone.type(email, w.connect.email);
      await phone.type(code, w.connect.code);
      await phone.press(w.next);
      await phone.choosePin(pin);
      await come(w.number.heading.activate);
    },
    async choosePin(pin) {
      await come(w.newPin.heading);
      await phone.type(pin, w.newPin.pin);
      await phone.type(pin, w.newPin.again);
      await phone.press(w.newPin.connect);
    },
    async respond(screen, number, pin) {
      if (!(await field(w.number.label).isVisible())) {
        await come(w.home.heading);
        await hands.press(mode(w.screens[screen]));
      }
      await come(w.number.heading[screen]);
      await phone.type(number, w.number.label);
      await phone.press(w.next);
      await come(w.agree.heading[screen]);
      return phone.agree(pin);
    },
    async pay({ number, amount, recipient }, pin) {
      await come(w.home.heading);
      await hands.press(mode(w.screens.payment));
      await come(w.payment.heading);
      await phone.type(number, w.payment.number);
      await phone.type(amount, w.payment.amount);
      await phone.type(recipient, w.payment.recipient);
      await phone.press(w.next);
      await come(w.agree.heading.payment);
      return phone.agree(pin);
    },
    async agree(pin = PIN) {
      await phone.type(pin, w.agree.pin);
      await phone.press(w.agree.show);
      await come(w.answer.heading);
      const digits = await page.locator("[data-enum-response]").getAttribute("data-enum-response");
      if (digits === null) throw new Error("no response is shown");
      return digits;
    },
    async done() {
      await phone.press(w.done);
      await come(w.home.heading);
    },
  };
  return phone;
}
