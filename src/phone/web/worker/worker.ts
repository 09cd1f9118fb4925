/**
 * The service worker: keeps the page and its files, so that the client starts and answers without a network.
 *
 * Keeps these alone; whatever else is asked for, the device API above all, passes it by. A new version waits until the old one is
 * closed or the page asks for it (`take-over`), since a PIN or an answer may be on the screen. What it shows when a push wakes it is in `notice.ts`, and what it tells
 * the provider when the browser has moved it, in `moved.ts`: the one call that it makes by itself.
 */
import { openVault } from "../vault.ts";
import { tellMoved } from "./moved.ts";
import { notify, openList } from "./notice.ts";
import { isPage } from "./page.ts";

declare const self: ServiceWorkerGlobalScope;

/** Put in front of this text by the server (`src/web-phone/`). */
declare const KEPT: {
  readonly version: string;
  readonly page: string;
  readonly files: readonly string[];
};

const PREFIX = "enum-phone-";
const CACHE = PREFIX + KEPT.version;

self.addEventListener("install", (event) => {
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("message", ({ data }) => {
  if (data === "take-over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  // The client asks the server itself where it is now.
  if (request.cache === "no-store") return;
  const path = isPage(pathname, KEPT.page) ? KEPT.page : pathname;
  if (path === KEPT.page || KEPT.files.includes(path)) event.respondWith(kept(request, path));
});

const notices = {
  worker: self,
  page: KEPT.page,
  icon: KEPT.files.find((path) => path.includes("icon-192")),
};

self.addEventListener("push", (event) => {
  event.waitUntil(notify(notices));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(moved());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openList(notices));
});

async function moved(): Promise<void> {
  const vault = await openVault(indexedDB);
  const { pushManager: manager } = self.registration;
  await tellMoved({ vault, manager, fetch: (...given) => fetch(...given), now: () => Math.floor(Date.now() / 1000) });
}

/** The page past the browser's own cache: it names files that must fit it. */
async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([new Request(KEPT.page, { cache: "reload" }), ...KEPT.files]);
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** From the network only where somebody has emptied the cache. */
async function kept(request: Request, pathname: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname)) ?? fetch(request);
}
