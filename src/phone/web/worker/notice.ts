/** What a push leads to: a notification that says only that something waits, and the client's list when it is pressed. */
import { webPhonePush as en } from "../../../locale/en/web-phone-push.ts";
import { webPhonePush as ru } from "../../../locale/ru/web-phone-push.ts";
import { chooseLanguage, chosenLanguage } from "../languages.ts";
import { openVault } from "../vault.ts";
import { isPage } from "./page.ts";

const WORDS = { en, ru };
/** In every language. */
const PRODUCT = "E-num";
/** One at a time: the next takes its place. */
const TAG = "requests";
/** Told to a page, in its fragment or as a message: the notification was pressed. */
const WAITING = "waiting";

export interface NoticePorts {
  readonly worker: Pick<ServiceWorkerGlobalScope, "clients" | "registration">;
  /** The address of the client's page. */
  readonly page: string;
  readonly icon: string | undefined;
}

/** Browsers take the permission from a page that is pushed to and shows nothing; so it is shown always, and goes at once where the client is seen. */
export async function notify({ worker, icon }: NoticePorts): Promise<void> {
  const { clients, registration } = worker;
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const isSeen = windows.some(({ visibilityState }) => visibilityState === "visible");
  const language = chooseLanguage(await chosen(), navigator.languages);
  const { notification: body } = WORDS[language];
  const options = { body, lang: language, tag: TAG, silent: isSeen, renotify: !isSeen, ...(icon && { icon }) };
  await registration.showNotification(PRODUCT, options);
  if (isSeen) for (const shown of await registration.getNotifications({ tag: TAG })) shown.close();
}

/** A page that is open comes to the front, whatever of it was typed; else one is opened. */
export async function openList({ worker, page }: NoticePorts): Promise<void> {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const window = windows.find(({ url }) => isPage(new URL(url).pathname, page));
  if (window === undefined) return void (await worker.clients.openWindow(`${page}#${WAITING}`));
  window.postMessage(WAITING);
  // It may have been closed in between.
  await window.focus().catch(() => undefined);
}

/** The language that the person has chosen; a push is shown whether or not it can be read. */
async function chosen(): Promise<string | undefined> {
  try {
    return await chosenLanguage(await openVault(indexedDB));
  } catch {
    return undefined;
  }
}
