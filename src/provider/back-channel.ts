import type Provider from "oidc-provider";
import type { Client } from "oidc-provider";
import type { Notice, Told } from "../logout/logout.ts";

/**
 * Takes back-channel logout out of oidc-provider's hands, which would send it once, in the middle of the person's request, and forget it.
 * Its call to a client only queues; the function that comes back makes one attempt as the engine would: a new logout token,
 * with the subject that this site knows, and a fetch that in production reaches public addresses alone.
 */
export function takeOverBackChannel(
  provider: Provider,
  queue: (notice: Notice) => Promise<void>,
): (notice: Notice) => Promise<Told> {
  const { prototype } = provider.Client;
  const send: unknown = Reflect.get(prototype, "backchannelLogout");
  if (typeof send !== "function") throw new Error("oidc-provider's back-channel logout has changed");
  Reflect.defineProperty(prototype, "backchannelLogout", {
    value(this: Client, accountId: string, sid: string | undefined) {
      return queue({ clientId: this.clientId, accountId, sid });
    },
  });
  // The engine ends the session all the same; thrown from here it does not, and the person can try again.
  provider.on("backchannel.error", (_context, error) => {
    throw error;
  });
  return async ({ clientId, accountId, sid }) => {
    const client = await provider.Client.find(clientId);
    if (client?.backchannelLogoutUri === undefined) {
      return { kind: "failed", reason: "it has no backchannel_logout_uri any more", final: true };
    }
    try {
      await Reflect.apply(send, client, [accountId, sid]);
      return { kind: "told" };
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error), final: false };
    }
  };
}

/** `HTTP 503`, `no answer`, `ECONNREFUSED`: what the log needs, without the address, which may hold a secret of the site's. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if ("response" in error && error.response instanceof Response) return `HTTP ${error.response.status}`;
  if (error.name === "TimeoutError") return "no answer";
  const { cause } = error;
  if (!(cause instanceof Error)) return error.name;
  return "code" in cause ? String(cause.code) : cause.message;
}
