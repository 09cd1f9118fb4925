/** The web client's app over fakes at its ports: what would be drawn is in `app.screen`, and time passes when a test says so. */
import { exportJWK, generateKeyPair } from "jose";
import { ok } from "../../src/e-num/parsed.ts";
import type { OpenRequest } from "../../src/phone/answers.ts";
import type { Answer, DeviceClient, Proven } from "../../src/phone/device-client.ts";
import type { Account } from "../../src/phone/web/account.ts";
import { type App, createApp } from "../../src/phone/web/app.ts";
import type { Clock, Ports } from "../../src/phone/web/ports.ts";
import { quicklySealed } from "../support/quickly-sealed.ts";

const PAD = new Uint8Array(32).fill(7);
const PIN = "271828";
const NOW = Date.parse("2026-11-23T14:20:00Z");

export interface FakeClock extends Clock {
  /** Moves on, and calls what is due. */
  pass(milliseconds: number): Promise<void>;
}

export function fakeClock(): FakeClock {
  let now = NOW;
  const due = new Set<{ at: number; call: () => void }>();
  return {
    now: () => now,
    after(milliseconds, call) {
      const one = { at: now + milliseconds, call };
      due.add(one);
      return () => void due.delete(one);
    },
    async pass(milliseconds) {
      now += milliseconds;
      for (const one of [...due].filter(({ at }) => at <= now)) {
        due.delete(one);
        one.call();
      }
      // What was called may wait for promises of its own.
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    },
  };
}

export async function accountOf(identifier: string): Promise<Account> {
  const pair = await generateKeyPair("ES256");
  const { x = "", y = "" } = await exportJWK(pair.publicKey);
  return {
    issuer: "https://id.example.org",
    identifier,
    device: { id: `device-of-${identifier}`, name: "Phone" },
    key: { private: pair.privateKey, x, y },
    pad: { ...quicklySealed(PAD, PIN), version: 1 },
    statementKeys: { keys: [] },
    clockOffset: 0,
    pending: false,
  };
}

const never = (): never => {
  throw new Error("nobody asked for this");
};

export async function appOf(
  accounts: readonly Account[],
  { client, ...changed }: Partial<Omit<Ports, "client">> & { client: Partial<DeviceClient> },
): Promise<{ app: App; drawn: () => number }> {
  let kept = [...accounts];
  const choices = new Map<string, string>();
  let draws = 0;
  const clock = changed.clock ?? fakeClock();
  const app = await createApp({
    language: "en",
    draw: () => {
      draws += 1;
    },
    ports: {
      client: {
        activate: never,
        state: never,
        requests: never,
        answer: never,
        decline: never,
        renewalChallenge: never,
        renew: never,
        admit: never,
        pushTo: never,
        pushNoMore: never,
        unlink: never,
        ...client,
      },
      clock,
      vault: {
        accounts: async () => kept,
        add: never,
        change: async (id, how) => {
          kept = kept.map((account) => (account.device.id === id ? how(account) : account));
        },
        remove: async (id) => {
          kept = kept.filter(({ device }) => device.id !== id);
        },
        choice: async (name) => choices.get(name),
        choose: async (name, value) => void choices.set(name, value),
      },
      updates: { waiting: () => false, take: never },
      device: {
        kind: () => "android",
        installsByHand: () => false,
        canInstall: () => false,
        install: never,
        kept: async () => true,
        keep: async () => true,
        vibrate: () => undefined,
        copy: async () => true,
        stayAwake: () => () => undefined,
      },
      push: { state: () => "none", ask: never, subscribe: never, end: async () => undefined },
      sameBrowser: { asks: async () => undefined, answer: never },
      page: { cameFromPage: () => false, backToPage: never, leaveFor: never },
      inbox: { listed: () => undefined },
      camera: { look: never },
      reader: { picture: never },
      operations: undefined,
      issuer: "https://id.example.org",
      movedTo: undefined,
      movedNow: async () => undefined,
      ...changed,
    },
  });
  return { app, drawn: () => draws };
}

export function proven<Value>(value: Value, clockOffset = 0): Answer<Proven<Value>> {
  return ok({ value, clockOffset });
}

export function openRequest(changed: Partial<OpenRequest> = {}): OpenRequest {
  return {
    id: "rq-7",
    kind: "login",
    client: { id: "shop", name: "Book shop", address: "books.example" },
    created_at: "2026-11-23T14:20:00Z",
    expires_at: "2026-11-23T14:25:00Z",
    origin: { ip: "203.0.113.7", user_agent: "Firefox/140", known: true },
    ...changed,
  };
}
