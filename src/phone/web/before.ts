import { formatChallenge } from "../../e-num/challenge.ts";
import type { App } from "./app.ts";
import { isIdle } from "./idle.ts";
import type { AgreeScreen, Screen } from "./screen.ts";
import { typedPayment } from "./screens/payment.ts";

type Placed = Pick<App, "ports" | "accounts">;

/** The screen to which *Back* leads, with what was typed there; undefined for the first one. */
export function before({ ports, accounts }: Placed, screen: Screen): Screen | undefined {
  switch (screen.name) {
    case "agree":
      return typedBefore(screen);
    case "new-pin": {
      const { for: purpose } = screen;
      if (purpose.kind === "renewal") return { name: "renew", device: purpose.device };
      const { issuer, identifier, code, name } = purpose;
      return { name: "connect", given: { issuer, identifier, code, name }, errors: {} };
    }
    case "connect":
      return accounts.length === 0 ? undefined : { name: "accounts" };
    case "account":
      return { name: "accounts" };
    case "renew":
      return { name: "account", device: screen.device };
    case "unlink":
      return ports.movedTo === undefined ? { name: "account", device: screen.device } : { name: "moved" };
    default:
      return undefined;
  }
}

/** How many times *Back* leads on as far as the first screen. */
export function depthOf(app: Placed, screen: Screen): number {
  if (isIdle(screen)) return 0;
  const left = before(app, screen);
  return left === undefined ? 1 : 1 + depthOf(app, left);
}

/** What came by a code or from the provider's list was typed nowhere. */
function typedBefore({ asked: { device, challenge, statement, source } }: AgreeScreen): Screen | undefined {
  if (source !== undefined || statement.mode === "operation") return undefined;
  if (statement.mode === "payment") return typedPayment(device, challenge, statement);
  return { name: "number", mode: statement.mode, device, given: formatChallenge(challenge) };
}
