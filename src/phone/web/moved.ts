/** What an origin does that the client has left: a browser keeps pads and keys for an origin, and hands them to no other. */
import type { Vault } from "./vault.ts";

/** The client's page of now; undefined where this is it. */
export function movedTo(document: Document): string | undefined {
  return document.querySelector('meta[name="enum-moved"]')?.getAttribute("content") ?? undefined;
}

type Workers = {
  getRegistration(page: string): Promise<{ unregister(): Promise<boolean> } | undefined>;
};

/** Leads whoever has no account here to the new address, with what a link has said; whether it did. */
export async function leadOn(
  to: string,
  ports: {
    readonly vault: Pick<Vault, "accounts">;
    readonly workers: Workers | undefined;
    readonly location: Pick<Location, "hash" | "replace">;
  },
): Promise<boolean> {
  const { vault, workers, location } = ports;
  if ((await vault.accounts()).length > 0) return false;
  // It would go on opening this address without asking the server, wherever that leads one day.
  const worker = await workers?.getRegistration("/phone").catch(() => undefined);
  await worker?.unregister().catch(() => false);
  location.replace(`${to}${location.hash}`);
  return true;
}
