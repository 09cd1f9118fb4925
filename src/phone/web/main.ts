/**
 * The web client's beginning: the browser's parts become ports, and whatever the app says is drawn.
 * Nothing else reads the page's address, its language or the clock.
 */
import { render } from "lit-html";
import { config } from "zod";
import { plain } from "../../locale/markup.ts";
import { createDeviceClient } from "../device-client.ts";
import { type App, createApp, isIdle } from "./app.ts";
import { broken } from "./broken.ts";
import { frame } from "./frame.ts";
import { closeWhenLeft } from "./lock.ts";
import type { Clock } from "./ports.ts";
import { createUpdates } from "./updates.ts";
import { openVault } from "./vault.ts";
import { chooseLanguage } from "./words.ts";

// The page's policy lets nothing be compiled from text.
config({ jitless: true });

const clock: Clock = {
  now: () => Date.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

async function begin(place: HTMLElement): Promise<void> {
  const vault = await openVault(indexedDB);
  const updates = createUpdates({ workers: navigator.serviceWorker });
  const issuer = document.querySelector('meta[name="enum-issuer"]')?.getAttribute("content") ?? location.origin;
  const client = createDeviceClient({
    fetch: (input, init) => fetch(input, init),
    now: () => Math.floor(clock.now() / 1000),
  });
  const language = chooseLanguage(await vault.choice("language"), navigator.languages);
  let turn = 0;
  const draw = (app: App) => {
    render(frame(app), place);
    document.documentElement.lang = app.language;
    document.title = `${plain(place.querySelector("h1")?.textContent ?? "")} · ${app.words.product}`;
    // The focus goes where the next thing is done; on the first screen it stays with the browser.
    if (turn !== app.turn && turn !== 0)
      place.querySelector<HTMLElement>("[data-focus], h1")?.focus({ preventScroll: true });
    turn = app.turn;
  };
  const app = await createApp({ ports: { vault, client, clock, updates, issuer }, language, draw });
  closeWhenLeft({ clock, close: app.close });
  updates.onWaiting(() => {
    if (isIdle(app.screen)) draw(app);
  });
}

const place = document.getElementById("phone");
if (place !== null) begin(place).catch(() => broken(place, chooseLanguage(undefined, navigator.languages)));
