import { parseQrText, type QrReason, type QrText } from "../../e-num/qr-text.ts";
import { paymentStatement } from "../../e-num/statement.ts";
import type { App } from "./app.ts";
import { ask, type Told } from "./asking.ts";
import type { Screen } from "./screen.ts";
import { readAccount } from "./screens/connect.ts";
import { doubtfulPayment } from "./screens/payment.ts";

/** An `enum:` text that has come from outside: by a link's fragment, or by the camera. Whatever it says, a person looks at it first. */
export function open(app: App, text: string): void {
  const read = parseQrText(text);
  const next = read.ok
    ? nextFor(app, read.value)
    : ({ name: "told", heading: app.words.errors.scanned.heading, body: unreadable(app, read.reason) } as const);
  if (!("name" in next)) ask(app, next);
  else if (next.name === "connect" && app.ports.movedTo !== undefined) void connectWhereItIs(app, next, text);
  else app.go(next);
}

/** The new client connects what the code is for; it reads the text as this one would. */
async function connectWhereItIs(app: App, next: Screen, text: string): Promise<void> {
  const to = await app.ports.movedNow();
  if (to === undefined) app.go(next);
  else app.ports.page.leaveFor(`${to}#${text}`);
}

/** A screen, or what is to be asked about first. */
function nextFor(app: App, text: QrText): Screen | Told {
  if (text.kind === "enrolment") return readAccount(app, text);
  const device = app.account?.device.id;
  if (device === undefined) return { name: "welcome" };
  if (text.kind !== "payment") return text;
  const { kind, challenge, amount, recipient, request } = text;
  const named = request === undefined ? {} : { request };
  const statement = amount.ok && recipient.ok ? paymentStatement(recipient.value, amount.value) : undefined;
  return statement?.ok ? { kind, challenge, statement: statement.value, ...named } : doubtfulPayment(device, text);
}

/** What is the matter with a text that is no code of ours. */
export function unreadable({ words }: App, reason: QrReason): string {
  const { scanned } = words.errors;
  switch (reason) {
    case "not-enum":
    case "unknown-kind":
    case "repeated-parameter":
    case "bad-issuer":
      return scanned[reason];
    default:
      return scanned.damaged;
  }
}
