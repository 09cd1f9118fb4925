import type { Challenge, ChallengeReason, Response } from "../../e-num/challenge.ts";
import type { PaymentStatement, PlainMode } from "../../e-num/statement.ts";
import type { PinReason } from "../pad.ts";
import type { ConnectScreen } from "./screens/connect.ts";
import type { NewPinScreen } from "./screens/new-pin.ts";
import type { PaymentScreen } from "./screens/payment.ts";
import type { RenewScreen } from "./screens/renew.ts";
import type { ToldScreen } from "./screens/told.ts";
import type { UnlinkScreen } from "./screens/unlink.ts";

/** What is on the screen. A screen is data: `app.go` shows another, and the file of the same name in `screens/` draws it. */
export type Screen =
  | HomeScreen
  | WelcomeScreen
  | ConnectScreen
  | NewPinScreen
  | NumberScreen
  | PaymentScreen
  | AgreeScreen
  | AnswerScreen
  | AccountsScreen
  | AccountScreen
  | RenewScreen
  | UnlinkScreen
  | ToldScreen;

/** `closed`: everything was closed because nobody touched it. */
export type HomeScreen = { readonly name: "home"; readonly closed?: true };
/** While there is no account. */
export type WelcomeScreen = { readonly name: "welcome"; readonly closed?: true };
/** Every account on this device. */
export type AccountsScreen = { readonly name: "accounts" };

/** One account, and what can be changed about it. */
export type AccountScreen = { readonly name: "account"; readonly device: string; readonly problem?: string };

/** Where only a check number is typed. */
export type Typed = Exclude<PlainMode, "renew">;
export type NumberScreen = {
  readonly name: "number";
  readonly mode: Typed;
  readonly device: string;
  readonly error?: ChallengeReason;
  /** An activation code has just been taken. */
  readonly connected?: true;
};

/** What a PIN and a look at the details are asked for. */
export type Asked = {
  /** Whose account answers, by its device. */
  readonly device: string;
  readonly challenge: Challenge;
  readonly statement: { readonly mode: Typed } | PaymentStatement;
};

/** All that is agreed to, and the PIN for it; nothing is computed before. */
export type AgreeScreen = { readonly name: "agree"; readonly asked: Asked; readonly error?: PinReason };

/** `until`: when it closes itself, in milliseconds since 1970. */
export type AnswerScreen = {
  readonly name: "answer";
  readonly asked: Asked;
  readonly response: Response;
  readonly until: number;
};
