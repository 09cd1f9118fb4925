/** What an origin does that the client has left: a browser keeps pads and keys for an origin, and hands them to no other. */
import type { Vault } from "./vault.ts";

/** The client's page of now; undefined where this is it. */
export function movedTo(document: Document): string | undefined {
  return document.querySelector('meta[name="enum-moved"]')?.getAttribute("content") ?? undefined;
}

/** In milliseconds: the client begins without an answer rather than not at all. */
const PATIENCE = 5000;

/**
 * The same by the server's word of now, past all that the browser keeps: a kept page may be years old, and what it names be somebody else's.
 * Undefined where the client is here, and where nobody can tell.
 */
export async function movedNow(ports: {
  readonly fetch: typeof globalThis.fetch;
  /** Of a page's text. */
  readonly parse: (text: string) => Document;
}): Promise<string | undefined> {
  try {
    const response = await ports.fetch("/phone", {
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return response.ok ? movedTo(ports.parse(await response.text())) : undefined;
  } catch {
    return undefined;
  }
}

type Workers = {
  getRegistration(page: string): Promise<{ unregister(): Promise<boolean> } | undefined>;
};

/** Leads whoever has no account here to the address of now, with what a link has said; whether it did. */
export async function leadOn(ports: {
  readonly movedNow: () => Promise<string | undefined>;
  readonly vault: Pick<Vault, "accounts">;
  readonly workers: Workers | undefined;
  readonly location: Pick<Location, "hash" | "replace">;
}): Promise<boolean> {
  const { vault, workers, location } = ports;
  if ((await vault.accounts()).length > 0) return false;
  const to = await ports.movedNow();
  if (to === undefined) return false;
  // It would go on opening this address without asking the server, wherever that leads one day.
  const worker = await workers?.getRegistration("/phone").catch(() => undefined);
  await worker?.unregister().catch(() => false);
  location.replace(`${to}${location.hash}`);
  return true;
}
