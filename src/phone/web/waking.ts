/** Whether a push tells this device that something waits: switched on and off by the person, for each account by itself. */
import type { Problem } from "../device-client.ts";
import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import { problemText } from "./problems.ts";
import { call } from "./provider.ts";
import type { Screen } from "./screen.ts";
import { endUnused } from "./unused.ts";

/** A browser has one subscription, which belongs to one provider: the one that serves this client. */
export function canBeWoken({ ports }: App, { issuer, pushKey, pending }: Account): boolean {
  return pushKey !== undefined && issuer === ports.issuer && !pending && ports.push.state() !== "none";
}

/** From a press of the person's, since browsers ask only then. */
export async function turnOn(app: App, account: Account, still: () => boolean): Promise<void> {
  const w = app.words.push;
  const say = (problem: string) => still() && app.amend({ name: "account", device: account.device.id, problem });
  if (!(await app.ports.push.ask())) return void say(w.notAllowed);
  const problem = await subscribe(app, account);
  if (problem === "failed") return void say(w.failed);
  if (problem !== undefined) return void say(refusal(problem, app));
  if (still()) told(app, account, w.turnedOn);
}

export async function turnOff(app: App, account: Account, still: () => boolean): Promise<void> {
  const answer = await call(app, account, (credentials) => app.ports.client.pushNoMore(credentials));
  if (!answer.ok) {
    if (answer.code === "device-revoked" || !still()) return;
    return app.amend({ name: "account", device: account.device.id, problem: problemText(answer, app.words) });
  }
  await keep(app, account, undefined);
  await endUnused(app);
  if (still()) told(app, account, app.words.push.turnedOff);
}

/** Browsers change a subscription by themselves, people take a permission back, and providers change their keys: told to the provider. */
export async function keepWoken(app: App, device: string): Promise<void> {
  const account = app.accountOf(device);
  if (account?.wokenAt === undefined) return;
  const { client, push } = app.ports;
  if (!canBeWoken(app, account) || push.state() !== "allowed") {
    const answer = await call(app, account, (credentials) => client.pushNoMore(credentials));
    if (answer.ok) await keep(app, account, undefined);
    return endUnused(app);
  }
  await subscribe(app, account);
}

/** The notification was pressed: the list, which has the requests of every account; what is being typed stays. */
export function showWaiting(app: App): void {
  if (isCalm(app.screen)) app.home();
}

/** Nothing but the problem, where there is one. */
async function subscribe(app: App, account: Account): Promise<Problem | "failed" | undefined> {
  const { client, push } = app.ports;
  const address = account.pushKey === undefined ? undefined : await push.subscribe(account.pushKey);
  if (address === undefined) return "failed";
  if (address.endpoint === account.wokenAt) return undefined;
  const answer = await call(app, account, (credentials) => client.pushTo(credentials, address));
  if (!answer.ok) return answer;
  await keep(app, account, address.endpoint);
  return undefined;
}

async function keep(app: App, { device }: Account, wokenAt: string | undefined): Promise<void> {
  await app.ports.vault.change(device.id, (kept) => ({ ...kept, wokenAt }));
  await app.reload();
}

function told(app: App, { device }: Account, words: string): void {
  app.amend({ name: "account", device: device.id, told: words });
  app.say(words);
}

function refusal(problem: Problem, { words }: App): string {
  return ["invalid-request", "not-found"].includes(problem.code)
    ? words.push.unknownService
    : problemText(problem, words);
}

/** Going to the list loses nothing there. */
function isCalm({ name }: Screen): boolean {
  return ["home", "accounts", "account", "told", "sent"].includes(name);
}
