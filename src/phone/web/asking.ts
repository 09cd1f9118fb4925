/** From an E-num text to what is asked on the screen: what the provider signed is checked, and who asks is found out where there is a network. */

import type { Challenge } from "../../e-num/challenge.ts";
import { type Parsed, refused } from "../../e-num/parsed.ts";
import type { LoginText, OperationText } from "../../e-num/qr-text.ts";
import type { PaymentStatement } from "../../e-num/statement.ts";
import type { OpenRequest } from "../answers.ts";
import {
  type AskedReason,
  type Asked as CodeAsked,
  type Holder,
  loginAsked,
  operationAsked,
  typedAsked,
} from "../asked.ts";
import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import { call, refresh } from "./provider.ts";
import type { Asked, Screen, Source } from "./screen.ts";
import { type RefusedReason, refusedCode } from "./screens/warning.ts";

/** What a code or a link says, once nothing in it is left to be chosen. */
export type Told = LoginText | OperationText | PaymentTold;
type PaymentTold = {
  readonly kind: "payment";
  readonly challenge: Challenge;
  readonly statement: PaymentStatement;
  readonly request?: string;
};

/** Asks the provider who it is, checks what is signed, and shows it. */
export function ask(app: App, text: Told): void {
  app.go({ name: "looking" });
  app.work(async (still) => {
    const next = await screenFor(app, text);
    if (still()) app.go(next);
  });
}

async function screenFor(app: App, text: Told): Promise<Screen> {
  const candidates = await Promise.all(
    inTurn(app).map(async (account) => ({ account, listed: await listOf(app, account) })),
  );
  const [chosen] = candidates;
  if (chosen === undefined) return { name: "welcome" };
  const lister = candidates.find(({ listed }) => listed?.some(({ id }) => id === text.request));
  const signer = lister ?? (text.kind === "operation" ? await firstTrusting(app, text, candidates) : undefined);
  const { account, listed } = signer ?? chosen;
  const read = await understood(app, account, text, listed);
  if (!read.ok) return refusedCode(app, account, read.reason);
  const { statement, time, request } = read.value;
  const asked = {
    device: account.device.id,
    challenge: text.challenge,
    statement,
    source: sourceOf(text, listed, request),
  };
  return { name: "agree", asked: time === undefined ? asked : { ...asked, time } };
}

/** The account that answers first, then the others on this phone. */
export function inTurn({ account, accounts }: App): readonly Account[] {
  return account === undefined ? [] : [account, ...accounts.filter(({ device }) => device.id !== account.device.id)];
}

type Candidate = { readonly account: Account; readonly listed: readonly OpenRequest[] | undefined };

/** Where no list names the request: the account whose provider has signed the code, or else one whose provider cannot be asked for its keys. */
async function firstTrusting(
  app: App,
  text: OperationText,
  candidates: readonly Candidate[],
): Promise<Candidate | undefined> {
  for (const candidate of candidates)
    if ((await operationAsked(text, holderOf(app, candidate.account))).ok) return candidate;
  let unchecked: Candidate | undefined;
  // One alone is asked anyway. Of several, any may have a new key.
  for (const candidate of candidates.length > 1 ? candidates : []) {
    const read = await byNewestKeys(app, candidate.account, (holder) => operationAsked(text, holder));
    if (read.ok) return { ...candidate, account: app.accountOf(candidate.account.device.id) ?? candidate.account };
    if (read.reason === "unchecked") unchecked ??= candidate;
  }
  return unchecked;
}

type Understood = CodeAsked<Asked["statement"]>;

async function understood(
  app: App,
  account: Account,
  text: Told,
  listed: readonly OpenRequest[] | undefined,
): Promise<Parsed<Understood, RefusedReason>> {
  switch (text.kind) {
    case "login":
      return loginAsked(text, listed);
    case "payment":
      return typedAsked(text.statement, text.request, listed);
    case "operation":
      return byNewestKeys(app, account, (holder) => operationAsked(text, holder, listed));
    default:
      return text satisfies never;
  }
}

/** By the keys that this phone has; where it does not know the one that has signed, the provider may have taken a new one, and is asked. */
export async function byNewestKeys<Value>(
  app: App,
  account: Account,
  read: (holder: Holder) => Promise<Parsed<Value, AskedReason>>,
): Promise<Parsed<Value, RefusedReason>> {
  const asked = await read(holderOf(app, account));
  if (asked.ok || asked.reason !== "unknown-key") return asked;
  if (!(await refresh(app, account))) return refused("unchecked");
  return read(holderOf(app, app.accountOf(account.device.id) ?? account));
}

function holderOf({ ports }: App, { issuer, statementKeys, clockOffset }: Account): Holder {
  return { issuer, statementKeys, now: Math.floor(ports.clock.now() / 1000) + clockOffset };
}

function sourceOf(
  { request: id }: Told,
  listed: readonly OpenRequest[] | undefined,
  request: OpenRequest | undefined,
): Source {
  if (request !== undefined) return { at: "listed", request };
  if (id === undefined) return { at: "unnamed" };
  return listed === undefined ? { at: "offline" } : { at: "unlisted", id };
}

// Milliseconds that a person waits before the phone goes on without the provider.
const PATIENCE = 5_000;

/** What is open for the account; undefined where the provider does not say so in time. */
async function listOf(app: App, account: Account): Promise<readonly OpenRequest[] | undefined> {
  const said = await inTime(
    app,
    call(app, account, (credentials) => app.ports.client.requests(credentials)),
  );
  return said?.ok === true ? said.value.requests : undefined;
}

/** What comes before a person would think that nothing happens; undefined where it does not. */
export function inTime<Value>({ ports }: App, answer: Promise<Value>): Promise<Value | undefined> {
  return Promise.race([
    answer,
    new Promise<undefined>((resolve) => ports.clock.after(PATIENCE, () => resolve(undefined))),
  ]);
}
