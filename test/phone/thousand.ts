/** The rooms between a browser's identifier and a phone that is woken, put together as `src/app/` does it, without HTTP: a thousand prompts are cheap. */
import { randomBytes } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import Koa, { type Context } from "koa";
import { inject } from "vitest";
import { createAccounts } from "../../src/account/account.ts";
import { parseEmail, parseIdentifier, parsePhone } from "../../src/account/identifier.ts";
import { createAudit } from "../../src/audit/audit.ts";
import { createAuthentication } from "../../src/authentication/authentication.ts";
import type { Browsers } from "../../src/authentication/browsers.ts";
import { createEmailProof } from "../../src/authentication/email-proof.ts";
import { createOriginOf } from "../../src/authentication/origin.ts";
import { createSafeguards } from "../../src/authentication/safeguards.ts";
import { createChallenges } from "../../src/challenge/challenge.ts";
import type { Millis } from "../../src/clock.ts";
import { createDevices } from "../../src/device/device.ts";
import { endedSince } from "../../src/device/store.ts";
import type { Visit } from "../../src/interaction/step.ts";
import { createLimits, knownBrowserCounter, knownBrowserCounterOf } from "../../src/limits/limits.ts";
import { createThrottle, named } from "../../src/limits/throttle.ts";
import type { Messaging } from "../../src/messaging/messaging.ts";
import { createNotices } from "../../src/notice/notice.ts";
import { createPush } from "../../src/push/push.ts";
import { createGuard } from "../../src/request/guard.ts";
import { createDeviceSide } from "../../src/request/online.ts";
import { createRequestList } from "../../src/request/request.ts";
import { createDigester, createSealer } from "../../src/secrecy.ts";
import { freshDatabase } from "../support/databases.ts";

const EMAIL = "alice@example.com";

/** `proven`: whoever asks reads the account's mail as well, so that no code stops them. */
export async function target({ proven = false }: { proven?: boolean } = {}) {
  const fresh = await freshDatabase(inject("engine"));
  const { database } = fresh;
  let now = Date.parse("2026-11-26T08:00:00Z");
  const clock = () => now;
  const random = { bytes: (length: number) => randomBytes(length) };
  const kernel = {
    database,
    clock,
    random,
    digest: createDigester(randomBytes(32)),
    sealer: createSealer([randomBytes(32)], random),
  };
  const logger = { info: ignore, warn: ignore, error: ignore };

  const accounts = createAccounts(kernel);
  const devices = createDevices(kernel);
  const limits = createLimits(kernel);
  const throttle = createThrottle(kernel);
  const audit = createAudit(kernel);
  const [email, phone, identifier] = [parseEmail(EMAIL), parsePhone("+447700900321"), parseIdentifier(EMAIL)];
  if (email === undefined || phone === undefined || identifier === undefined) throw new Error("nobody");
  const alice = await database.transaction((sql) => accounts.create(sql, { email, phone, locale: "en" }));
  if (alice === undefined) throw new Error("nobody");

  let mails = 0;
  const messaging: Messaging = {
    async enqueue() {
      mails += 1;
    },
    pretend: never,
    fate: never,
    start: never,
    drain: never,
    stop: never,
  };
  /** The owner's own browser; every other is a stranger's. */
  const own = new WeakSet<Context>();
  const counter = knownBrowserCounter("own", alice.id);
  const knownWith: Browsers["knownWith"] = async (sql, context, _accountId, along) => {
    const { columns, bindings } = along(counter);
    const [row] = own.has(context) ? await sql.rows<never>(`SELECT ${columns}`, bindings) : [];
    return row === undefined ? undefined : { counter, row };
  };
  const browsers: Browsers = {
    current: never,
    list: never,
    remember: never,
    forget: never,
    forgetAll: never,
    forgetOne: never,
    known: never,
    knownWith,
    knownAlong: (context, account) => ({
      known: named({ scalar: own.has(context) ? "'own'" : "NULL", bindings: [] }, "browser_digest"),
      counter: knownBrowserCounterOf("own", account),
    }),
    seen: never,
    counters: async () => new Set([counter]),
  };

  const notices = createNotices({ clock, accounts, messaging });
  const shared = { ...kernel, accounts, devices, audit, messaging, notices };
  const side = createDeviceSide({ ...shared, limits, logger, endedSince });
  const guard = createGuard(kernel);
  const list = createRequestList({ database, guard, challenges: side.onDevice, knownCounters: browsers.counters });
  const pushed: Millis[] = [];
  const subscription = { endpoint: "https://push.example.test/alice", keys: { p256dh: "", auth: "" } };
  const push = createPush({
    ...kernel,
    throttle,
    logger,
    subscriptions: {
      of: async () => [{ deviceId: "phone", accountId: alice.id, sealed: "", subscription }],
      keep: never,
      end: never,
      drop: never,
    },
    async send() {
      pushed.push(now);
      return { kind: "sent" };
    },
    listed: list.of,
    onOutcome: ignore,
  });
  const challenges = createChallenges({
    ...kernel,
    ...side,
    announce: push.announce,
    limits,
    padsOf: devices.padsOf,
    padsAlong: devices.padsAlong,
  });
  const emailProof = createEmailProof({ ...kernel, accounts, messaging, throttle });
  const safeguards = createSafeguards({ browsers, limits, emailProof, notices });
  const authentication = createAuthentication({
    ...shared,
    challenges,
    emailProof,
    limits,
    throttle,
    browsers,
    safeguards: proven ? { ...safeguards, emailFirst: async () => undefined } : safeguards,
    originOf: createOriginOf({ countryHeader: undefined }),
  });

  const app = new Koa({ proxy: true, maxIpsCount: 1 });
  let visits = 0;
  const contextOf = (address: string): Context => {
    const request = new IncomingMessage(new Socket());
    request.headers["x-forwarded-for"] = address;
    return app.createContext(request, new ServerResponse(request));
  };
  const ask = async (address: string, isOwn: boolean) => {
    visits += 1;
    const context = contextOf(address);
    if (isOwn) own.add(context);
    const asking = { context, visit: visit(`visit-${visits}`), locale: "en", purpose: "login" } as const;
    const asked = await authentication.ask(asking, identifier);
    await push.drain();
    return asked.kind;
  };

  return {
    pushed,
    mails: () => mails,
    pass(time: Millis) {
      now += time;
    },
    /** From an address that nobody has asked from before; what the page shows. */
    strange: () => ask(`2001:db8:${visits.toString(16)}::1`, false),
    own: () => ask("203.0.113.7", true),
    listed: () => list.of(alice.id),
    notMe: () => guard.raise(database, alice.id),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  };
}

function visit(uid: string): Visit {
  return {
    uid,
    prompt: "login",
    site: {
      clientId: "shop",
      name: "Book shop",
      origin: undefined,
      logo: undefined,
      href: undefined,
      firstParty: true,
    },
    params: {},
    missing: { scopes: [], claims: [], ofResources: [] },
    accountId: undefined,
    signedIn: undefined,
    sessionUid: undefined,
    grantId: undefined,
  };
}

function ignore(): void {}

function never(): never {
  throw new Error("nobody asked for this");
}
