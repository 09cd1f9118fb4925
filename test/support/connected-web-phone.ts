import type { Browser, BrowserContextOptions } from "playwright-core";
import { connectedDevice } from "./connected-device.ts";
import { quicklySealed } from "./quickly-sealed.ts";
import { PIN, type WebPhone, webPhone } from "./web-phone.ts";
import type { World } from "./world.ts";

/** How the web client is met. */
export interface Met {
  locale?: "en" | "ru";
  context?: BrowserContextOptions;
  pin?: string;
  /** Another account on the same phone, beside what is there. */
  on?: WebPhone;
}

/** The web client of somebody who is there already, as if it had been connected before the journey begins. */
export async function connectedWebPhone(
  browser: Browser,
  world: World,
  email: string,
  { on, pin = PIN, ...met }: Met = {},
): Promise<WebPhone> {
  const { deviceId, name, pad, privateKey, statementKeys } = await connectedDevice(world, email, {
    name: "Phone",
    platform: "web",
  });
  const phone = on ?? (await webPhone(browser, met));
  await phone.open(`${world.issuer}/phone`);
  await phone.page.locator("h1").waitFor();
  const account = {
    issuer: world.issuer,
    identifier: email,
    device: { id: deviceId, name },
    pad: { ...quicklySealed(pad, pin), version: 1 },
    statementKeys,
    clockOffset: 0,
    pending: false,
  };
  await phone.page.evaluate(keep, { account, jwk: privateKey });
  await phone.page.reload();
  await phone.at(phone.w.home.heading);
  return phone;
}

/** As the client's own vault does, with the key made unreadable. It stands alone, for it is sent to the browser as text. */
async function keep({ account, jwk }: { account: { device: { id: string } }; jwk: JsonWebKey }): Promise<void> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open("enum-phone", 1);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const transaction = database.transaction("accounts", "readwrite");
  const whole = { ...account, key: { private: key, x: jwk.x, y: jwk.y } };
  transaction.objectStore("accounts").put({ id: account.device.id, at: Date.now(), account: whole });
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  database.close();
}
