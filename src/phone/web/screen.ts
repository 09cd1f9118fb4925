import type { Challenge, ChallengeReason, Response } from "../../e-num/challenge.ts";
import type { OperationStatement, PaymentStatement, PlainMode } from "../../e-num/statement.ts";
import type { TokenTime } from "../../e-num/statement-token.ts";
import type { OpenRequest } from "../answers.ts";
import type { PinReason } from "../pad.ts";
import type { ConnectScreen } from "./screens/connect.ts";
import type { DeclineScreen } from "./screens/decline.ts";
import type { LookingScreen } from "./screens/looking.ts";
import type { MovedScreen } from "./screens/moved.ts";
import type { NewPinScreen } from "./screens/new-pin.ts";
import type { PaymentScreen } from "./screens/payment.ts";
import type { RenewScreen } from "./screens/renew.ts";
import type { RequestScreen } from "./screens/request.ts";
import type { ScanScreen } from "./screens/scan.ts";
import type { SentScreen } from "./screens/sent.ts";
import type { ToldScreen } from "./screens/told.ts";
import type { UnlinkScreen } from "./screens/unlink.ts";
import type { WarningScreen } from "./screens/warning.ts";

/** What is on the screen. A screen is data: `app.go` shows another, and the file of the same name in `screens/` draws it. */
export type Screen =
  | HomeScreen
  | WelcomeScreen
  | ConnectScreen
  | NewPinScreen
  | NumberScreen
  | PaymentScreen
  | ScanScreen
  | LookingScreen
  | RequestScreen
  | DeclineScreen
  | AgreeScreen
  | AnswerScreen
  | SentScreen
  | AccountsScreen
  | AccountScreen
  | RenewScreen
  | UnlinkScreen
  | MovedScreen
  | ToldScreen
  | WarningScreen;

/** `closed`: everything was closed because nobody touched it. */
export type HomeScreen = { readonly name: "home"; readonly closed?: true };
/** While there is no account. */
export type WelcomeScreen = { readonly name: "welcome"; readonly closed?: true };
/** Every account on this device. */
export type AccountsScreen = { readonly name: "accounts" };

/** One account, and what can be changed about it. */
export type AccountScreen = {
  readonly name: "account";
  readonly device: string;
  readonly problem?: string;
  readonly told?: string;
};

/** Where only a check number is typed. */
export type Typed = Exclude<PlainMode, "renew">;
export type NumberScreen = {
  readonly name: "number";
  readonly mode: Typed;
  readonly device: string;
  /** What was typed before, to be begun with. */
  readonly given?: string;
  readonly error?: ChallengeReason;
  /** An activation code has just been taken. */
  readonly connected?: true;
};

/** What a PIN and a look at the details are asked for. */
export type Asked = {
  /** Whose account answers, by its device. */
  readonly device: string;
  readonly challenge: Challenge;
  readonly statement: { readonly mode: Typed } | PaymentStatement | OperationStatement;
  /** Who asks; none where the person typed it all. */
  readonly source?: Source;
  /** Whether what was signed is of now, by this phone's clock. */
  readonly time?: TokenTime;
};

/**
 * `listed`: the provider says who asks. `unlisted`: it lists no such request for the account. `offline`: it cannot be asked.
 * `unnamed`: the code does not say which request it is for.
 */
export type Source =
  | { readonly at: "listed"; readonly request: OpenRequest }
  | { readonly at: "unlisted"; readonly id: string }
  | { readonly at: "offline" }
  | { readonly at: "unnamed" };

/** All that is agreed to, and the PIN for it; nothing is computed before. */
export type AgreeScreen = {
  readonly name: "agree";
  readonly asked: Asked;
  readonly error?: PinReason;
  /** What the provider said to the last answer. */
  readonly problem?: string;
};

/** `until`: when it closes itself, in milliseconds since 1970. */
export type AnswerScreen = {
  readonly name: "answer";
  readonly asked: Asked;
  readonly response: Response;
  readonly until: number;
};
