import { type EnrolmentText, parseQrText, type QrReason, type QrText } from "../../e-num/qr-text.ts";
import { paymentStatement } from "../../e-num/statement.ts";
import type { App } from "./app.ts";
import { ask, inTime, type Told } from "./asking.ts";
import { refresh } from "./provider.ts";
import type { Screen } from "./screen.ts";
import { alreadyConnected, answering, readAccount } from "./screens/connect.ts";
import { doubtfulPayment } from "./screens/payment.ts";

/** An `enum:` text that has come from outside: by a link's fragment, or by the camera. Whatever it says, a person looks at it first. */
export function open(app: App, text: string): void {
  const read = parseQrText(text);
  if (!read.ok) {
    app.go({ name: "told", heading: app.words.errors.scanned.heading, body: unreadable(app, read.reason) });
    return;
  }
  const { value } = read;
  if (value.kind !== "enrolment") openRequest(app, value);
  else if (app.ports.movedTo !== undefined) void connectWhereItIs(app, readAccount(value), text);
  else enrol(app, value);
}

/** For another phone where this one answers; only the provider knows whether it does. */
function enrol(app: App, text: EnrolmentText): void {
  const account = answering(app, text);
  if (account === undefined) {
    app.go(readAccount(text));
    return;
  }
  app.go({ name: "looking", enrols: true });
  app.work(async (still) => {
    const told = await inTime(app, refresh(app, account));
    const works = told === true && answering(app, text) !== undefined;
    if (still()) app.go(works ? alreadyConnected(app, text) : readAccount(text));
  });
}

type RequestText = Exclude<QrText, EnrolmentText>;

/** The new client connects what the code is for; it reads the text as this one would. */
async function connectWhereItIs(app: App, next: Screen, text: string): Promise<void> {
  const to = await app.ports.movedNow();
  if (to === undefined) app.go(next);
  else app.ports.page.leaveFor(`${to}#${text}`);
}

function openRequest(app: App, text: RequestText): void {
  const next = nextFor(app, text);
  if ("name" in next) app.go(next);
  else ask(app, next);
}

/** A screen, or what is to be asked about first. */
function nextFor(app: App, text: RequestText): Screen | Told {
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
