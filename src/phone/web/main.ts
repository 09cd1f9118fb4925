/**
 * The web client's beginning: the browser's parts become ports, and whatever the app says is drawn.
 * Control enters when the page is loaded, and by what the person presses; nothing leaves but calls to providers.
 */
import { render } from "lit-html";
import { config } from "zod/mini";
import { createDeviceClient } from "../device-client.ts";
import { type OperationWords, operationWords } from "../operation-words.ts";
import { createAddress, WAITING } from "./address.ts";
import { type App, createApp } from "./app.ts";
import { broken } from "./broken.ts";
import { createCamera } from "./camera.ts";
import { createDevice } from "./device.ts";
import { createFocus } from "./focus.ts";
import { frame } from "./frame.ts";
import { heardOf } from "./heard.ts";
import { isIdle } from "./idle.ts";
import { createInbox } from "./inbox.ts";
import { chooseLanguage, chosenLanguage } from "./languages.ts";
import { closeWhenLeft } from "./lock.ts";
import { leadOn, movedNow, movedTo } from "./moved.ts";
import type { Clock } from "./ports.ts";
import { refresh } from "./provider.ts";
import { createPush } from "./push.ts";
import { createQrReader } from "./qr-reader.ts";
import { createSameBrowser } from "./same-browser.ts";
import { createUpdates } from "./updates.ts";
import { openVault, type Vault } from "./vault.ts";
import { keepWoken, showWaiting } from "./waking.ts";

// The page's policy lets nothing be compiled from text.
config({ jitless: true });

const clock: Clock = {
  now: () => Date.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Milliseconds after all is loaded. Chromium loses for good what is asked of a worker that still serves the page: once in twelve times, measured. */
const QUIET = 1000;

async function begin(place: HTMLElement, vault: Vault, moved: string | undefined): Promise<void> {
  let begun: App | undefined;
  let followed: readonly { drawn(): void }[] = [];
  const inbox = createInbox({ document, window, clock });
  const address = createAddress();
  const focus = createFocus(place);
  const draw = (app: App) => {
    begins(place);
    render(frame(app), place);
    document.documentElement.lang = app.language;
    const title = `${place.querySelector("h1")?.textContent} · ${app.words.product}`;
    document.title = focus.follow(app) === "wrong" ? `${app.words.error} ${title}` : title;
    for (const follower of followed) follower.drawn();
  };
  const ifIdle = (call: (app: App) => void) => () => {
    if (begun !== undefined && isIdle(begun.screen)) call(begun);
  };
  const takeIfIdle = ifIdle(() => updates.take());
  const device = createDevice({ onChange: ifIdle(draw) });
  const updates = createUpdates({
    workers: navigator.serviceWorker,
    // Before anything was begun it takes over by itself; later the person says when.
    onStart: () => void loaded().then(() => clock.after(QUIET, takeIfIdle)),
    onLater: ifIdle(draw),
  });
  const issuer = document.querySelector('meta[name="enum-issuer"]')?.getAttribute("content") ?? location.origin;
  const client = createDeviceClient({
    // A phone shows itself by its key, never by the cookies of a person who is signed in here.
    fetch: (input, init) => fetch(input, { ...init, credentials: "omit", cache: "no-store" }),
    now: () => Math.floor(clock.now() / 1000),
  });
  const language = chooseLanguage(await chosenLanguage(vault), navigator.languages);
  const reader = createQrReader(document);
  const camera = createCamera({ devices: navigator.mediaDevices, document, clock, reader });
  const push = createPush({ workers: navigator.serviceWorker, document, clock });
  const sameBrowser = createSameBrowser({ fetch: (...request) => fetch(...request), here: issuer === location.origin });
  const ports = {
    sameBrowser,
    vault,
    client,
    clock,
    updates,
    device,
    push,
    camera,
    reader,
    page: address.page,
    inbox,
    issuer,
    movedTo: moved,
    movedNow: now,
  };
  const app = await createApp({ ports: { ...ports, operations: operations() }, language, draw });
  begun = app;
  followed = [address.follow(app), inbox.follow(app, (came) => heardOf(app, came))];
  closeWhenLeft({ clock, close: app.close });
  updates.look();
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data === WAITING) showWaiting(app);
  });
  const refreshAll = async () => {
    await Promise.all(app.accounts.map((account) => refresh(app, account)));
    // One after the other: they share the browser's one subscription.
    for (const { device } of app.accounts) await keepWoken(app, device.id);
  };
  addEventListener("online", () => void refreshAll());
  void refreshAll();
}

/** What the page says of a script that does not come. */
function begins(place: HTMLElement): void {
  place.querySelector(".starting")?.remove();
}

function loaded(): Promise<void> {
  if (document.readyState === "complete") return Promise.resolve();
  return new Promise((done) => addEventListener("load", () => done(), { once: true }));
}

/** In the page itself, so that it is there whenever the page is. */
function operations(): OperationWords | undefined {
  const read = operationWords.safeParse(JSON.parse(document.getElementById("operations")?.textContent ?? "null"));
  return read.success ? read.data : undefined;
}

const now = () =>
  movedNow({
    fetch: (...request) => fetch(...request),
    parse: (text) => new DOMParser().parseFromString(text, "text/html"),
  });

const place = document.getElementById("phone");
if (place !== null) {
  const moved = movedTo(document);
  const isLed = async (vault: Vault) =>
    moved !== undefined && leadOn({ movedNow: now, vault, workers: navigator.serviceWorker, location });
  openVault(indexedDB)
    .then(async (vault) => (await isLed(vault)) || begin(place, vault, moved))
    .catch(() => {
      begins(place);
      broken(place, chooseLanguage(undefined, navigator.languages));
    });
}
