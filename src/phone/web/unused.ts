import type { App } from "./app.ts";

/** The browser's subscription is that of all accounts: it goes when none is woken by it. */
export async function endUnused({ accounts, ports }: App): Promise<void> {
  if (accounts.every(({ wokenAt }) => wokenAt === undefined)) await ports.push.end().catch(() => undefined);
}
