/**
 * What a browser without its maker's services lacks: the push manager and the permission in the page, and the system's notifications in the
 * service worker. The rest is the real thing: the worker gets its pushes from the browser, and finds pages and vault as everywhere.
 */
import type { CDPSession, Worker } from "playwright-core";
import type { PushService } from "./push-service.ts";
import type { WebPhone } from "./web-phone.ts";

/** A notification that the worker has had shown, as the system was told. */
export interface Shown {
  title: string;
  body: string;
  silent: boolean;
  tag: string;
  lang: string;
  icon: string;
  closed: boolean;
}

export interface FakePush {
  /** What the person answers when the browser asks; and again as if they had never been asked. */
  allows(allows: boolean): Promise<void>;
  /** The browser takes another address, by itself. */
  moves(): Promise<void>;
  /** The same, and the worker is told of it by the browser; once it has done all. */
  changes(): Promise<void>;
  /** Whether the browser still has an address. */
  isThere(): Promise<boolean>;
  /** A push with this content comes to the worker; what it then had shown, once it has done all. */
  comes(content: string): Promise<Shown>;
  /** The last notification is pressed; the address that the worker opens, where it opens one. */
  press(): Promise<string | undefined>;
}

const KEPT = "fake-push";

/** Before the client's page is opened. */
export async function fakePush({ page }: WebPhone, service: PushService): Promise<FakePush> {
  await page.exposeFunction("fakePushAddress", () => service.subscribe());
  await page.addInitScript(fakeManager, KEPT);
  const set = (change: object) =>
    page.evaluate(
      ([key, changed]) => {
        const now = JSON.parse(localStorage.getItem(key) ?? "{}");
        localStorage.setItem(key, JSON.stringify({ ...now, ...JSON.parse(changed) }));
      },
      [KEPT, JSON.stringify(change)] as const,
    );
  let faked: Worker | undefined;
  const worker = async (): Promise<Worker> => {
    const isOurs = (one: Worker) => one.url().endsWith("/phone/worker.js");
    const [found = await page.context().waitForEvent("serviceworker", { predicate: isOurs })] = page
      .context()
      .serviceWorkers()
      .filter(isOurs);
    if (found !== faked) await found.evaluate(fakeSystem);
    faked = found;
    return found;
  };
  let session: CDPSession | undefined;
  return {
    allows: (allows) => set({ allows, permission: "default" }),
    moves: () => set({ subscription: null }),
    async changes() {
      const json = await service.subscribe();
      await page.evaluate(
        ([key, moved]) => {
          const now = JSON.parse(localStorage.getItem(key) ?? "{}");
          localStorage.setItem(
            key,
            JSON.stringify({ ...now, subscription: { ...now.subscription, json: JSON.parse(moved) } }),
          );
        },
        [KEPT, JSON.stringify(json)] as const,
      );
      await (await worker()).evaluate(changeAddress, JSON.stringify(json));
    },
    isThere: () => page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? "{}").subscription != null, KEPT),
    async comes(content) {
      const own = await worker();
      const before = await own.evaluate(countShown);
      session ??= await page.context().newCDPSession(page);
      const registered = new Promise<string>((resolve) =>
        session?.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
          const [ours] = registrations.filter(({ scopeURL }) => scopeURL.endsWith("/phone"));
          if (ours !== undefined) resolve(ours.registrationId);
        }),
      );
      await session.send("ServiceWorker.disable");
      await session.send("ServiceWorker.enable");
      const origin = new URL(own.url()).origin;
      await session.send("ServiceWorker.deliverPushMessage", {
        origin,
        registrationId: await registered,
        data: content,
      });
      return own.evaluate(lastShown, before);
    },
    press: async () => (await worker()).evaluate(pressLast),
  };
}

