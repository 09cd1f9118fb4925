/** Calls to the provider in an account's name, and what the phone keeps of the answers. */
import { ok } from "../../e-num/parsed.ts";
import type { Answer, Proven } from "../device-client.ts";
import type { DeviceCredentials } from "../device-proof.ts";
import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import { isIdle } from "./idle.ts";
import { parseLanguage } from "./languages.ts";
import type { Screen } from "./screen.ts";
import { endUnused } from "./unused.ts";

/** One call; keeps the clocks' difference, and wipes the account when the provider says that the device is revoked. */
export async function call<Value>(
  app: App,
  account: Account,
  ask: (credentials: DeviceCredentials) => Promise<Answer<Proven<Value>>>,
): Promise<Answer<Value>> {
  const { issuer, device, key, clockOffset } = account;
  const answer = await ask({ issuer, deviceId: device.id, key: key.private, clockOffset });
  if (answer.ok) {
    const { value, clockOffset: found } = answer.value;
    if (found !== clockOffset) {
      await app.ports.vault.change(device.id, (kept) => ({ ...kept, clockOffset: found }));
      await app.reload();
    }
    return ok(value);
  }
  if (answer.code === "device-revoked") await wipe(app, account);
  return answer;
}

/** Asks about the device itself: its state, its name, and the keys by which operations are signed. Without a network nothing changes. Whether the provider has told. */
export async function refresh(app: App, account: Account): Promise<boolean> {
  const answer = await call(app, account, (credentials) => app.ports.client.state(credentials));
  // Somebody else's answer, or none.
  if (!answer.ok || answer.value.issuer !== account.issuer) return false;
  const { device, account: about, statement_keys: statementKeys, push_key: pushKey } = answer.value;
  await app.ports.vault.change(account.device.id, (kept) => ({
    ...kept,
    device: { id: kept.device.id, name: device.name },
    statementKeys,
    pushKey,
    pending: device.status === "pending",
  }));
  await app.reload();
  const language = parseLanguage(about.language);
  if (language !== undefined && app.account?.device.id === account.device.id) await app.follow(language);
  return true;
}

/**
 * Nothing of the account stays, and the person is told why, unless they are about something else by then. Who has just removed it here, while
 * another call was held, is told that alone.
 */
async function wipe(app: App, account: Account): Promise<void> {
  const { id } = account.device;
  if (app.accountOf(id) === undefined) return;
  await app.ports.vault.remove(id);
  await app.reload();
  await endUnused(app);
  const { heading, body } = app.words.revoked;
  if (isAbout(app.screen, id)) app.go({ name: "told", heading, body: body(account.identifier) });
}

function isAbout(screen: Screen, device: string): boolean {
  return (
    isIdle(screen) ||
    // A code that connects it anew is worth more than why.
    (screen.name === "looking" && screen.enrols === undefined) ||
    ("device" in screen && screen.device === device) ||
    ("asked" in screen && screen.asked.device === device)
  );
}
