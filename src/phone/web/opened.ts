import { parseQrText, type QrReason } from "../../e-num/qr-text.ts";
import type { App } from "./app.ts";
import type { Screen } from "./screen.ts";
import { readAccount } from "./screens/connect.ts";
import { newPayment } from "./screens/payment.ts";

/** An `enum:` text that has come from outside: by a link's fragment, or by the camera. Whatever it says, a person looks at it first. */
export function open(app: App, text: string): void {
  const read = parseQrText(text);
  app.go(read.ok ? screenFor(app, read.value) : unread(app, read.reason));
}

function screenFor(app: App, text: Extract<ReturnType<typeof parseQrText>, { ok: true }>["value"]): Screen {
  if (text.kind === "enrolment") return readAccount(text);
  const device = app.account?.device.id;
  if (device === undefined) return { name: "welcome" };
  const { challenge } = text;
  switch (text.kind) {
    case "login":
      return { name: "agree", asked: { device, challenge, statement: { mode: "login" } } };
    case "payment": {
      const amount = text.amount.ok ? text.amount.value : text.amount.readings[0];
      const recipient = text.recipient.ok ? text.recipient.value : text.recipient.digits;
      return newPayment(device, { number: challenge, amount, recipient });
    }
    case "operation":
      return unread(app, "unknown-kind");
    default:
      return text satisfies never;
  }
}

function unread(app: App, reason: QrReason): Screen {
  const { scanned } = app.words.errors;
  switch (reason) {
    case "not-enum":
    case "unknown-kind":
    case "repeated-parameter":
    case "bad-issuer":
      return { name: "told", heading: scanned.heading, body: scanned[reason] };
    default:
      return { name: "told", heading: scanned.heading, body: scanned.damaged };
  }
}