/** In the page. What it is told survives a reload, as the browser's own does. */
function fakeManager(key: string): void {
  const read = () => JSON.parse(localStorage.getItem(key) ?? "{}");
  const write = (change: object) => localStorage.setItem(key, JSON.stringify({ ...read(), ...change }));
  const subscriptionOf = ({ json, bound }: { json: { endpoint: string }; bound: number[] }) => ({
    endpoint: json.endpoint,
    options: { userVisibleOnly: true, applicationServerKey: new Uint8Array(bound).buffer },
    toJSON: () => json,
    unsubscribe: async () => {
      write({ subscription: null });
      return true;
    },
  });
  const there = () => (read().subscription == null ? null : subscriptionOf(read().subscription));
  Object.defineProperty(Notification, "permission", { get: () => read().permission ?? "default" });
  Object.defineProperty(Notification, "requestPermission", {
    value: async () => {
      write({ permission: read().allows === false ? "denied" : "granted" });
      return read().permission;
    },
  });
  Object.defineProperty(PushManager.prototype, "getSubscription", { value: async () => there() });
  Object.defineProperty(PushManager.prototype, "subscribe", {
    value: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      if (Notification.permission !== "granted") throw new DOMException("denied", "NotAllowedError");
      if (there() === null) {
        const ask: unknown = Reflect.get(globalThis, "fakePushAddress");
        if (typeof ask !== "function") throw new Error("no push service");
        write({ subscription: { json: await ask(), bound: [...applicationServerKey] } });
      }
      return there();
    },
  });
}

/** In the worker: notes what the system would show, and what it would open. */
function fakeSystem(): void {
  const shown: object[] = [];
  const registration: unknown = Reflect.get(globalThis, "registration");
  const clients: unknown = Reflect.get(globalThis, "clients");
  if (typeof registration !== "object" || registration === null || typeof clients !== "object" || clients === null)
    throw new Error("this is no service worker");
  const note = (value: object) => Object.assign(globalThis, value);
  Object.defineProperty(registration, "showNotification", {
    value: async (title: string, options: object) => void shown.push({ title, ...options, closed: false }),
  });
  Object.defineProperty(registration, "getNotifications", {
    value: async () => shown.map((one) => ({ close: () => Object.assign(one, { closed: true }) })),
  });
  Object.defineProperty(clients, "openWindow", { value: async (url: string) => void note({ fakeOpened: url }) });
  note({ fakeShown: shown });
}

/** In the worker: another address is there, and the event says so. Its own kind lets nobody wait for it who is not the browser. */
async function changeAddress(json: string): Promise<void> {
  const subscription = {
    options: { applicationServerKey: null },
    toJSON: () => JSON.parse(json),
    unsubscribe: async () => true,
  };
  Object.defineProperty(PushManager.prototype, "getSubscription", { value: async () => null, configurable: true });
  Object.defineProperty(PushManager.prototype, "subscribe", { value: async () => subscription, configurable: true });
  const done: Promise<unknown>[] = [];
  const waitUntil = (work: Promise<unknown>) => done.push(work);
  globalThis.dispatchEvent(Object.assign(new Event("pushsubscriptionchange"), { waitUntil }));
  if (done.length === 0) throw new Error("nobody listens");
  await Promise.all(done);
}

function countShown(): number {
  const shown: unknown = Reflect.get(globalThis, "fakeShown");
  return Array.isArray(shown) ? shown.length : 0;
}

/** The one that comes after so many, once the worker is done with it: one that is silent goes at once. */
async function lastShown(before: number): Promise<Shown> {
  for (;;) {
    const shown: unknown = Reflect.get(globalThis, "fakeShown");
    const last = Array.isArray(shown) && shown.length > before ? shown.at(-1) : undefined;
    if (last !== undefined && (last.closed || !last.silent)) return last;
    await new Promise((done) => setTimeout(done, 10));
  }
}

async function pressLast(): Promise<string | undefined> {
  const shown: unknown = Reflect.get(globalThis, "fakeShown");
  const last = Array.isArray(shown) ? shown.at(-1) : undefined;
  const pressed = new Event("notificationclick");
  let done: unknown;
  Object.assign(pressed, {
    notification: { close: () => Object.assign(last, { closed: true }) },
    waitUntil: (work: unknown) => {
      done = work;
    },
  });
  globalThis.dispatchEvent(pressed);
  await done;
  const opened: unknown = Reflect.get(globalThis, "fakeOpened");
  return typeof opened === "string" ? opened : undefined;
}
