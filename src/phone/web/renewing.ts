import type { Pin } from "../pad.ts";
import { sealPad } from "../pad.ts";
import { respondWith } from "../phone.ts";
import type { App } from "./app.ts";
import { problemText } from "./problems.ts";
import { call } from "./provider.ts";

/**
 * A new pad under a new PIN: the one way to change a PIN (PROTOCOL section 6). The old pad works at the provider until the new one has
 * answered, so that a phone that breaks down in the middle loses nothing but the renewal.
 */
export async function renewPad(
  app: App,
  { device, old }: { readonly device: string; readonly old: Pin },
  next: Pin,
): Promise<void> {
  const { client, vault } = app.ports;
  const account = app.accountOf(device);
  if (account === undefined) return app.home();
  const asked = await call(app, account, (credentials) => client.renewalChallenge(credentials));
  const challenge = asked.ok ? asked.value : undefined;
  const answered = challenge && {
    challenge,
    response: await respondWith(account.pad, old, { challenge, statement: { mode: "renew" } }),
  };
  const renewed = answered && (await call(app, account, (credentials) => client.renew(credentials, answered)));
  const refused = !asked.ok ? asked : renewed?.ok === false ? renewed : undefined;
  // Of a device that was removed the person knows already.
  if (refused?.code === "device-revoked") return;
  if (refused !== undefined) {
    const { words } = app;
    const wrong = refused.code === "wrong-response" || refused.code === "exhausted";
    const left = refused.triesLeft === undefined ? "" : words.errors.triesLeft(refused.triesLeft);
    const problem = wrong ? words.renew.wrong(left) : problemText(refused, words);
    return app.go({ name: "renew", device, problem });
  }
  if (renewed?.ok !== true) return;
  const { pad, padVersion } = renewed.value;
  const sealed = { ...(await sealPad(pad, next)), version: padVersion };
  await vault.change(device, (kept) => ({ ...kept, pad: sealed }));
  await app.reload();
  const { done, doneBody } = app.words.renew;
  app.go({ name: "told", heading: done, body: doneBody });
}
